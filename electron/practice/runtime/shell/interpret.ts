// Runs the shell's language. What a command is told by its descriptors and state; processes of their own are only programs from files.
import { FileError, normal } from '../files.ts';
import { type Process, ProgramMissing } from '../machine.ts';
import { BrokenPipe, createPipe, type Input, inputOf, type Output } from '../pipe.ts';
import type { Program, ProgramContext, SignalName } from '../program.ts';
import { builtins } from './builtins.ts';
import { type Descriptors, openInput, openOutput } from './descriptors.ts';
import { type ExpansionState, expandText, expandToPattern, expandWord, ExpansionError } from './expand.ts';
import { matches } from './glob.ts';
import { parseScript } from './parse.ts';
import type { AndOr, Command, Pipeline, Redirect, Script } from './syntax.ts';

/** How a script is left before its end. */
export class Leave extends Error {
  readonly how: 'exit' | 'return' | 'break' | 'continue';
  /** The code, or of how many loops. */
  value: number;

  /** An error ends a script, not an interactive shell. */
  readonly byError: boolean;

  constructor(how: Leave['how'], value: number, byError = false) {
    super(how);
    this.byError = byError;
    this.how = how;
    this.value = value;
  }
}

/** A shell and, as copies, its subshells. */
export interface Shell {
  readonly context: ProgramContext;
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  readonly functions: Map<string, Command>;
  readonly traps: Map<SignalName | 'EXIT', string>;
  readonly options: Set<'e' | 'u' | 'x' | 'i'>;
  /** Those that were started with `&`. */
  readonly jobs: Map<number, Process>;
  /** Traps of signals that came. */
  readonly pending: SignalName[];
  /** Told when a signal came that is trapped. */
  readonly onPending: Set<() => void>;
  name: string;
  positional: readonly string[];
  cwd: string;
  status: number;
  lastJob: number | undefined;
  /** Inside a condition, where `set -e` does not count. */
  tested: number;
  subshell: boolean;
  /** What `exec` without a program does with its redirects; a subshell has none of it. */
  permanent?: ((fds: Descriptors) => void) | undefined;
}

export function createShell(context: ProgramContext, name: string, positional: readonly string[]): Shell {
  return {
    context,
    variables: new Map(context.env),
    exported: new Set(context.env.keys()),
    functions: new Map(),
    traps: new Map(),
    options: new Set(),
    jobs: new Map(),
    pending: [],
    onPending: new Set(),
    name,
    positional,
    cwd: context.cwd,
    status: 0,
    lastJob: undefined,
    tested: 0,
    subshell: false,
  };
}

/** A copy for `( )`, pipelines and substitutions: what happens in it stays there. */
const subshellOf = (shell: Shell): Shell => ({
  ...shell,
  variables: new Map(shell.variables),
  exported: new Set(shell.exported),
  functions: new Map(shell.functions),
  traps: new Map(),
  options: new Set(shell.options),
  jobs: new Map(),
  permanent: undefined,
  subshell: true,
});

/** @param last nothing comes after it, so its last program may take the shell's place (as ash does for `sh -c`). */
export async function runScript(shell: Shell, script: Script, fds: Descriptors, last = false): Promise<number> {
  for (const [index, list] of script.entries()) {
    await shell.context.breathe();
    await runPendingTraps(shell, fds);
    if (list.background) await runInBackground(shell, list, fds);
    else shell.status = await runAndOr(shell, list, fds, last && index === script.length - 1);
  }
  await runPendingTraps(shell, fds);
  return shell.status;
}

export async function runPendingTraps(shell: Shell, fds: Descriptors): Promise<void> {
  while (shell.pending.length > 0 && !shell.subshell) {
    const action = shell.traps.get(shell.pending.shift()!);
    if (action === undefined) continue;
    const { status } = shell;
    await runText(shell, action, fds);
    shell.status = status;
  }
}

/** Parses and runs, as `eval` does. */
export async function runText(shell: Shell, text: string, fds: Descriptors): Promise<number> {
  return runScript(shell, parseScript(text), fds);
}

async function runAndOr(shell: Shell, { first, rest }: AndOr, fds: Descriptors, last: boolean): Promise<number> {
  let status = await runPipeline(shell, first, fds, last && rest.length === 0, rest.length > 0);
  for (const [index, { operator, pipeline }] of rest.entries()) {
    if ((operator === '&&') !== (status === 0)) continue;
    const isLast = index === rest.length - 1;
    status = await runPipeline(shell, pipeline, fds, last && isLast, !isLast);
  }
  return status;
}

async function runPipeline(shell: Shell, { negated, commands }: Pipeline, fds: Descriptors, last: boolean, tested: boolean): Promise<number> {
  if (negated || tested) shell.tested += 1;
  try {
    const only = commands.length === 1 ? commands[0]! : undefined;
    const status = only === undefined ? await runStages(shell, commands, fds) : await runCommand(shell, only, fds, last && !negated);
    shell.status = negated ? Number(status === 0) : status;
  } finally {
    if (negated || tested) shell.tested -= 1;
  }
  if (shell.status !== 0 && shell.options.has('e') && shell.tested === 0 && !negated) throw new Leave('exit', shell.status);
  return shell.status;
}

async function runStages(shell: Shell, commands: readonly Command[], fds: Descriptors): Promise<number> {
  const statuses: Promise<number>[] = [];
  let input = fds.inputs.get(0);
  for (const [index, command] of commands.entries()) {
    const pipe = index < commands.length - 1 ? createPipe() : undefined;
    const from = input;
    const inputs = new Map(fds.inputs);
    const outputs = new Map(fds.outputs);
    if (from !== undefined) inputs.set(0, from);
    if (pipe !== undefined) outputs.set(1, pipe.output);
    const stage = subshellOf(shell);
    statuses.push(
      contained(stage, () => runCommand(stage, command, { inputs, outputs }, false), { inputs, outputs }).finally(() => {
        pipe?.output.close();
        if (index > 0) from?.cancel();
      }),
    );
    input = pipe?.input;
  }
  return (await Promise.all(statuses)).at(-1)!;
}

/** Runs something in a subshell: leaving ends only that, and a broken pipe is its end by SIGPIPE. */
async function contained(shell: Shell, run: () => Promise<number>, fds: Descriptors): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Leave) return error.how === 'exit' || error.how === 'return' ? error.value : 0;
    if (error instanceof BrokenPipe) return 141;
    shell.context.signal.throwIfAborted();
    await complain(shell, fds, error);
    return 2;
  }
}

async function runInBackground(shell: Shell, list: AndOr, fds: Descriptors): Promise<void> {
  const { context } = shell;
  const inputs = new Map(fds.inputs).set(0, inputOf());
  const program: Program = async (own) => {
    // A process of its own, whose place its last program may take: `kill $!` then reaches that.
    const job: Shell = { ...subshellOf(shell), context: own, subshell: false, traps: new Map(), pending: [] };
    return contained(job, () => runAndOr(job, list, { inputs, outputs: fds.outputs }, true), fds);
  };
  const started = context.machine.spawn({
    argv: [list.text],
    program,
    env: context.env,
    cwd: shell.cwd,
    stdin: inputs.get(0)!,
    stdout: fds.outputs.get(1)!,
    stderr: fds.outputs.get(2)!,
    tty: false,
    parent: context.pid,
  });
  shell.jobs.set(started.pid, started);
  shell.lastJob = started.pid;
  shell.status = 0;
}

async function runCommand(shell: Shell, command: Command, before: Descriptors, last: boolean): Promise<number> {
  if (command.kind === 'simple') return runSimple(shell, command, before, last);
  const fds = await redirected(shell, command.redirects, before);
  if (fds === undefined) return 1;
  switch (command.kind) {
    case 'group':
      return runScript(shell, command.body, fds, last);
    case 'subshell': {
      const inner = subshellOf(shell);
      return contained(inner, () => runScript(inner, command.body, fds), fds);
    }
    case 'if':
      for (const { condition, body } of command.branches) if ((await test(shell, condition, fds)) === 0) return runScript(shell, body, fds, last);
      shell.status = 0;
      return runScript(shell, command.otherwise, fds, last);
    case 'while':
    case 'until':
      return loop(shell, async () => ((await test(shell, command.condition, fds)) === 0) === (command.kind === 'while'), command.body, fds);
    case 'for': {
      const words: string[] = [];
      for (const word of command.words ?? []) words.push(...(await expandWord(word, expansion(shell, fds))));
      const values = command.words === undefined ? [...shell.positional] : words;
      return loop(
        shell,
        async () => {
          const value = values.shift();
          if (value !== undefined) shell.variables.set(command.name, value);
          return value !== undefined;
        },
        command.body,
        fds,
      );
    }
    case 'case': {
      const text = await expandText(command.word, expansion(shell, fds));
      for (const { patterns, body } of command.cases) {
        for (const pattern of patterns) {
          if (matches(await expandToPattern(pattern, expansion(shell, fds)), text)) return body.length === 0 ? 0 : runScript(shell, body, fds, last);
        }
      }
      return 0;
    }
    case 'function':
      shell.functions.set(command.name, command.body);
      return 0;
  }
}

async function test(shell: Shell, condition: Script, fds: Descriptors): Promise<number> {
  shell.tested += 1;
  try {
    return await runScript(shell, condition, fds);
  } finally {
    shell.tested -= 1;
  }
}

async function loop(shell: Shell, next: () => Promise<boolean>, body: Script, fds: Descriptors): Promise<number> {
  let status = 0;
  while (await next()) {
    try {
      status = await runScript(shell, body, fds);
    } catch (error) {
      if (!(error instanceof Leave) || (error.how !== 'break' && error.how !== 'continue')) throw error;
      status = 0;
      if (error.value > 1) throw new Leave(error.how, error.value - 1);
      if (error.how === 'break') break;
    }
    await shell.context.breathe();
  }
  return status;
}

async function runSimple(shell: Shell, command: Command & { kind: 'simple' }, before: Descriptors, last: boolean): Promise<number> {
  const state = expansion(shell, before);
  const argv: string[] = [];
  const assignments: [string, string][] = [];
  shell.status = command.words.length === 0 ? 0 : shell.status;
  try {
    for (const word of command.words) argv.push(...(await expandWord(word, state)));
    for (const { name, value } of command.assignments) {
      const text = await expandText(value, state);
      assignments.push([name, text]);
      if (command.words.length === 0) shell.variables.set(name, text);
    }
  } catch (error) {
    if (!(error instanceof ExpansionError) && !/^(arithmetic|divide)/.test((error as Error).message)) throw error;
    await complain(shell, before, error);
    throw new Leave('exit', 2, true);
  }
  if (shell.options.has('x') && argv.length > 0) await before.outputs.get(2)?.write(`+ ${argv.join(' ')}\n`);
  const fds = await redirected(shell, command.redirects, before);
  if (fds === undefined) return 1;
  const [name] = argv;
  if (name === undefined) {
    for (const [variable, value] of assignments) shell.variables.set(variable, value);
    return shell.status;
  }
  const own = shell.functions.get(name);
  if (own !== undefined) return callFunction(shell, own, argv, assignments, fds);
  const builtin = builtins.get(name);
  if (builtin !== undefined) {
    for (const [variable, value] of assignments) shell.variables.set(variable, value);
    return builtin(shell, argv, fds);
  }
  return runProgram(shell, argv, assignments, fds, last);
}

/** How deep functions may call each other. */
const deepestCall = 100;
const depths = new WeakMap<ProgramContext, number>();

async function callFunction(shell: Shell, body: Command, argv: string[], assignments: [string, string][], fds: Descriptors): Promise<number> {
  const depth = depths.get(shell.context) ?? 0;
  if (depth >= deepestCall) throw new ExpansionError('functions call each other too deeply');
  const before = shell.positional;
  for (const [variable, value] of assignments) shell.variables.set(variable, value);
  shell.positional = argv.slice(1);
  depths.set(shell.context, depth + 1);
  try {
    return await runCommand(shell, body, fds, false);
  } catch (error) {
    if (error instanceof Leave && error.how === 'return') return error.value;
    throw error;
  } finally {
    shell.positional = before;
    depths.set(shell.context, depth);
  }
}

/** The environment that programs get. */
export function environmentOf(shell: Shell, assignments: readonly [string, string][] = []): Map<string, string> {
  const env = new Map<string, string>();
  for (const name of shell.exported) if (shell.variables.has(name)) env.set(name, shell.variables.get(name)!);
  for (const [name, value] of assignments) env.set(name, value);
  return env;
}

/** Runs a program from a file and waits for it. @param last it takes the shell's place. */
export async function runProgram(shell: Shell, argv: readonly string[], assignments: [string, string][], fds: Descriptors, last: boolean): Promise<number> {
  const { context } = shell;
  const env = environmentOf(shell, assignments);
  const streams = { stdin: fds.inputs.get(0) ?? inputOf(), stdout: fds.outputs.get(1)!, stderr: fds.outputs.get(2)! };
  try {
    if (last && !shell.subshell && shell.traps.size === 0 && !shell.options.has('i')) {
      const { program, argv: seen } = context.machine.lookup(argv, env.get('PATH'), shell.cwd);
      context.become(seen);
      throw new Leave('exit', await program({ ...context, ...streams, argv: seen, env, cwd: shell.cwd }));
    }
    const session = context.machine.processes.get(context.pid)?.session;
    const started = context.machine.spawn({ argv, env, cwd: shell.cwd, ...streams, tty: context.tty, parent: context.pid, session });
    return await started.exit;
  } catch (error) {
    if (error instanceof ProgramMissing) {
      const [words, code] = missingWords(error, argv[0]!);
      await fds.outputs.get(2)?.write(`${shell.name}: ${words}\n`);
      return code;
    }
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    await fds.outputs.get(2)?.write(`${shell.name}: can't fork: ${(error as Error).message}\n`);
    return 2;
  }
}

function missingWords({ reason }: ProgramMissing, name: string): [string, number] {
  switch (reason) {
    case 'permission-denied':
      return [`${name}: Permission denied`, 126];
    case 'not-of-the-practice':
      return [`${name}: the practice cluster has no program of this name`, 126];
    case 'not-in-path':
    case 'no-such-file':
      return [`${name}: not found`, 127];
  }
}

/** The descriptors after redirects; undefined when one failed, which has then been said. */
export async function redirected(shell: Shell, redirects: readonly Redirect[], before: Descriptors): Promise<Descriptors | undefined> {
  if (redirects.length === 0) return before;
  const inputs = new Map<number, Input>(before.inputs);
  const outputs = new Map<number, Output>(before.outputs);
  const { files } = shell.context.machine;
  for (const { descriptor, operator, target } of redirects) {
    const text = await expandText(target, expansion(shell, before));
    try {
      if (operator === '<<') inputs.set(descriptor, inputOf(text));
      else if (operator === '<') inputs.set(descriptor, openInput(files, text, shell.cwd, inputs.get(0)));
      else if (operator === '<&') {
        const source = inputs.get(Number(text));
        if (source === undefined) throw new FileError('EBADF', 'Bad file descriptor');
        inputs.set(descriptor, source);
      } else if (operator === '>&') {
        const source = text === '-' ? undefined : outputs.get(Number(text));
        if (source === undefined && text !== '-') throw new FileError('EBADF', 'Bad file descriptor');
        if (source === undefined) outputs.delete(descriptor);
        else outputs.set(descriptor, source);
      } else outputs.set(descriptor, openOutput(files, text, shell.cwd, operator === '>>', { stdout: outputs.get(1), stderr: outputs.get(2) }));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const verb = operator === '<' ? 'open' : 'create';
      await outputs.get(2)?.write(`${shell.name}: can't ${verb} ${text}: ${error.code === 'ENOENT' && verb === 'create' ? 'nonexistent directory' : error.message.replace(/^No such file.*/, 'no such file')}\n`);
      return undefined;
    }
  }
  return { inputs, outputs };
}

/** What is kept of a substitution. */
const longestSubstitution = 1024 * 1024;

export function expansion(shell: Shell, fds: Descriptors): ExpansionState {
  return {
    get: (name) => parameterOf(shell, name),
    set: (name, value) => void shell.variables.set(name, value),
    positional: shell.positional,
    strict: shell.options.has('u'),
    cwd: shell.cwd,
    list: (directory) => shell.context.machine.files.list(normal(directory)),
    async substitute(script) {
      const inner = subshellOf(shell);
      const chunks: Buffer[] = [];
      let size = 0;
      const outputs = new Map(fds.outputs).set(1, {
        write: async (data) => {
          size += data.length;
          if (size > longestSubstitution) throw new BrokenPipe();
          chunks.push(typeof data === 'string' ? Buffer.from(data) : data);
        },
        close: () => {},
      });
      shell.status = await contained(inner, () => runScript(inner, script, { inputs: fds.inputs, outputs }), fds);
      if (size > longestSubstitution) throw new ExpansionError('out of memory');
      return Buffer.concat(chunks).toString().replace(/\n+$/, '').replaceAll('\0', '');
    },
  };
}

function parameterOf(shell: Shell, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.context.pid);
    case '!':
      return shell.lastJob === undefined ? '' : String(shell.lastJob);
    case '#':
      return String(shell.positional.length);
    case '-':
      return [...shell.options].join('');
    case '0':
      return shell.name;
    case 'PWD':
      return shell.cwd;
    case 'PPID':
      return '0';
    default:
      return /^\d+$/.test(name) ? shell.positional[Number(name) - 1] : shell.variables.get(name);
  }
}

/** An error of the shell's own, to its stderr. */
export async function complain(shell: Shell, fds: Descriptors, error: unknown): Promise<void> {
  await fds.outputs.get(2)?.write(`${shell.name}: ${error instanceof Error ? error.message : String(error)}\n`).catch(() => {});
}
