// One container: its program, what it wrote, and what became of it.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { createContainerLog } from './container-log.ts';
import { execute, interrupt, readableOutput, saying, writableTo } from './execution.ts';
import { createFiles, type FileTree, normal } from './files.ts';
import { imageFiles } from './image-config.ts';
import { createMachine, type MachineOptions, ProgramMissing } from './machine.ts';
import type { Network } from './network.ts';
import { createPipe, inputOf, type Output } from './pipe.ts';
import type { Machine, Process, Program } from './program.ts';
import type { ContainerConfig, ExecOptions, Execution, Image, Runtime, RuntimeContainer, Sandbox } from './runtime.ts';
import { containerdExecError, execWords, noCommand, notRunning, startFailure } from './runtime-words.ts';
import { systemFiles } from './system-files.ts';
import { createTerminal } from './terminal.ts';

export interface ContainerSurroundings extends Pick<MachineOptions, 'resolve' | 'route'> {
  readonly kind: Runtime['kind'];
  readonly version: string;
  readonly clock: Clock;
  readonly network: Network;
  readonly programs: ReadonlyMap<string, Program>;
  readonly changed: (container: RuntimeContainer, action: 'create' | 'start' | 'die' | 'destroy') => void;
  readonly removed: (id: string) => void;
}

/** How much of the termination message the kubelet reads (MaxContainerTerminationMessageLength). */
const longestTerminationMessage = 4096;
const terminationLog = '/dev/termination-log';

/** @throws Error with the runtime's words when there is nothing to run, or no place to run it in. */
export function createContainer(sandbox: Sandbox, config: ContainerConfig, image: Image, around: ContainerSurroundings): RuntimeContainer {
  const { kind, version, clock } = around;
  const id = randomBytes(32).toString('hex');
  const entrypoint = config.command?.length ? config.command : (image.config.Entrypoint ?? []);
  const args = config.args?.length ? config.args : config.command?.length ? [] : (image.config.Cmd ?? []);
  const argv = [...entrypoint, ...args];
  if (argv.length === 0) throw noCommand(kind, version, id);
  const env = environment(sandbox.hostname, image.config.Env ?? [], config.env);
  const cwd = config.workingDir || image.config.WorkingDir || '/';
  // Docker makes the working directory with the container, containerd when it starts.
  const own = () => new Map([...systemFiles(sandbox, config, around.network), ...(config.files ?? [])]);
  const cwdIsFile = imageFiles(image)?.has(cwd) === true || own().has(cwd);
  if (cwdIsFile && kind === 'docker') throw new Error(`Error response from daemon: Cannot mkdir: ${cwd} is not a directory`);
  const log = createContainerLog();
  const attached = new Set<{ stdout: Output; stderr: Output }>();
  const input = createPipe();

  const state = {
    state: 'created' as RuntimeContainer['state'],
    startedAt: undefined as Date | undefined,
    finishedAt: undefined as Date | undefined,
    exitCode: undefined as number | undefined,
    reason: undefined as string | undefined,
    message: undefined as string | undefined,
  };
  let terminationMessage = '';
  let files: FileTree | undefined;
  let machine: Machine | undefined;
  let main: Process | undefined;
  let resolveEnded: () => void = () => {};
  const ended = new Promise<void>((resolve) => (resolveEnded = resolve));

  const streamTo = (stream: 'stdout' | 'stderr'): Output => ({
    async write(data, signal) {
      signal?.throwIfAborted();
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      log.append(stream, bytes, clock.now());
      if (attached.size > 0) await Promise.all([...attached].map((one) => one[stream].write(bytes, signal)));
    },
    close: () => {},
  });
  const terminal = config.tty
    ? createTerminal({ output: streamTo('stdout'), interrupt: () => machine && interrupt(machine, main) })
    : undefined;

  const finish = (exitCode: number, reason: string, message?: string) => {
    if (state.state === 'exited') return;
    Object.assign(state, { state: 'exited', exitCode, reason, message, finishedAt: clock.now() });
    state.startedAt ??= state.finishedAt;
    terminationMessage = files?.stat(terminationLog)?.content.toString('utf8').slice(0, longestTerminationMessage) ?? '';
    log.end(clock.now());
    for (const one of attached) {
      one.stdout.close();
      one.stderr.close();
    }
    attached.clear();
    // Its memory: files and processes are of no use to anyone now.
    files = undefined;
    machine = undefined;
    main = undefined;
    around.changed(container, 'die');
    resolveEnded();
  };

  const container: RuntimeContainer = {
    id,
    sandbox,
    config,
    image,
    get state() {
      return state.state;
    },
    createdAt: clock.now(),
    get startedAt() {
      return state.startedAt;
    },
    get finishedAt() {
      return state.finishedAt;
    },
    get exitCode() {
      return state.exitCode;
    },
    get reason() {
      return state.reason;
    },
    get message() {
      return state.message;
    },
    log,
    get terminationMessage() {
      return terminationMessage;
    },
    ended,

    start() {
      if (state.state !== 'created') return Promise.resolve();
      try {
        files = createFiles(imageFiles(image) ?? new Map(), own(), clock.now());
        if (cwdIsFile) throw new ProgramMissing('working-directory');
        if (!files.isDirectory(cwd)) files.makeDirectory(normal(cwd));
        if (imageFiles(image) === undefined) throw new ProgramMissing('not-of-the-practice');
        machine = createMachine({ ...around, hostname: sandbox.hostname, ip: sandbox.ip, files, memoryLimit: config.memoryLimit });
        main = machine.spawn({
          argv,
          env,
          cwd,
          stdin: config.stdin ? (terminal?.input ?? input.input) : inputOf(),
          stdout: terminal?.programOutput ?? streamTo('stdout'),
          stderr: terminal?.programOutput ?? streamTo('stderr'),
          tty: config.tty,
          parent: 0,
        });
      } catch (error) {
        if (!(error instanceof ProgramMissing)) throw error;
        const failure = startFailure(kind, version, id, error.reason === 'working-directory' ? cwd : argv[0]!, error.reason);
        finish(failure.exitCode, failure.reason, failure.message);
        return Promise.reject(new Error(failure.rejection));
      }
      state.state = 'running';
      state.startedAt = clock.now();
      around.changed(container, 'start');
      const inside = machine;
      void main.exit.then((code) => finish(code, inside.oomKilled && code !== 0 ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error'));
      return Promise.resolve();
    },

    async stop(graceMilliseconds) {
      if (state.state === 'created') finish(128 + 9, 'Error');
      main?.deliver('TERM');
      const cancel = clock.after(graceMilliseconds, () => main?.deliver('KILL'));
      await ended;
      cancel();
    },

    remove() {
      main?.deliver('KILL');
      if (state.state !== 'exited') finish(128 + 9, 'Error');
      around.removed(id);
      around.changed(container, 'destroy');
    },

    exec(given, options: ExecOptions) {
      if (machine === undefined) return Promise.reject(notRunning(kind, id, state.state));
      try {
        const inside = new Map([...env, ...(options.tty ? [['TERM', 'xterm'] as const] : []), ...pairs(options.env ?? [])]);
        return Promise.resolve(
          execute(machine, { argv: given, env: inside, cwd: options.workingDir ?? cwd, tty: options.tty, input: options.stdin }),
        );
      } catch (error) {
        if (!(error instanceof ProgramMissing)) return Promise.reject(error);
        return kind === 'docker' ? Promise.resolve(saying(execWords(given[0] ?? '', error.reason), 126)) : Promise.reject(containerdExecError(given[0] ?? '', error.reason));
      }
    },

    attach(): Execution {
      const stdout = readableOutput();
      const stderr = readableOutput();
      const here = { stdout: stdout.output, stderr: stderr.output };
      if (state.state === 'exited') {
        stdout.output.close();
        stderr.output.close();
      } else attached.add(here);
      const leave = () => attached.delete(here);
      stdout.readable.on('close', leave);
      return {
        stdin: writableTo(config.stdin ? (terminal?.keyboard ?? input.output) : { write: () => Promise.resolve(), close: () => {} }),
        stdout: stdout.readable,
        stderr: stderr.readable,
        resize: (columns, rows) => terminal?.resize(columns, rows),
        kill: () => {
          leave();
          stdout.output.close();
          stderr.output.close();
        },
        exit: ended.then(() => state.exitCode ?? 0),
      };
    },
  };
  return container;
}

/** As the runtimes set it: PATH and HOSTNAME first, then the image's, then the pod's, each over what came before. */
function environment(hostname: string, image: readonly string[], own: readonly string[]): ReadonlyMap<string, string> {
  const env = new Map([
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', hostname],
    ...pairs(image),
    ...pairs(own),
  ]);
  if (!env.has('HOME')) env.set('HOME', '/root');
  return env;
}

function pairs(env: readonly string[]): [string, string][] {
  return env.map((text) => {
    const equals = text.indexOf('=');
    return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
  });
}
