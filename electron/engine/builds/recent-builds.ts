// The last builds, on disk, so that one is begun again with one click. They are a convenience: no trouble with the file ever fails a build.
import { join } from 'node:path';
import { recentBuild, type BuildSettings, type RecentBuild } from '../../../shared/contract/builds.ts';
import { openKeptList } from '../kept-list.ts';
import type { Topic } from '../topic.ts';

const KEPT = 20;

export interface RecentBuilds {
  /** The newest first; undefined until the file was read. */
  readonly builds: Topic<readonly RecentBuild[] | undefined>;
  /** Puts a build that has ended first, in the place of an earlier one of the same settings. Resolves when the disk has it, or cannot. */
  add(build: RecentBuild): Promise<void>;
}

/** @param directory is made when the first build is written. */
export function openRecentBuilds(directory: string): RecentBuilds {
  const { items, add } = openKeptList(join(directory, 'recent-builds.json'), recentBuild, KEPT, keyOf);
  return { builds: items, add: (build) => add([build]) };
}

function keyOf({ folder, image, dockerfile = '', target = '', arguments: values = {} }: BuildSettings): string {
  return JSON.stringify([folder, image, dockerfile, target, Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
