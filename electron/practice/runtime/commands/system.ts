// Commands that tell about the container.
import { normal } from '../files.ts';
import type { Program } from '../program.ts';
import { ProgramMissing } from '../machine.ts';
import { architecture } from '../image-config.ts';

const printing =
  (text: (context: Parameters<Program>[0]) => string): Program =>
  async (context) => {
    await context.stdout.write(`${text(context)}\n`);
    return 0;
  };

export const hostname = printing(({ argv, machine }) => (argv.includes('-i') || argv.includes('-I') ? machine.ip : machine.hostname));
export const whoami = printing(() => 'root');
export const nproc = printing(() => '2');
export const id = printing(({ argv }) => (argv.some((word) => /^-[ug]/.test(word)) ? '0' : 'uid=0(root) gid=0(root) groups=0(root)'));
export const pwd = printing(({ cwd }) => cwd);

export const uname = printing(({ argv, machine }) => {
  const machineName = architecture === 'amd64' ? 'x86_64' : architecture === 'arm64' ? 'aarch64' : architecture;
  const all = { s: 'Linux', n: machine.hostname, r: '6.12.5-practice', v: '#1 SMP PREEMPT_DYNAMIC', m: machineName, o: 'Linux' };
  const letters = argv.slice(1).join('').replaceAll('-', '');
  const wanted = letters === '' ? 's' : letters.includes('a') ? 'snrvmo' : letters;
  return Array.from(wanted).flatMap((letter) => all[letter as keyof typeof all] ?? []).join(' ');
});

export const free: Program = async ({ machine, stdout }) => {
  const kib = (bytes: number) => String(Math.round(bytes / 1024)).padStart(12);
  const total = 2 * 1024 ** 3;
  await stdout.write(
    `              total        used        free      shared  buff/cache   available\nMem:   ${kib(total)}${kib(machine.memoryUsed)}${kib(total - machine.memoryUsed)}${kib(0)}${kib(0)}${kib(total - machine.memoryUsed)}\n`,
  );
  return 0;
};

export const uptime = printing(({ clock, machine }) => {
  const first = machine.processes.get(1)?.started ?? clock.now();
  const minutes = Math.floor((clock.now().getTime() - first.getTime()) / 60_000);
  return ` ${clock.now().toISOString().slice(11, 19)} up ${String(minutes)} min,  load average: 0.00, 0.00, 0.00`;
});

/** What listens in the pod: the port that a person looks for. */
export const netstat: Program = async ({ machine, stdout }) => {
  await stdout.write('Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State\n');
  for (const { port, loopback } of machine.listening()) {
    await stdout.write(`tcp        0      0 ${`${loopback ? '127.0.0.1' : '0.0.0.0'}:${String(port)}`.padEnd(23)} 0.0.0.0:*               LISTEN\n`);
  }
  return 0;
};

export const env: Program = async (context) => {
  const words = context.argv.slice(1);
  const own = new Map(context.env);
  while (words[0] !== undefined && (words[0] === '-i' || /^[A-Za-z_]\w*=/.test(words[0]))) {
    const word = words.shift()!;
    if (word === '-i') own.clear();
    else own.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  }
  if (words.length === 0) {
    for (const [name, value] of own) await context.stdout.write(`${name}=${value}\n`);
    return 0;
  }
  try {
    const { program, argv } = context.machine.lookup(words, own.get('PATH'), context.cwd);
    context.become(argv);
    return await program({ ...context, argv, env: own });
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    await context.stderr.write(`env: can't execute '${words[0]!}': No such file or directory\n`);
    return 127;
  }
};

export const printenv: Program = async ({ argv, env: all, stdout }) => {
  const [name] = argv.slice(1);
  if (name === undefined) {
    for (const [variable, value] of all) await stdout.write(`${variable}=${value}\n`);
    return 0;
  }
  const value = all.get(name);
  if (value === undefined) return 1;
  await stdout.write(`${value}\n`);
  return 0;
};

export const which: Program = async ({ argv, machine, env: all, cwd, stdout }) => {
  let status = 0;
  for (const name of argv.slice(1)) {
    const file = name.includes('/')
      ? normal(name, cwd)
      : (all.get('PATH') ?? '').split(':').map((directory) => normal(name, directory || '/')).find((path) => machine.files.stat(path)?.executable);
    if (file === undefined || machine.files.stat(file) === undefined) status = 1;
    else await stdout.write(`${file}\n`);
  }
  return status;
};
