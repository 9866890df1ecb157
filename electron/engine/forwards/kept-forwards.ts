// The forwards that outlive Podlab, one file each, so that two Podlabs do not overwrite each other's.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { forwardSettings } from '../../../shared/contract/forwards.ts';

const keptForward = z.object({
  settings: forwardSettings,
  /** Whether it is to listen again when its cluster is looked at. */
  isOn: z.boolean(),
  /** When it was made: the order of the list. */
  since: z.string(),
});
export type KeptForward = z.infer<typeof keptForward>;

export interface KeptForwards {
  /** By id, the oldest first. A folder that cannot be read has none, and what is no forward is passed over. */
  read(): Promise<ReadonlyMap<string, KeptForward>>;
  /** Never fails: a forward that is not kept works all the same. */
  put(id: string, kept: KeptForward): Promise<void>;
  drop(id: string): Promise<void>;
  /** When what was asked for is on the disk. */
  idle(): Promise<void>;
}

/** @param directory is made when the first one is written */
export function openKeptForwards(directory: string): KeptForwards {
  const folder = join(directory, 'forwards');
  const fileOf = (id: string) => join(folder, `${id}.json`);
  /** One after the other, so that the last word about a forward is the one that stays. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>): Promise<void> => {
    const done = last.then(work).then(() => {}, () => {});
    last = done;
    return done;
  };
  return {
    async read() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
      const found = await Promise.all(names.map(async (name) => {
        const kept = await readFile(join(folder, name), 'utf8').then((text) => keptForward.safeParse(JSON.parse(text)).data).catch(() => undefined);
        return kept ? [[name.slice(0, -'.json'.length), kept] as const] : [];
      }));
      return new Map(found.flat().toSorted(([, a], [, b]) => (a.since < b.since ? -1 : 1)));
    },
    put: (id, kept) => inTurn(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Whole or not at all: rename(2).
      const fresh = `${fileOf(id)}.${randomBytes(4).toString('hex')}`;
      try {
        await writeFile(fresh, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
        await rename(fresh, fileOf(id));
      } finally {
        await rm(fresh, { force: true });
      }
    }),
    drop: (id) => inTurn(() => rm(fileOf(id), { force: true })),
    idle: () => inTurn(async () => {}),
  };
}
