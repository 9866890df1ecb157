// The last builds, on disk, so that one is begun again with one click. They are a convenience: no trouble with the file ever fails a build.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recentBuild, type BuildSettings, type RecentBuild } from '../../../shared/contract/builds.ts';
import { createTopic, type Topic } from '../topic.ts';

const KEPT = 20;

export interface RecentBuilds {
  /** The newest first; undefined until the file was read. */
  readonly builds: Topic<readonly RecentBuild[] | undefined>;
  /** Puts a build that has ended first, in the place of an earlier one of the same settings. Resolves when the disk has it, or cannot. */
  add(build: RecentBuild): Promise<void>;
}

/** @param directory is made when the first build is written. */
export function openRecentBuilds(directory: string): RecentBuilds {
  const file = join(directory, 'recent-builds.json');
  const builds = createTopic<readonly RecentBuild[] | undefined>(undefined);
  /** One after the other: each begins with what is on disk, where another Podlab may have written meanwhile. */
  let last: Promise<void> = read(file).then((found) => builds.set(found));
  return {
    builds,
    add(build) {
      last = last.then(async () => {
        const known = await read(file);
        // Where the disk keeps nothing, this Podlab still remembers its own.
        const before = known.length > 0 ? known : (builds.value ?? []);
        const next = [build, ...before.filter((other) => keyOf(other) !== keyOf(build))].slice(0, KEPT);
        builds.set(next);
        await write(directory, file, next).catch(() => {});
      });
      return last;
    },
  };
}

function keyOf({ folder, image, dockerfile = '', target = '', arguments: values = {} }: BuildSettings): string {
  return JSON.stringify([folder, image, dockerfile, target, Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** What can be read; a file that is none, is broken, or has other things in it, has no builds. */
async function read(file: string): Promise<RecentBuild[]> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(found)) return [];
    return found.flatMap((each) => recentBuild.safeParse(each).data ?? []).slice(0, KEPT);
  } catch {
    return [];
  }
}

/** Whole or not at all: a new file takes the old one's name (rename(2)). Build arguments may be secret, so nobody else may read it. */
async function write(directory: string, file: string, builds: readonly RecentBuild[]): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(builds, undefined, 2)}\n`);
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
