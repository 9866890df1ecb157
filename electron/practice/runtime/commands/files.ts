// Commands about the container's files.
import { type FileEntry, FileError, normal } from '../files.ts';
import type { Program, ProgramContext } from '../program.ts';
import { matches } from '../shell/glob.ts';

/** Options as single letters, and the words that are none. */
export function letters(argv: readonly string[]): { options: Set<string>; words: string[] } {
  const options = new Set<string>();
  const words: string[] = [];
  let done = false;
  for (const word of argv.slice(1)) {
    if (!done && word === '--') done = true;
    else if (!done && /^-[A-Za-z0-9]+$/.test(word)) for (const letter of word.slice(1)) options.add(letter);
    else if (!done && word.startsWith('--')) options.add(word);
    else words.push(word);
  }
  return { options, words };
}

/** Runs for each word; an error about a file is said, and the next one follows. */
async function each(context: ProgramContext, words: readonly string[], run: (word: string, path: string) => Promise<void> | void): Promise<number> {
  let status = 0;
  for (const word of words) {
    await context.breathe();
    try {
      await run(word, normal(word, context.cwd));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      status = 1;
      await context.stderr.write(`${context.argv[0]!}: ${failing[context.argv[0]!] ?? ''}${word}: ${error.message}\n`);
    }
  }
  return status;
}

/** What busybox says before the file's name. */
const failing: Readonly<Record<string, string>> = { cat: "can't open ", rm: "can't remove ", mkdir: "can't create directory " };

export const ls: Program = async (context) => {
  const { options, words } = letters(context.argv);
  const { files } = context.machine;
  const long = options.has('l');
  const line = (name: string, path: string) => (long ? `${describe(files.stat(path), files.isDirectory(path))} ${name}\n` : `${name}\n`);
  const targets = words.length === 0 ? ['.'] : words;
  return each(context, targets, async (word, path) => {
    if (!files.isDirectory(path) || options.has('d')) {
      if (files.stat(path) === undefined && !files.isDirectory(path)) throw new FileError('ENOENT', 'No such file or directory');
      await context.stdout.write(line(word, path));
      return;
    }
    if (targets.length > 1) await context.stdout.write(`${word}:\n`);
    const dots = options.has('a') ? ['.', '..'] : [];
    const names = files.list(path).filter((name) => options.has('a') || options.has('A') || !name.startsWith('.'));
    if (long) await context.stdout.write(`total ${String(names.length * 4)}\n`);
    for (const name of [...dots, ...names]) await context.stdout.write(line(name, normal(name, path)));
    if (targets.length > 1) await context.stdout.write('\n');
  });
};

function describe(entry: FileEntry | undefined, directory: boolean): string {
  const mode = directory ? 'drwxr-xr-x' : entry?.executable ? '-rwxr-xr-x' : '-rw-r--r--';
  const size = directory ? 4096 : (entry?.content.length ?? 0);
  const changed = entry?.changed ?? new Date(0);
  const [, month, day] = changed.toUTCString().match(/, (\d+) (\w+)/) ?? ['', '', ''];
  return `${mode}    1 root     root      ${String(size).padStart(8)} ${day!} ${String(Number(month)).padStart(2)} ${changed.toISOString().slice(11, 16)}`;
}

export const mkdir: Program = (context) => {
  const { options, words } = letters(context.argv);
  return each(context, words, (_word, path) => {
    if (!options.has('p')) {
      const parent = normal('..', path);
      if (!context.machine.files.isDirectory(parent)) throw new FileError('ENOENT', 'No such file or directory');
      return context.machine.files.makeDirectory(path);
    }
    if (!context.machine.files.isDirectory(path)) context.machine.files.makeDirectory(path);
  });
};

export const rm: Program = (context) => {
  const { options, words } = letters(context.argv);
  const { files } = context.machine;
  const removeAll = (path: string) => {
    for (const name of files.list(path)) {
      const inner = normal(name, path);
      if (files.isDirectory(inner)) removeAll(inner);
      else files.remove(inner);
    }
    if (files.stat(path)?.directory) files.remove(path);
  };
  return each(context, words, (_word, path) => {
    if (files.isDirectory(path)) {
      if (!options.has('r') && !options.has('R')) throw new FileError('EISDIR', 'Is a directory');
      return removeAll(path);
    }
    if (files.stat(path) !== undefined || !options.has('f')) files.remove(path);
  });
};

export const touch: Program = (context) =>
  each(context, letters(context.argv).words, (_word, path) => context.machine.files.write(path, Buffer.alloc(0), { append: true }));

export const chmod: Program = (context) => {
  const [mode = '', ...words] = context.argv.slice(1).filter((word) => word !== '-R');
  const executable = /x/.test(mode) ? !/-\w*x/.test(mode) : /^[0-7]*[1357][0-7]{2}$|^[0-7]*[1357]$/.test(mode);
  return each(context, words, (_word, path) => context.machine.files.write(path, Buffer.alloc(0), { append: true, executable }));
};

/** cp and mv. */
export const copy: Program = (context) => {
  const { words } = letters(context.argv);
  const target = normal(words.pop() ?? '', context.cwd);
  const { files } = context.machine;
  return each(context, words, (word, path) => {
    const entry = files.stat(path);
    const into = files.isDirectory(target) ? normal(word.split('/').at(-1)!, target) : target;
    files.write(into, files.read(path), { executable: entry?.executable ?? false });
    if (context.argv[0] === 'mv') files.remove(path);
  });
};

export const find: Program = async (context) => {
  const words = context.argv.slice(1);
  const start = words[0]?.startsWith('-') === false ? words[0] : '.';
  const wanted = words[words.indexOf('-name') + 1];
  const { files } = context.machine;
  const walk = async (shown: string, path: string): Promise<void> => {
    const name = shown.split('/').at(-1)!;
    if (!words.includes('-name') || matches(wanted!, name)) await context.stdout.write(`${shown}\n`);
    await context.breathe();
    if (!files.isDirectory(path)) return;
    for (const child of files.list(path)) await walk(`${shown === '/' ? '' : shown}/${child}`, normal(child, path));
  };
  return each(context, [start], async (word, path) => {
    if (files.stat(path) === undefined && !files.isDirectory(path)) throw new FileError('ENOENT', 'No such file or directory');
    await walk(word, path);
  });
};

export const basename: Program = async ({ argv, stdout }) => {
  const [path = '', suffix = ''] = argv.slice(1);
  const name = path.replace(/\/+$/, '').split('/').at(-1) || '/';
  await stdout.write(`${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`);
  return 0;
};

export const dirname: Program = async ({ argv, stdout }) => {
  const path = (argv[1] ?? '').replace(/\/+$/, '');
  await stdout.write(`${path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.'}\n`);
  return 0;
};
