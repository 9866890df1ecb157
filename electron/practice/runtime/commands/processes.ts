// Commands about the container's processes and the time they take.
import { ProgramMissing } from '../machine.ts';
import { type Program, type SignalName, signals } from '../program.ts';

export const sleepCommand: Program = async ({ argv, sleep, stderr }) => {
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
  if (argv.length === 1) {
    await stderr.write('sleep: missing operand\n');
    return 1;
  }
  let seconds = 0;
  for (const word of argv.slice(1)) {
    const found = /^(\d+(?:\.\d*)?|\.\d+|inf(?:inity)?)([smhd]?)$/.exec(word);
    if (found === null) {
      await stderr.write(`sleep: invalid number '${word}'\n`);
      return 1;
    }
    seconds += (found[1]!.startsWith('inf') ? 1e9 : Number(found[1])) * units[found[2] || 's']!;
  }
  // A timer holds no more than 2^31 milliseconds.
  for (let left = seconds * 1000; left > 0; left -= 1e9) await sleep(Math.min(left, 1e9));
  return 0;
};

export const ps: Program = async ({ machine, stdout }) => {
  await stdout.write('PID   USER     TIME  COMMAND\n');
  for (const one of machine.processes.values()) await stdout.write(`${String(one.pid).padStart(5)} root      0:00 ${one.argv.join(' ')}\n`);
  return 0;
};

export const killCommand: Program = async ({ argv, machine, stderr, stdout }) => {
  const words = argv.slice(1);
  let name: SignalName | undefined = 'TERM';
  if (words[0] === '-l') {
    await stdout.write(`${Object.entries(signals).map(([signal, value]) => `${String(value).padStart(2)}) ${signal}`).join('\n')}\n`);
    return 0;
  }
  let only0 = false;
  if (words[0]?.startsWith('-')) {
    const given = (words.shift() === '-s' ? (words.shift() ?? '') : argv[1]!.slice(1)).toUpperCase().replace(/^SIG/, '');
    only0 = given === '0';
    name = Object.entries(signals).find(([signal, value]) => signal === given || String(value) === given)?.[0] as SignalName | undefined;
    if (name === undefined && !only0) {
      await stderr.write(`kill: bad signal name '${given}'\n`);
      return 1;
    }
  }
  if (words.length === 0) {
    await stderr.write('kill: you need to specify whom to kill\n');
    return 1;
  }
  let status = 0;
  for (const word of words) {
    const target = machine.processes.get(Number(word));
    if (target === undefined) {
      await stderr.write(/^\d+$/.test(word) ? `kill: can't kill pid ${word}: No such process\n` : `kill: invalid number '${word}'\n`);
      status = 1;
      // From inside, SIGKILL does not reach the container's first process either (pid_namespaces(7)).
    } else if (!only0 && !(name === 'KILL' && target.pid === 1)) target.deliver(name!);
  }
  return status;
};

/** `timeout SECONDS COMMAND`: 143 when it had to end it, as busybox. */
export const timeoutCommand: Program = async (context) => {
  const words = context.argv.slice(1);
  if (words[0] === '-t') words.shift();
  const seconds = Number(/^\d+(\.\d+)?/.exec(words.shift() ?? '')?.[0]);
  if (Number.isNaN(seconds) || words.length === 0) {
    await context.stderr.write('timeout: usage: timeout SECS PROG ARGS\n');
    return 1;
  }
  try {
    const { machine, env, cwd, stdin, stdout, stderr, tty, pid, clock } = context;
    const child = machine.spawn({ argv: words, env, cwd, stdin, stdout, stderr, tty, parent: pid });
    const cancel = clock.after(seconds * 1000, () => child.deliver('TERM'));
    const code = await child.exit;
    cancel();
    return code;
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    await context.stderr.write(`timeout: can't execute '${words[0]!}': No such file or directory\n`);
    return 127;
  }
};
