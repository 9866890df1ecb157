// A list that outlives Podlab, in one file, the newest first. A convenience: no trouble with the file ever fails what is remembered. What is to be
// forgotten is another matter: it may still be there.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { Failure } from '../../shared/contract/failures.ts';
import { createTopic, type Topic } from './topic.ts';

export interface KeptList<Item> {
  /** The newest first; undefined until the file was read. */
  readonly items: Topic<readonly Item[] | undefined>;
  /** Puts items first, in the place of earlier ones of the same key. Resolves when the disk has it, or cannot. */
  add(fresh: readonly Item[]): Promise<void>;
  /** Takes those out. @throws Failure FILE_NOT_WRITTEN: Podlab has forgotten them, and the disk has not */
  remove(isGone: (item: Item) => boolean): Promise<void>;
}

/** @param file its folder is made when the first item is written. What in it is not of `schema` is left out. */
export function openKeptList<Item>(file: string, schema: z.ZodType<Item>, most: number, keyOf: (item: Item) => string): KeptList<Item> {
  const items = createTopic<readonly Item[] | undefined>(undefined);
  /** Undefined where there is no list: an empty one was emptied on purpose. */
  const read = async (): Promise<Item[] | undefined> => {
    try {
      const found: unknown = JSON.parse(await readFile(file, 'utf8'));
      return Array.isArray(found) ? found.flatMap((each) => schema.safeParse(each).data ?? []).slice(0, most) : undefined;
    } catch {
      return undefined;
    }
  };
  /** One after the other: each begins with what is on disk, where another Podlab may have written meanwhile. */
  let last: Promise<void> = read().then((found) => items.set(found ?? []));
  const change = (next: (before: readonly Item[]) => readonly Item[]): Promise<void> => {
    const written = last.then(async () => {
      // Where the disk keeps nothing, this Podlab still remembers its own.
      const after = next((await read()) ?? items.value ?? []);
      items.set(after);
      await write(file, after);
    });
    last = written.catch(() => {});
    return written;
  };
  return {
    items,
    add(fresh) {
      const keys = new Set(fresh.map(keyOf));
      return change((before) => [...fresh, ...before.filter((old) => !keys.has(keyOf(old)))].slice(0, most)).catch(() => {});
    },
    remove: (isGone) =>
      change((before) => before.filter((item) => !isGone(item))).catch((error: unknown) => {
        throw new Failure('FILE_NOT_WRITTEN', { file }, error);
      }),
  };
}

/** Whole or not at all: a new file takes the old one's name (rename(2)). It tells about a person, and may hold secrets, so nobody else may read it. */
async function write(file: string, items: readonly unknown[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(items, undefined, 2)}\n`);
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
