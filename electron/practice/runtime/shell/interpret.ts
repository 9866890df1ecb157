// Runs the shell's language. What a command is told by its descriptors and state; processes of their own are only programs from files.
import { normal } from '../files.ts';
import { BrokenPipe, createPipe, inputOf } from '../pipe.ts';
import type { Machine, Program } from '../program.ts';
import type { Descriptors } from './descriptors.ts';
import { type ExpansionState, expandText, expandToPattern, expandWord, ExpansionError } from './expand.ts';
import { matches } from './glob.ts';
import { parseScript } from './parse.ts';
import { redirected } from './redirect.ts';
import { runProgram } from './run-program.ts';
import { complain, Leave, parameterOf, type Shell, subshellOf } from './shell-state.ts';
import type { AndOr, Command, Pipeline, Script } from './syntax.ts';

/** @param last nothing comes after it, so its last program may take the shell's place (as ash does for `sh -c`). */
export async function runScript(shell: Shell, script: Script, fds: Descriptors, last = false): Promise<number> {
  for (const [index, list] of script.entries()) {
    await shell.context.breathe();
    if (shell.interrupted.yes) throw new Leave('exit', 130, true);
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
export function runText(shell: Shell, text: string, fds: Descriptors): Promise<number> {
  return deeper(shell, 'scripts run each other', () => runScript(shell, parseScript(text), fds));
}

/** How deep functions may call each other, and `eval` itself. */
const deepestCall = 100;

async function deeper(shell: Shell, what: string, run: () => Promise<number>): Promise<number> {
  if (shell.depth >= deepestCall) throw new ExpansionError(`${what} too deeply`);
  shell.depth += 1;
  try {
    return await run();
  } finally {
    shell.depth -= 1;
  }
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
  if (shell.status !== 0 && shell.options.has('e') && shell.tested === 0 && !negated && !tested) throw new Leave('exit', shell.status);
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

/** How many subshells a container may have at once, as it could have so many processes. */
const mostSubshells = 128;
const subshells = new WeakMap<Machine, number>();

/** Runs something in a subshell: leaving ends only that, and a broken pipe is its end by SIGPIPE. */
async function contained(shell: Shell, run: () => Promise<number>, fds: Descriptors): Promise<number> {
  const { machine } = shell.context;
  const count = subshells.get(machine) ?? 0;
  try {
    if (count >= mostSubshells) throw new ExpansionError("can't fork: Resource temporarily unavailable");
    subshells.set(machine, count + 1);
    try {
      return await run();
    } finally {
      subshells.set(machine, (subshells.get(machine) ?? 1) - 1);
    }
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
  const fds = await redirected(shell, command.redirects, before, (word) => expandText(word, expansion(shell, before)));
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
  const fds = await redirected(shell, command.redirects, before, (word) => expandText(word, expansion(shell, before)));
  if (fds === undefined) return 1;
  const [name] = argv;
  if (name === undefined) {
    for (const [variable, value] of assignments) shell.variables.set(variable, value);
    return shell.status;
  }
  const own = shell.functions.get(name);
  if (own !== undefined) return callFunction(shell, own, argv, assignments, fds);
  const builtin = shell.builtins.get(name);
  if (builtin !== undefined) {
    for (const [variable, value] of assignments) shell.variables.set(variable, value);
    return builtin(shell, argv, fds);
  }
  return runProgram(shell, argv, assignments, fds, last);
}

async function callFunction(shell: Shell, body: Command, argv: string[], assignments: [string, string][], fds: Descriptors): Promise<number> {
  const before = shell.positional;
  for (const [variable, value] of assignments) shell.variables.set(variable, value);
  shell.positional = argv.slice(1);
  try {
    return await deeper(shell, 'functions call each other', () => runCommand(shell, body, fds, false));
  } catch (error) {
    if (error instanceof Leave && error.how === 'return') return error.value;
    throw error;
  } finally {
    shell.positional = before;
  }
}

/** What is kept of a substitution. */
const longestSubstitution = 1024 * 1024;

function expansion(shell: Shell, fds: Descriptors): ExpansionState {
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

