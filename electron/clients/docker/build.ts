// `docker build -t TAG FOLDER`, by the best builder that is here.
import type Dockerode from 'dockerode';
import { resolve } from 'node:path';
import { Failure } from '../../../shared/contract/failures.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { buildWithBuildKit } from './build-buildkit.ts';
import { buildWithBuildx } from './build-buildx.ts';
import { buildClassic } from './build-classic.ts';
import { findDockerfile } from './build-context.ts';
import type { BuildOptions, BuiltImage } from './build-request.ts';
import { chooseBuilder } from './choose-builder.ts';
import { thisMachine } from './endpoint.ts';
import { inspectImage } from './images.ts';

/**
 * Builds and names an image. Throws IMAGE_NAME_INVALID, FOLDER_UNREADABLE, DOCKERFILE_MISSING before anything is asked of Docker;
 * FILE_UNREADABLE, IGNORE_FILE_INVALID, DOCKERFILE_INVALID, BASE_IMAGE_UNAVAILABLE, BUILD_FAILED with the step that failed and the builder's
 * words; the signal's reason when cancelled (nothing of the build is left running); else as dockerFailure says.
 */
export async function buildImage(docker: Dockerode, options: BuildOptions): Promise<BuiltImage> {
  const { folder, tag, signal } = options;
  const name = parseImageReference(tag);
  const reason = !name.ok ? name.reason : name.digest === undefined ? undefined : 'digest'; // a digest is what a build gives, not what it is given
  if (!name.ok || reason) throw new Failure('IMAGE_NAME_INVALID', { image: tag, reason: reason! }, `${tag}: ${reason}`);
  const dockerfile = await findDockerfile(folder, options.dockerfile);
  signal.throwIfAborted();
  const surroundings = options.surroundings ?? thisMachine();
  const { builder, buildx } = options.chosen ?? await chooseBuilder(docker, { signal, surroundings });
  const request = { ...options, dockerfile, reference: name.normalized };
  const imageId = buildx ? await buildWithBuildx(docker, buildx, request, surroundings)
    : builder === 'buildkit' ? await buildWithBuildKit(docker, request, surroundings)
    : await buildClassic(docker, request, surroundings);
  const { id, repoDigests } = await inspectImage(docker, name.normalized, signal);
  // Docker that keeps its images in containerd knows them by the digest of their manifest; buildx may tell that of the config.
  const hasManifestId = repoDigests.some(digest => digest.endsWith(`@${id}`));
  // Another build may have taken the name meanwhile.
  if (id !== imageId && !(builder === 'buildx' && hasManifestId)) throw new Failure('BUILD_FAILED', { image: tag, step: '' }, `${tag} is ${id}, not the ${imageId} that was built`);
  return { imageId: id, reference: name.normalized, command: buildCommand({ ...options, tag: familiarName(name) }), builder };
}

/** The docker CLI's line for a build, for a POSIX shell. */
export function buildCommand({ tag, folder, dockerfile, target, buildArgs = {} }: Pick<BuildOptions, 'tag' | 'folder' | 'dockerfile' | 'target' | 'buildArgs'>): string {
  return ['docker', 'build', '-t', tag,
    // The CLI takes it relative to where it runs, not to the folder.
    ...(dockerfile ? ['-f', resolve(folder, dockerfile)] : []),
    ...(target ? ['--target', target] : []),
    ...Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    folder,
  ].map(quoted).join(' ');
}

/** For a shell: as it is where nothing in it is special. */
const quoted = (text: string): string => /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
