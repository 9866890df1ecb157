// Which file an object was applied from, on disk, so that a fix can go into the file tomorrow, too. A convenience: no trouble with it fails a change.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileOrigin, type FileOrigin } from '../../../shared/contract/files.ts';
import { createTopic, type Topic } from '../topic.ts';

const KEPT = 500;
const kept = fileOrigin.extend({ context: z.string() });
type Kept = z.infer<typeof kept>;

export interface FileOrigins {
  /** The newest first; undefined until the file was read. */
  readonly all: Topic<readonly Kept[] | undefined>;
  /** Resolves when the disk has it, or cannot. */
  remember(context: string, origins: readonly FileOrigin[]): Promise<void>;
}

/** @param directory is made when the first one is written. */
export function openFileOrigins(directory: string): FileOrigins {
  const file = join(directory, 'file-origins.json');
  const all = createTopic<readonly Kept[] | undefined>(undefined);
  /** One after the other: each begins with what is on disk, where another Podlab may have written meanwhile. */
  let last: Promise<void> = read(file).then((found) => all.set(found));
  return {
    all,
    remember(context, origins) {
      last = last.then(async () => {
        const known = await read(file);
        const before = known.length > 0 ? known : (all.value ?? []);
        const fresh = origins.map((origin) => ({ ...origin, context }));
        const next = [...fresh, ...before.filter((old) => !fresh.some((each) => isSame(old, each)))].slice(0, KEPT);
        all.set(next);
        await write(directory, file, next).catch(() => {});
      });
      return last;
    },
  };
}

const isSame = (a: Kept, b: Kept) => a.context === b.context && a.namespace === b.namespace && a.kind === b.kind && a.name === b.name;

/** What can be read; a file that is none, is broken, or has other things in it, has no origins. */
async function read(file: string): Promise<Kept[]> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(found)) return [];
    return found.flatMap((each) => kept.safeParse(each).data ?? []).slice(0, KEPT);
  } catch {
    return [];
  }
}

/** Whole or not at all; paths tell about a person, so nobody else may read them. */
async function write(directory: string, file: string, origins: readonly Kept[]): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(origins)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
