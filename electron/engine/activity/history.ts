// The last changes and their ways back, on disk, so that Undo is there after a restart. One file a change, since several Podlabs share the folder; it is
// written whole or not at all, and taken by a rename before its change is taken back, so that this happens once.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { activityEntry, type ActivityEntry } from '../../../shared/contract/activity.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { claim, isAlive, ownerHere, ownerIn, unowned } from './owner.ts';
import type { WayBack } from './way-back.ts';

const KEPT = 50;
const JSON_ENDING = '.json';

export interface KeptChange {
  /** As it is when it is done. */
  readonly entry: ActivityEntry;
  readonly context: string;
  /** The URL of the server that the change was made on. */
  readonly server: string;
  readonly ways: readonly WayBack[];
  /** How many of the ways back were gone already. */
  readonly taken: number;
}

/** A change that is being taken back, by nobody else. */
export interface Taking {
  readonly change: KeptChange;
  /** So many ways were gone by now. Never fails. */
  took(taken: number): Promise<void>;
  /** All were: it is never offered again. Never fails. */
  undone(): Promise<void>;
  /** It may be tried again. Never fails. */
  giveUp(): Promise<void>;
}

export interface History extends Disposable {
  /** What earlier Podlabs did, the oldest first. */
  readonly earlier: readonly KeptChange[];
  /** Keeps a change, among the newest 50. Never fails: where the disk keeps nothing, Undo lasts as long as Podlab. */
  add(change: KeptChange): Promise<void>;
  /** Takes a change, to take it back; undefined where it is not on the disk. @throws Failure NOTHING_TO_UNDO where it was taken back, or is just now */
  take(id: string): Promise<Taking | undefined>;
}

/** @param directory is made when the first change is kept. */
export async function openHistory(directory: string): Promise<History> {
  const folder = join(directory, 'undo');
  const here = ownerHere();
  /** Of the changes that are, or were, on the disk: the file without an owner in its name. */
  const files = new Map<string, string>();
  const earlier: KeptChange[] = [];
  for (const name of (await readdir(folder).catch(() => [])).filter((each) => each.endsWith(JSON_ENDING)).sort()) {
    const change = await read(join(folder, name));
    if (!change || files.has(change.entry.id)) continue;
    files.set(change.entry.id, unowned(name));
    earlier.push(change);
  }

  /** Under which name a change's file is now. */
  const nameNow = async (plain: string) => (await readdir(folder).catch(() => [])).find((name) => name.endsWith(JSON_ENDING) && unowned(name) === plain);

  return {
    earlier: earlier.slice(-KEPT),
    async add(change) {
      const { id, startedAt } = change.entry;
      const plain = `${startedAt.replaceAll(':', '')}-${id}${JSON_ENDING}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await write(join(folder, plain), change);
        files.set(id, plain);
        const all = (await readdir(folder)).filter((name) => name.endsWith(JSON_ENDING)).sort();
        for (const old of all.slice(0, -KEPT)) if (!ownerIn(old)) await rm(join(folder, old), { force: true });
      } catch {
        // It is offered as long as this Podlab runs.
      }
    },
    async take(id) {
      const plain = files.get(id);
      if (plain === undefined) return undefined;
      const name = await nameNow(plain);
      // Older than the newest 50 by now: this Podlab still knows it.
      if (name === undefined) return undefined;
      const held = ownerIn(name);
      const own = held && (await isAlive(held)) ? undefined : await claim(join(folder, name), await here.owner(), JSON_ENDING).catch(() => undefined);
      const change = own === undefined ? undefined : await read(own);
      const isLeft = change?.entry.undo === 'offered';
      if (own !== undefined && !isLeft) await rename(own, join(folder, plain)).catch(() => {});
      if (own === undefined || !change || !isLeft) throw new Failure('NOTHING_TO_UNDO', { id }, `${plain} was taken back, or is being taken back by another Podlab`);
      const save = (next: KeptChange) => write(own, next).catch(() => {});
      const release = () => rename(own, join(folder, plain)).catch(() => {});
      return {
        change,
        took: (taken) => save({ ...change, taken }),
        async undone() {
          await save({ ...change, entry: { ...change.entry, undo: 'undone' }, ways: [], taken: 0 });
          await release();
        },
        giveUp: release,
      };
    },
    [Symbol.dispose]: () => here[Symbol.dispose](),
  };
}

/** Every kind of way back that this Podlab knows: one that it does not know it cannot take. */
const KNOWN: Readonly<Record<WayBack['type'], true> & Record<string, true>> = { 'replace-pod': true, create: true, delete: true, patch: true, 'renew-pods': true };

/** What the file says; undefined where it is none of ours. */
async function read(file: string): Promise<KeptChange | undefined> {
  try {
    const { entry, context, server, ways, taken } = JSON.parse(await readFile(file, 'utf8')) as Partial<KeptChange>;
    const { data } = activityEntry.safeParse(entry);
    if (!data || typeof context !== 'string' || typeof server !== 'string' || typeof taken !== 'number' || !Array.isArray(ways)) return undefined;
    const isKnown = ways.every((way: WayBack) => Object.hasOwn(KNOWN, way.type));
    return { entry: { ...data, undo: data.undo === 'offered' && !isKnown ? 'none' : data.undo }, context, server, ways, taken };
  } catch {
    return undefined;
  }
}

/** Definitions may hold secrets, so nobody else may read them. */
async function write(file: string, change: KeptChange): Promise<void> {
  const fresh = join(file, '..', `.${basename(file)}.${randomBytes(4).toString('hex')}`);
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(change));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw error;
  }
}
