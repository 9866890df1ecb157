// What a build would send, before anything is sent: no file is read, only looked at.
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import type { BuildContext } from '../../../shared/contract/builds.ts';
import { contextEntries, findDockerfile } from './build-context.ts';
import { chooseBuilder } from './choose-builder.ts';
import { readDockerfileOutline } from './dockerfile-outline.ts';
import { readIgnoreRules } from './ignore-rules.ts';

const BIGGEST = 10;

export interface CheckContextOptions {
  readonly folder: string;
  /** Relative to the folder. */
  readonly dockerfile?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Counts what the builder that would be chosen would be sent. A file or folder at the top stands for all that is in it.
 * Throws FOLDER_UNREADABLE, DOCKERFILE_MISSING, FILE_UNREADABLE, IGNORE_FILE_INVALID, or the signal's reason.
 */
export async function checkContext(docker: Dockerode, { folder, dockerfile: named, signal }: CheckContextOptions): Promise<BuildContext> {
  const dockerfile = await findDockerfile(folder, named);
  const { builder } = await chooseBuilder(docker, { signal });
  const [{ file: ignoreFile }, outline] = await Promise.all([readIgnoreRules(folder, dockerfile, builder), readDockerfileOutline(join(folder, dockerfile))]);
  const top = new Map<string, number>();
  let files = 0;
  let bytes = 0;
  let ignored = 0;
  for await (const { path, type, size } of contextEntries({ folder, dockerfile, builder, signal, onIgnored: () => { ignored++; } })) {
    if (type === 'directory') continue;
    files++;
    bytes += size;
    const slash = path.indexOf('/');
    const name = slash < 0 ? path : path.slice(0, slash + 1);
    top.set(name, (top.get(name) ?? 0) + size);
  }
  const biggest = [...top].sort((a, b) => b[1] - a[1]).slice(0, BIGGEST).map(([path, size]) => ({ path, bytes: size }));
  return { folder, dockerfile, ...(ignoreFile !== undefined && { ignoreFile }), files, bytes, biggest, ignored, ...outline, builder };
}
