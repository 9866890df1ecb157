// What is needed to restore a pod is on disk before the pod is deleted: one file a change, written and fsynced, mode 0600. A change that does not
// come to its end leaves its file open, and it is offered: to whoever finds it once its owner is dead, and here at once where it is our own.
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import { createTopic, type Topic } from '../topic.ts';
import { readJournalFile, writtenJournal, OPEN, type JournalRecord } from './journal-file.ts';
import { claim, isAlive, ownedBy, ownerHere, ownerIn, unowned } from './owner.ts';

/** Kept after they are no longer needed, so that a person can find an old definition again. */
const KEPT = 50;
const NEW = '.new';

/** A change that did not come to its end. */
export interface OpenChange extends JournalRecord {
  readonly id: string;
  readonly at: string;
  readonly file: string;
}

export interface Journal extends Disposable {
  /**
   * Writes the record and waits until the disk has it. Gives the file's path: a manifest, which `kubectl apply -f` takes as it is.
   * @throws Failure JOURNAL_NOT_WRITTEN, and leaves nothing then
   */
  write(record: JournalRecord): Promise<string>;
  /** Marks a change as finished, and gives the path under which the file stays, among the newest 50. Never fails: the change itself is done. */
  close(file: string): Promise<string>;
  /** The change ended and is not finished: its file stays open and is offered from now on. Gives the file's path. Never fails. */
  leave(file: string): Promise<string>;
  /** Those that are offered, the oldest first, as `look` found them last. */
  readonly unfinished: Topic<readonly OpenChange[]>;
  /** Looks into the folder. A folder that cannot be read has none. */
  look(): Promise<readonly OpenChange[]>;
  /** Takes one that is offered, so that nobody else does. @throws Failure UNFINISHED_GONE, JOURNAL_NOT_WRITTEN */
  claim(id: string): Promise<OpenChange>;
}

/** The folder for Podlab's own state: XDG_STATE_HOME on Linux (XDG Base Directory Specification), the usual places elsewhere. */
export function stateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (platform() === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Podlab');
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Podlab');
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'podlab');
}

/** @param directory is made when the first record is written. Disposed of, what it left open is offered by others. */
export function openJournal(directory: string, now: () => Date = () => new Date()): Journal {
  const folder = join(directory, 'journal');
  const here = ownerHere();
  const unfinished = createTopic<readonly OpenChange[]>([]);
  /** Ours, by id, that ended unfinished. */
  const left = new Set<string>();
  let serial = 0;
  const journal: Journal = {
    unfinished,
    async write(record) {
      const at = now().toISOString();
      // 255 bytes are a file name's limit, and a pod's name alone may have 253. A dot in it could be taken for an ending.
      const name = `${at.replaceAll(':', '')}-${process.pid}-${++serial}-${record.pod.slice(0, 100).replaceAll('.', '_')}`;
      const file = join(folder, `${name}${OPEN}`);
      try {
        const owner = await here.owner();
        await makeFolder(folder);
        await writeWhole(file, ownedBy(`${name}${NEW}`, owner, NEW), writtenJournal(owner, at, record));
      } catch (error) {
        throw new Failure('JOURNAL_NOT_WRITTEN', { file }, error);
      }
      return file;
    },
    async close(file) {
      const done = unowned(basename(file)).replace(OPEN, '.done.yaml');
      left.delete(idOf(file));
      try {
        await rename(file, join(folder, done));
        const finished = (await readdir(folder)).filter((each) => each.endsWith('.done.yaml')).sort();
        for (const old of finished.slice(0, -KEPT)) await rm(join(folder, old), { force: true });
      } catch {
        // Still there under its first name: it can be found all the same.
        return file;
      } finally {
        if (unfinished.value.some(({ id }) => id === idOf(file))) await journal.look();
      }
      return join(folder, done);
    },
    async leave(file) {
      const plain = join(folder, unowned(basename(file)));
      left.add(idOf(file));
      const path = plain === file ? file : await rename(file, plain).then(() => plain, () => file);
      await journal.look();
      return path;
    },
    async look() {
      const found = await openFiles(folder, left, (await here.owner()).engine);
      if (JSON.stringify(found) !== JSON.stringify(unfinished.value)) unfinished.set(found);
      return found;
    },
    async claim(id) {
      const found = (await journal.look()).find((each) => each.id === id);
      const file = found && (await claim(found.file, await here.owner(), OPEN).catch((error: unknown) => {
        throw new Failure('JOURNAL_NOT_WRITTEN', { file: found.file }, error);
      }));
      if (!found || file === undefined) throw new Failure('UNFINISHED_GONE', { id }, `no unfinished change ${id} in ${folder}`);
      left.delete(id);
      await journal.look();
      return { ...found, file };
    },
    [Symbol.dispose]: () => here[Symbol.dispose](),
  };
  return journal;
}

const idOf = (file: string) => unowned(basename(file)).replace(OPEN, '');

async function openFiles(folder: string, left: ReadonlySet<string>, engine: string): Promise<OpenChange[]> {
  const found: OpenChange[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const file = join(folder, name);
    // Never came to its name: nothing was deleted yet.
    const half = name.endsWith(NEW) ? ownerIn(name) : undefined;
    if (half && !(await isAlive(half))) await rm(file, { force: true }).catch(() => {});
    if (!name.endsWith(OPEN)) continue;
    const written = await readJournalFile(file);
    if (!written) continue;
    const owner = ownerIn(name) ?? written.owner;
    const isOffered = owner.pid === process.pid && owner.engine === engine ? left.has(idOf(file)) : !(await isAlive(owner));
    if (isOffered) found.push({ id: idOf(file), at: written.at, file, ...written.record });
  }
  return found;
}

/** As mkdir's `recursive`, which says "no such file" of a folder on a disk that is read-only. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return; // if it is no folder, writing into it fails
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 }).catch((again: NodeJS.ErrnoException) => (again.code === 'EEXIST' ? undefined : Promise.reject(again)));
  }
}

/** Under its name only once the disk has all of it: what was cut off half-way is never taken for a definition. */
async function writeWhole(file: string, first: string, text: string): Promise<void> {
  const folder = dirname(file);
  const half = join(folder, first);
  try {
    const handle = await open(half, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, file);
    await syncFolder(folder);
  } catch (error) {
    for (const each of [half, file]) await rm(each, { force: true }).catch(() => {});
    throw error;
  }
}

/** A new file's name is on disk only once its folder is (fsync(2)); Windows cannot open a folder and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
