// What the programs of one container share: its processes, files, memory and network. The runtime makes one for each container; the practice
// Docker makes one for the node's container, with commands of its own.
import type { Clock } from '../clock.ts';
import { type FileTree, normal, programIn } from './files.ts';
import type { Network } from './network.ts';
import type { Input, Output } from './pipe.ts';
import { BrokenPipe } from './pipe.ts';
import { type PodSocket, socketError } from './pod-socket.ts';
import { breathe } from './pace.ts';
import { type Machine, type Process, type Program, type ProgramContext, type SignalName, type SpawnOptions, signals } from './program.ts';

export interface MachineOptions {
  readonly hostname: string;
  readonly ip: string;
  readonly files: FileTree;
  readonly network: Network;
  readonly clock: Clock;
  /** Programs by the name that is in their file (files.ts, programFile). */
  readonly programs: ReadonlyMap<string, Program>;
  /** Bytes. */
  readonly memoryLimit?: number | undefined;
  /** The address of a name that is not this host's own. */
  resolve?(host: string): string | undefined;
  /** Where a Service's address leads; `refused` when it has no endpoint. */
  route?(ip: string, port: number): { ip: string; port: number } | 'refused' | undefined;
}

/** Why a program cannot be started. */
export class ProgramMissing extends Error {
  readonly reason: 'not-in-path' | 'no-such-file' | 'permission-denied' | 'not-of-the-practice' | 'working-directory';

  constructor(reason: ProgramMissing['reason']) {
    super(reason);
    this.reason = reason;
  }
}

export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What the node has for a container without a limit. */
const nodeMemory = 2 * 1024 ** 3;
const mostProcesses = 128;

/** The reason with which everything that a process waits for ends. */
class ProcessEnded extends Error {
  override readonly message = 'the process has ended';
}

export function createMachine(options: MachineOptions): Machine {
  const { files, network, clock, hostname, ip } = options;
  const processes = new Map<number, Process>();
  const enders = new Set<() => void>();
  let lastPid = 0;
  let memoryUsed = 0;
  let oomKilled = false;

  const machine: Machine = {
    hostname,
    ip,
    files,
    clock,
    processes,
    memoryLimit: options.memoryLimit,
    get memoryUsed() {
      return memoryUsed;
    },
    get oomKilled() {
      return oomKilled;
    },
    listening: () => network.listening(ip),
    lookup,
    spawn,
    end: () => {
      for (const end of [...enders]) end();
    },
  };
  return machine;

  function lookup(argv: readonly string[], path = defaultPath, cwd = '/'): { file: string; program: Program; argv: readonly string[] } {
    const name = argv[0] ?? '';
    const file = name.includes('/') ? normal(name, cwd) : inPath(name, path);
    if (file === undefined) throw new ProgramMissing('not-in-path');
    if (files.isDirectory(file)) throw new ProgramMissing('permission-denied');
    const entry = files.stat(file);
    if (entry === undefined) throw new ProgramMissing('no-such-file');
    if (!entry.executable) throw new ProgramMissing('permission-denied');
    const interpreter = /^#!\s*(\S+)/.exec(entry.content.toString('utf8'))?.[1];
    if (interpreter !== undefined && interpreter !== file) return lookup([interpreter, file, ...argv.slice(1)], path, cwd);
    const known = programIn(entry.content);
    const program = known === undefined ? undefined : options.programs.get(known);
    if (program === undefined) throw new ProgramMissing('not-of-the-practice');
    return { file, program, argv };
  }

  function inPath(name: string, path: string): string | undefined {
    const files_ = path.split(':').map((directory) => normal(name, directory || '/'));
    return name === '' ? undefined : files_.find((file) => files.stat(file)?.executable);
  }

  function spawn(given: SpawnOptions): Process {
    const found = given.program === undefined ? lookup(given.argv, given.env.get('PATH'), given.cwd) : { program: given.program, argv: given.argv };
    if (processes.size >= mostProcesses) throw Object.assign(new Error("can't fork: Resource temporarily unavailable"), { code: 'EAGAIN' });
    const pid = ++lastPid;
    const controller = new AbortController();
    const { signal } = controller;
    const handlers = new Map<SignalName, () => void>();
    const closers = new Set<() => void>();
    let memory = 0;
    let { argv } = found;
    let resolveExit: (code: number) => void = () => {};
    let ended = false;

    const end = (code: number) => {
      if (ended) return;
      ended = true;
      processes.delete(pid);
      enders.delete(kill);
      memoryUsed -= memory;
      for (const close of closers) close();
      controller.abort(new ProcessEnded());
      resolveExit(code);
      if (pid === 1) machine.end();
    };
    const kill = () => end(128 + signals.KILL);
    const track = (socket: PodSocket) => {
      const close = () => socket.destroy();
      closers.add(close);
      socket.on('close', () => closers.delete(close));
      // A connection that is reset is no end of the program; who reads from it is told by its own listeners.
      socket.on('error', () => {});
      return socket;
    };

    const process_: Process = {
      pid,
      parent: given.parent,
      session: given.session ?? pid,
      get argv() {
        return argv;
      },
      started: new Date(),
      exit: new Promise((resolve) => (resolveExit = resolve)),
      deliver(name) {
        if (ended) return;
        const handler = handlers.get(name);
        if (name === 'KILL') kill();
        else if (handler !== undefined) handler();
        else if (pid !== 1) end(128 + signals[name]);
      },
    };
    processes.set(pid, process_);
    enders.add(kill);

    const context: ProgramContext = {
      argv,
      env: new Map(given.env),
      cwd: given.cwd,
      stdin: boundInput(given.stdin, signal),
      stdout: boundOutput(given.stdout, signal),
      stderr: boundOutput(given.stderr, signal),
      tty: given.tty,
      machine,
      clock,
      pid,
      signal,
      onSignal: (name: SignalName, handler: (() => void) | undefined) => {
        if (handler === undefined) handlers.delete(name);
        else handlers.set(name, handler);
      },
      exit: end,
      sleep: (milliseconds: number) => clock.sleep(milliseconds, signal),
      breathe: () => breathe(signal),
      takeMemory: async (bytes: number) => {
        signal.throwIfAborted();
        memory += bytes;
        memoryUsed += bytes;
        if (memoryUsed <= (options.memoryLimit ?? nodeMemory)) return;
        oomKilled = true;
        kill();
        throw new ProcessEnded();
      },
      listen: (port: number, { loopback }: { loopback: boolean }, accept: (socket: PodSocket) => void) => {
        closers.add(network.listen(ip, port, { loopback, accept: (socket) => accept(track(socket)) }));
      },
      connect: async (host: string, port: number) => {
        await Promise.resolve();
        signal.throwIfAborted();
        return track(network.connect(ip, destination(host, port)));
      },
      become: (next: readonly string[]) => {
        argv = next;
        handlers.clear();
      },
    };
    Promise.resolve()
      .then(() => found.program(context))
      .then(end, async (error: unknown) => {
        if (ended) return;
        if (error instanceof BrokenPipe) return end(128 + signals.PIPE);
        await context.stderr.write(`${argv[0] ?? ''}: ${error instanceof Error ? error.message : String(error)}\n`).catch(() => {});
        end(1);
      });
    return process_;
  }

  function destination(host: string, port: number): { ip: string; port: number } {
    if (host === 'localhost' || host.startsWith('127.') || host === '0.0.0.0') return { ip: '127.0.0.1', port };
    const address = host === hostname ? ip : /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : options.resolve?.(host);
    if (address === undefined) throw socketError('ENOTFOUND', 'getaddrinfo');
    const routed = options.route?.(address, port);
    if (routed === 'refused') throw socketError('ECONNREFUSED', 'connect', { ip: address, port });
    return routed ?? { ip: address, port };
  }
}

/** The stream as one process has it: its reads end with the process, so that none takes what is for the next reader. */
function boundInput(input: Input, signal: AbortSignal): Input {
  return { read: (also) => input.read(also ?? signal), unread: (chunk) => input.unread(chunk), cancel: () => input.cancel() };
}

function boundOutput(output: Output, signal: AbortSignal): Output {
  return { write: (data, also) => output.write(data, also ?? signal), close: () => output.close() };
}
