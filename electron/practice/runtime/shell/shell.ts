// The shell as a program: `sh -c`, `sh FILE`, lines from its input, and with a terminal a prompt.
import { normal } from '../files.ts';
import { readLine } from '../pipe.ts';
import type { ProgramContext } from '../program.ts';
import type { Descriptors } from './descriptors.ts';
import { builtins } from './builtins.ts';
import { runPendingTraps, runScript, runText } from './interpret.ts';
import { parseScript } from './parse.ts';
import { complain, createShell, Leave, type Shell } from './shell-state.ts';
import { type Script, ShellSyntaxError } from './syntax.ts';

export async function sh(context: ProgramContext): Promise<number> {
  const words = context.argv.slice(1);
  const letters: string[] = [];
  while (words[0] !== undefined && /^[-+][a-z]/.test(words[0])) letters.push(...Array.from(words.shift()!.slice(1)));
  const asCommand = letters.includes('c');
  const [first, ...rest] = words;
  const name = asCommand ? (rest.shift() ?? 'sh') : (first ?? 'sh');
  const shell = createShell(context, builtins, name === '' ? 'sh' : name, rest);
  for (const letter of letters) if (letter === 'e' || letter === 'u' || letter === 'x') shell.options.add(letter);
  let fds: Descriptors = {
    inputs: new Map([[0, context.stdin]]),
    outputs: new Map([
      [1, context.stdout],
      [2, context.stderr],
    ]),
  };
  shell.permanent = (now) => (fds = now);
  const current = () => fds;

  if (asCommand) {
    if (first === undefined) {
      await context.stderr.write("sh: -c requires an argument\n");
      return 2;
    }
    return leaving(shell, current, () => runAll(shell, first, current));
  }
  if (first !== undefined && !letters.includes('s')) {
    const entry = context.machine.files.stat(normal(first, context.cwd));
    if (entry === undefined || entry.directory) {
      await context.stderr.write(`sh: can't open '${first}': No such file or directory\n`);
      return 2;
    }
    return leaving(shell, current, () => runAll(shell, entry.content.toString('utf8'), current));
  }
  if (context.tty) shell.options.add('i');
  return leaving(shell, current, () => readAndRun(shell, current));
}

async function runAll(shell: Shell, text: string, current: () => Descriptors): Promise<number> {
  const script = parseScript(text);
  // List by list, since `exec >file` changes where the next one writes.
  for (const [index, list] of script.entries()) await runScript(shell, [list], current(), index === script.length - 1);
  return shell.status;
}

/** Runs, and then what is trapped for the exit. */
async function leaving(shell: Shell, current: () => Descriptors, run: () => Promise<number>): Promise<number> {
  let status = await outcome(shell, current, run);
  const last = shell.traps.get('EXIT');
  if (last !== undefined) {
    shell.traps.delete('EXIT');
    shell.status = status;
    const after = await outcome(shell, current, () => runText(shell, last, current()).then(() => status));
    status = after;
  }
  return status;
}

async function outcome(shell: Shell, current: () => Descriptors, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Leave) return error.how === 'exit' || error.how === 'return' ? error.value : 0;
    if (!(error instanceof ShellSyntaxError)) throw error;
    await complain(shell, current(), error);
    return 2;
  }
}

/** Line by line from the input, so that what a command reads is not taken away from it. */
async function readAndRun(shell: Shell, current: () => Descriptors): Promise<number> {
  const { context } = shell;
  const interactive = shell.options.has('i');
  let text = '';
  let reading = false;
  const interrupt = () => {
    shell.interrupted.yes = !reading;
    text = '';
    void context.stderr.write(reading ? `\n${prompt(shell)}` : '\n').catch(() => {});
  };
  if (interactive) context.onSignal('INT', interrupt);
  for (;;) {
    if (interactive) await context.stderr.write(text === '' ? prompt(shell) : '> ');
    reading = true;
    const line = await readLine(context.stdin);
    reading = false;
    if (line === undefined) break;
    text += `${line.text}\n`;
    let script: Script;
    try {
      script = parseScript(text);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      if (error.incomplete) continue;
      await complain(shell, current(), error);
      shell.status = 2;
      text = '';
      if (!interactive) return 2;
      continue;
    }
    text = '';
    await runLine(shell, script, current, interactive);
  }
  await runPendingTraps(shell, current());
  if (text !== '') await complain(shell, current(), new ShellSyntaxError('unexpected end of file'));
  if (interactive) await context.stderr.write('\n').catch(() => {});
  return text === '' ? shell.status : 2;
}

async function runLine(shell: Shell, script: Script, current: () => Descriptors, interactive: boolean): Promise<void> {
  shell.interrupted.yes = false;
  try {
    for (const list of script) await runScript(shell, [list], current());
  } catch (error) {
    if (!interactive || (error instanceof Leave && error.how === 'exit' && !error.byError)) throw error;
    shell.context.signal.throwIfAborted();
    if (!(error instanceof Leave)) await complain(shell, current(), error);
    shell.status = error instanceof Leave ? error.value : 2;
  }
}

/** As busybox has it for root. */
const prompt = (shell: Shell): string => `${shell.cwd === shell.variables.get('HOME') ? '~' : shell.cwd} # `;
