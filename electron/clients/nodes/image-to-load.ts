// The image that shall be loaded, as Docker has it, and whether a node can run it: refused before anything is sent.
import type Dockerode from 'dockerode';
import { Failure } from '../../../shared/contract/failures.ts';
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { callJson } from '../docker/client.ts';
import { dockerFailure } from '../docker/docker-failure.ts';
import { dockerName, inspectImage } from '../docker/images.ts';
import type { NodeImageStore } from './node-image-store.ts';
import type { SavedImage } from './send-archive.ts';

export interface ImageToLoad extends SavedImage {
  /** As it was asked for, or the image's first name where it was asked for by its ID. */
  readonly reference: string;
  readonly size: number;
  readonly os: string;
  readonly architecture: string;
}

/** Throws IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER, IMAGE_HAS_NO_NAME (an ID whose image has none: a node could not find it again), or DOCKER_*. */
export async function imageToLoad(docker: Dockerode, asked: string, signal: AbortSignal): Promise<ImageToLoad> {
  const isId = /^sha256:[0-9a-f]{64}$/.test(asked);
  const image = await inspectImage(docker, asked, signal);
  const reference = isId ? image.repoTags.find(tag => !tag.includes('<none>')) : asked;
  if (reference === undefined) throw new Failure('IMAGE_HAS_NO_NAME', { image: asked }, `${asked} has no tag`);
  const name = parseImageReference(reference);
  if (!name.ok) throw new Failure('IMAGE_NAME_INVALID', { image: asked, reason: name.reason }, `${reference}: ${name.reason}`);
  const { id, layers, size, os, architecture } = image;
  // Docker that keeps its images in containerd gives each a digest, which is its ID.
  const inContainerd = image.repoDigests.some(digest => digest.endsWith(`@${id}`));
  return { reference, name: name.normalized, id, layers, size, os, architecture, inContainerd };
}

/** Throws PLATFORM_MISSING where the image is for another architecture than the node, LOAD_FAILED where a node could not find it again. */
export async function requireLoadable(docker: Dockerode, image: ImageToLoad, { node, architecture }: NodeImageStore, signal: AbortSignal): Promise<void> {
  // A digest is that of a registry's manifest, which no load brings along (kind 2734).
  if (image.name.includes('@')) throw new Failure('LOAD_FAILED', { image: image.reference, node }, `a load gives the node no digest: it would not find ${image.name}`);
  if (!architecture || !image.architecture || image.architecture === architecture) return;
  const has = image.inContainerd ? await platforms(docker, image, signal) : [image.architecture];
  if (has.includes(architecture)) return;
  const all = [...new Set(has)].join(', ');
  throw new Failure('PLATFORM_MISSING', { image: image.reference, node, architecture, has: all }, `the image is for ${image.os}/${all}, the node is linux/${architecture}`);
}

interface Manifest { readonly Available?: boolean; readonly Kind?: string; readonly ImageData?: { readonly Platform?: { readonly os?: string; readonly architecture?: string } } }

/** The architectures whose layers Docker has (Engine API 1.48: GET /images/{name}/json?manifests=true). */
async function platforms(docker: Dockerode, { name, architecture }: ImageToLoad, signal: AbortSignal): Promise<string[]> {
  try {
    const { Manifests = [] } = await callJson<{ Manifests?: readonly Manifest[] | null }>(docker, 'GET', `/images/${dockerName(name)}/json`, { manifests: 'true' }, signal);
    const found = (Manifests ?? []).filter(({ Available, Kind }) => Available && Kind === 'image').flatMap(({ ImageData }) => ImageData?.Platform?.architecture ?? []);
    return found.length > 0 ? found : [architecture];
  } catch (error) {
    throw dockerFailure(docker, error);
  }
}
