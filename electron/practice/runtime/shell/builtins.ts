// What the shell does itself (POSIX.1-2017, 2.14, and those utilities that ash has built in).
import { normal } from '../files.ts';
import { BrokenPipe, inputOf, readLine } from '../pipe.ts';
import { type Program, type SignalName, signals } from '../program.ts';
import { echo, printf } from '../commands/print.ts';
import { testCommand } from '../commands/test.ts';
import { killCommand } from '../commands/processes.ts';
import type { Descriptors } from './descriptors.ts';
import { runText } from './interpret.ts';
import { runProgram } from './run-program.ts';
import { type Builtin, environmentOf, Leave, type Shell } from './shell-state.ts';

/** A program that runs in the shell itself, without a process of its own. */
const inside =
  (program: Program): Builtin =>
  (shell, argv, fds) =>
    program({
      ...shell.context,
      argv,
      env: environmentOf(shell),
      cwd: shell.cwd,
      stdin: fds.inputs.get(0) ?? inputOf(),
      stdout: fds.outputs.get(1) ?? closed,
      stderr: fds.outputs.get(2) ?? closed,
    });

const closed = { write: () => Promise.reject(new BrokenPipe()), close: () => {} };

const say = (shell: Shell, fds: Descriptors, text: string) => fds.outputs.get(2)?.write(`${shell.name}: ${text}\n`);

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => Promise.resolve(0)],
  ['true', () => Promise.resolve(0)],
  ['false', () => Promise.resolve(1)],
  ['echo', inside(echo)],
  ['printf', inside(printf)],
  ['test', inside(testCommand)],
  ['[', inside(testCommand)],
  ['pwd', async (shell, _argv, fds) => fds.outputs.get(1)!.write(`${shell.cwd}\n`).then(() => 0)],
  ['cd', cd],
  ['exit', (shell, argv) => Promise.reject(new Leave('exit', code(argv[1], shell.status)))],
  ['return', (shell, argv) => Promise.reject(new Leave('return', code(argv[1], shell.status)))],
  ['break', (_shell, argv) => Promise.reject(new Leave('break', Math.max(1, Number(argv[1] ?? 1))))],
  ['continue', (_shell, argv) => Promise.reject(new Leave('continue', Math.max(1, Number(argv[1] ?? 1))))],
  ['export', exportVariables],
  ['readonly', exportVariables],
  ['local', exportVariables],
  ['unset', unset],
  ['set', set],
  ['shift', shift],
  ['eval', (shell, argv, fds) => runText(shell, argv.slice(1).join(' '), fds)],
  ['.', source],
  ['source', source],
  ['exec', exec],
  ['read', read],
  ['trap', trap],
  ['wait', wait],
  ['jobs', jobs],
  ['kill', inside(killCommand)],
  ['type', type],
  ['command', command],
  ['umask', async (_shell, _argv, fds) => fds.outputs.get(1)!.write('0022\n').then(() => 0)],
]);

const code = (text: string | undefined, otherwise: number): number => (text === undefined ? otherwise : Number(text) & 255);

async function cd(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  const target = argv[1] === '-' ? (shell.variables.get('OLDPWD') ?? shell.cwd) : (argv[1] ?? shell.variables.get('HOME') ?? '/');
  const path = normal(target, shell.cwd);
  const { files } = shell.context.machine;
  if (!files.isDirectory(path)) {
    const words = files.stat(path) === undefined ? 'No such file or directory' : 'Not a directory';
    await say(shell, fds, `cd: can't cd to ${target}: ${words}`);
    return 2;
  }
  shell.variables.set('OLDPWD', shell.cwd);
  shell.cwd = path;
  return 0;
}

async function exportVariables(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  const names = argv.slice(1).filter((word) => word !== '-p');
  if (names.length === 0) {
    for (const [name, value] of environmentOf(shell)) await fds.outputs.get(1)!.write(`export ${name}='${value}'\n`);
  }
  for (const word of names) {
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      await say(shell, fds, `${argv[0]!}: ${name}: bad variable name`);
      return 2;
    }
    if (equals !== -1) shell.variables.set(name, word.slice(equals + 1));
    if (argv[0] === 'export') shell.exported.add(name);
  }
  return 0;
}

function unset(shell: Shell, argv: readonly string[]): Promise<number> {
  for (const name of argv.slice(1)) {
    shell.variables.delete(name);
    shell.exported.delete(name);
    shell.functions.delete(name);
  }
  return Promise.resolve(0);
}

async function set(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  const words = argv.slice(1);
  if (words.length === 0) for (const [name, value] of shell.variables) await fds.outputs.get(1)!.write(`${name}='${value}'\n`);
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === '--' || !/^[-+]/.test(word)) {
      shell.positional = word === '--' ? words : [word, ...words];
      break;
    }
    const letters = word.slice(1) === 'o' ? (words.shift() === 'errexit' ? 'e' : '') : word.slice(1);
    for (const letter of letters) {
      if (letter !== 'e' && letter !== 'u' && letter !== 'x') continue;
      if (word.startsWith('-')) shell.options.add(letter);
      else shell.options.delete(letter);
    }
  }
  return 0;
}

async function shift(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  const count = Number(argv[1] ?? 1);
  if (count > shell.positional.length) {
    await say(shell, fds, "shift: can't shift that many");
    return 1;
  }
  shell.positional = shell.positional.slice(count);
  return 0;
}

async function source(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  const path = normal(argv[1] ?? '', shell.cwd);
  const entry = shell.context.machine.files.stat(path);
  if (entry === undefined || entry.directory) {
    await say(shell, fds, `.: can't open '${argv[1] ?? ''}': No such file or directory`);
    throw new Leave('exit', 2);
  }
  return runText(shell, entry.content.toString('utf8'), fds);
}

/** With words: the program takes the shell's place. Without: its redirects stay. */
async function exec(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  if (argv.length === 1) {
    shell.permanent?.(fds);
    return 0;
  }
  shell.traps.clear();
  throw new Leave('exit', await runProgram(shell, argv.slice(1), [], fds, true));
}

async function read(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  const words = argv.slice(1);
  const raw = words[0] === '-r';
  if (raw) words.shift();
  if (words[0] === '-p') {
    words.shift();
    await fds.outputs.get(2)?.write(words.shift() ?? '');
  }
  const line = await readLine(fds.inputs.get(0) ?? inputOf(), shell.context.signal);
  const names = words.length === 0 ? ['REPLY'] : words;
  const separators = shell.variables.get('IFS') ?? ' \t\n';
  const isSeparator = (letter: string | undefined) => letter !== undefined && separators.includes(letter);
  let rest = raw ? (line?.text ?? '') : (line?.text ?? '').replace(/\\(.)/g, '$1');
  for (const [index, name] of names.entries()) {
    let from = 0;
    while (isSeparator(rest[from]) && /\s/.test(rest[from]!)) from += 1;
    let to = from;
    while (to < rest.length && !isSeparator(rest[to])) to += 1;
    if (index < names.length - 1) {
      shell.variables.set(name, rest.slice(from, to));
      rest = rest.slice(to + 1);
    } else {
      let end = rest.length;
      while (end > from && isSeparator(rest[end - 1]) && /\s/.test(rest[end - 1]!)) end -= 1;
      shell.variables.set(name, rest.slice(from, end));
    }
  }
  return line?.ended ? 0 : 1;
}

async function trap(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  const words = argv.slice(1).filter((word) => word !== '--');
  if (words.length === 0) {
    for (const [name, action] of shell.traps) await fds.outputs.get(1)!.write(`trap -- '${action}' ${name}\n`);
    return 0;
  }
  const reset = words.length === 1 || words[0] === '-';
  const action = reset ? undefined : words[0]!;
  for (const word of reset && words.length === 1 ? words : words.slice(1)) {
    const name = signalName(word);
    if (name === undefined) {
      await say(shell, fds, `trap: ${word}: invalid signal specification`);
      return 1;
    }
    if (action === undefined) shell.traps.delete(name);
    else shell.traps.set(name, action);
    if (name === 'EXIT') continue;
    shell.context.onSignal(
      name,
      action === undefined
        ? undefined
        : () => {
            shell.pending.push(name);
            for (const wake of shell.onPending) wake();
          },
    );
  }
  return 0;
}

function signalName(word: string): SignalName | 'EXIT' | undefined {
  const bare = word.toUpperCase().replace(/^SIG/, '');
  if (bare === '0' || bare === 'EXIT') return 'EXIT';
  const known = Object.entries(signals).find(([name, value]) => name === bare || String(value) === bare);
  return known?.[0] as SignalName | undefined;
}

/** Ends early, with more than 128, when a signal comes that is trapped. */
async function wait(shell: Shell, argv: readonly string[]): Promise<number> {
  const wanted = argv.length === 1 ? [...shell.jobs.keys()] : argv.slice(1).map((word) => Number(word.replace(/^%/, '')));
  let status = 0;
  for (const pid of wanted) {
    const job = shell.jobs.get(pid);
    if (job === undefined) {
      if (argv.length > 1) status = 127;
      continue;
    }
    let wake: () => void = () => {};
    const interrupted = new Promise<undefined>((resolve) => {
      wake = () => resolve(undefined);
      shell.onPending.add(wake);
    });
    if (shell.pending.length > 0) wake();
    const ended = await Promise.race([job.exit, interrupted]);
    shell.onPending.delete(wake);
    shell.context.signal.throwIfAborted();
    if (ended === undefined) return 128 + signals[shell.pending[0] ?? 'TERM'];
    shell.jobs.delete(pid);
    if (argv.length > 1) status = ended;
  }
  return status;
}

async function jobs(shell: Shell, _argv: readonly string[], fds: Descriptors): Promise<number> {
  let number = 0;
  for (const job of shell.jobs.values()) {
    number += 1;
    if (shell.context.machine.processes.has(job.pid)) await fds.outputs.get(1)!.write(`[${String(number)}]  Running                 ${job.argv.join(' ')}\n`);
  }
  return 0;
}

async function type(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  let status = 0;
  for (const name of argv.slice(1)) {
    const where = whereIs(shell, name);
    if (where === undefined) status = 127;
    const words = where === undefined ? 'not found' : where === name ? (builtins.has(name) ? 'is a shell builtin' : 'is a function') : `is ${where}`;
    await fds.outputs.get(1)!.write(`${name}${where === undefined ? ': ' : ' '}${words}\n`);
  }
  return status;
}

/** A path, or the name itself for what the shell does. */
function whereIs(shell: Shell, name: string): string | undefined {
  if (builtins.has(name) || shell.functions.has(name)) return name;
  try {
    return shell.context.machine.lookup([name], shell.variables.get('PATH'), shell.cwd).file;
  } catch {
    return undefined;
  }
}

async function command(shell: Shell, argv: readonly string[], fds: Descriptors): Promise<number> {
  if (argv[1] === '-v' || argv[1] === '-V') {
    const where = whereIs(shell, argv[2] ?? '');
    if (where === undefined) return 127;
    await fds.outputs.get(1)!.write(`${where}\n`);
    return 0;
  }
  const words = argv.slice(1);
  const builtin = builtins.get(words[0] ?? '');
  return builtin === undefined ? runProgram(shell, words, [], fds, false) : builtin(shell, words, fds);
}

