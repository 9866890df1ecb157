// A list that outlives Podlab, in one file, the newest first. A convenience: no trouble with the file ever fails what is remembered.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { createTopic, type Topic } from './topic.ts';

export interface KeptList<Item> {
  /** The newest first; undefined until the file was read. */
  readonly items: Topic<readonly Item[] | undefined>;
  /** Puts items first, in the place of earlier ones of the same key. Resolves when the disk has it, or cannot. */
  add(fresh: readonly Item[]): Promise<void>;
  /** Takes those out. Resolves as `add` does. */
  remove(isGone: (item: Item) => boolean): Promise<void>;
}

/** @param file its folder is made when the first item is written. What in it is not of `schema` is left out. */
export function openKeptList<Item>(file: string, schema: z.ZodType<Item>, most: number, keyOf: (item: Item) => string): KeptList<Item> {
  const items = createTopic<readonly Item[] | undefined>(undefined);
  const read = async (): Promise<Item[]> => {
    try {
      const found: unknown = JSON.parse(await readFile(file, 'utf8'));
      if (!Array.isArray(found)) return [];
      return found.flatMap((each) => schema.safeParse(each).data ?? []).slice(0, most);
    } catch {
      return [];
    }
  };
  /** One after the other: each begins with what is on disk, where another Podlab may have written meanwhile. */
  let last: Promise<void> = read().then((found) => items.set(found));
  const change = (next: (before: readonly Item[]) => readonly Item[]): Promise<void> => {
    last = last.then(async () => {
      const known = await read();
      // Where the disk keeps nothing, this Podlab still remembers its own.
      const after = next(known.length > 0 ? known : (items.value ?? []));
      items.set(after);
      await write(file, after).catch(() => {});
    });
    return last;
  };
  return {
    items,
    add(fresh) {
      const keys = new Set(fresh.map(keyOf));
      return change((before) => [...fresh, ...before.filter((old) => !keys.has(keyOf(old)))].slice(0, most));
    },
    remove: (isGone) => change((before) => before.filter((item) => !isGone(item))),
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
