// What is needed to restore a pod is on disk before the pod is deleted: one file a change, written and fsynced, mode 0600.
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { writeDocument } from '../kube-yaml.ts';

/** Kept after they are no longer needed, so that a person can find an old definition again. */
const KEPT = 50;

export interface JournalRecord {
  readonly change: 'recreate' | 'delete';
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  /** What is applied to have the pod back. */
  readonly restore: unknown;
}

export interface Journal {
  /** Writes the record and waits until the disk has it. Gives the file's path: a manifest, which `kubectl apply -f` takes as it is. */
  write(record: JournalRecord): Promise<string>;
  /** Marks a change as finished, and gives the path under which the file stays, among the newest 50. Never fails: the change itself is done. */
  close(file: string): Promise<string>;
}

/** The folder for Podlab's own state: XDG_STATE_HOME on Linux (XDG Base Directory Specification), the usual places elsewhere. */
export function stateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (platform() === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Podlab');
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Podlab');
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'podlab');
}

/** @param directory is made when the first record is written. */
export function openJournal(directory: string, now: () => Date = () => new Date()): Journal {
  const folder = join(directory, 'journal');
  let serial = 0;
  return {
    async write(record) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const stamp = now().toISOString().replaceAll(':', '');
      const file = join(folder, `${stamp}-${process.pid}-${++serial}-${record.pod}.open.yaml`);
      const { restore, ...about } = record;
      const head = JSON.stringify({ instance: process.pid, at: now().toISOString(), ...about });
      const handle = await open(file, 'wx', 0o600);
      try {
        // The facts are a comment, so that the whole file is the manifest.
        await handle.writeFile(`# ${head}\n${writeDocument(restore)}`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncFolder(folder);
      return file;
    },
    async close(file) {
      const done = file.replace(/\.open\.yaml$/, '.done.yaml');
      try {
        await rename(file, done);
        const finished = (await readdir(folder)).filter((name) => name.endsWith('.done.yaml')).sort();
        for (const old of finished.slice(0, -KEPT)) await rm(join(folder, old), { force: true });
        return done;
      } catch {
        // Still there under its first name: it can be found all the same.
        return file;
      }
    },
  };
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
