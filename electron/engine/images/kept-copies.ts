// What is taken away, so that Undo can bring it back: archives of images, files of containers. Whole and on disk before anything is deleted, gone with this
// Podlab.
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { syncFolder } from '../activity/journal.ts';
import { isRunning } from '../activity/owner.ts';

export interface KeptCopy {
  /** The archive's file. */
  readonly file: string;
  read(): Readable;
  /** It is not needed any more. Never fails. */
  discard(): Promise<void>;
  /** It could not be brought back: the file moves where it stays when Podlab ends. Gives its new path. */
  rescue(): Promise<string>;
  /** It cannot be asked for any more: discards it, unless it was rescued. Never fails. */
  forget(): Promise<void>;
}

export interface KeptCopies extends AsyncDisposable {
  /** Writes the archive and waits until the disk has it. Rejects with the stream's or the disk's error, and leaves nothing then. */
  keep(archive: Readable, onBytes: (total: number) => void): Promise<KeptCopy>;
  /** Deletes what is kept. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The folders of this process, which may have several engines. */
const ofThisProcess = new Set<string>();

/** @param directory Podlab's own; what ended Podlabs left there is deleted now, and a folder is made when the first copy is kept. */
export function openKeptCopies(directory: string, of: 'images' | 'files' = 'images'): KeptCopies {
  const all = join(directory, of === 'images' ? 'removed-images' : 'overwritten-files');
  // Several Podlabs may share the directory: each has its own folder, named after its process.
  const own = join(all, `${process.pid}-${Date.now()}-${ofThisProcess.size}`);
  ofThisProcess.add(own);
  let serial = 0;
  const swept = sweep(all);
  return {
    async keep(archive, onBytes) {
      async function* counted(chunks: AsyncIterable<Buffer>) {
        let total = 0;
        for await (const chunk of chunks) {
          onBytes((total += chunk.length));
          yield chunk;
        }
      }
      let file: string | undefined;
      try {
        await mkdir(own, { recursive: true, mode: 0o700 });
        file = join(own, `${++serial}${of === 'images' ? '.tar' : ''}`);
        const handle = await open(file, 'wx', 0o600);
        try {
          await handle.writeFile(counted(archive));
          await handle.sync();
        } finally {
          await handle.close();
        }
        await syncFolder(own);
      } catch (error) {
        archive.destroy();
        if (file !== undefined) await rm(file, { force: true }).catch(() => {});
        throw error;
      }
      return keptCopy(file, join(directory, `${of}-not-restored`));
    },
    async [Symbol.asyncDispose]() {
      await swept;
      await rm(own, { recursive: true, force: true }).catch(() => {});
    },
  };
}

function keptCopy(kept: string, rescued: string): KeptCopy {
  let file = kept;
  let isRescued = false;
  const discard = () => rm(file, { force: true }).catch(() => {});
  return {
    get file() {
      return file;
    },
    read: () => createReadStream(file),
    discard,
    forget: async () => (isRescued ? undefined : discard()),
    async rescue() {
      isRescued = true;
      if (file !== kept) return file;
      const next = join(rescued, `${new Date().toISOString().replaceAll(':', '')}-${process.pid}.tar`);
      try {
        await mkdir(rescued, { recursive: true, mode: 0o700 });
        await rename(file, next);
        file = next;
      } catch {
        // It stays where it is, for as long as this Podlab runs.
      }
      return file;
    },
  };
}

/** Deletes the folders of Podlabs that do not run any more. A process of another user, or one that took the number, counts as running. */
async function sweep(all: string): Promise<void> {
  for (const name of await readdir(all).catch(() => [])) {
    const folder = join(all, name);
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    // A folder of our number that is not ours was another process's, which had the number before.
    const isUsed = pid === process.pid ? ofThisProcess.has(folder) : isRunning(pid);
    if (pid > 0 && !isUsed) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
