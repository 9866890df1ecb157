// The images of the host's Docker: list, inspect, tag, remove (Engine API, Images).
import type Dockerode from 'dockerode';
import { Failure } from '../../../shared/contract/failures.ts';
import type { HostImage } from '../../../shared/diagnosis/world.ts';
import { comparable, parseImageReference, repositoryOf } from '../../../shared/kubernetes/image-reference.ts';
import { callJson } from './client.ts';
import { dockerFailure, dockerText, statusOf } from './docker-failure.ts';

export interface ImageDetails {
  /** sha256:...: the config's digest, or the manifest's when Docker keeps its images in containerd. */
  readonly id: string;
  /** RootFS.Layers: the digests of the unpacked layers, the same wherever the image is kept. */
  readonly layers: readonly string[];
  /** RFC 3339. */
  readonly created: string;
  /** amd64, arm64, ... as Go names it, and as a node's status does. */
  readonly architecture: string;
  readonly os: string;
  readonly size: number;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
}

/**
 * What Docker's API is asked for: an image ID as it is, else the full name, so that Docker never takes a short name such as `beef` for the
 * beginning of an ID. Throws IMAGE_NAME_INVALID.
 */
export function dockerName(reference: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(reference)) return reference;
  const parsed = parseImageReference(reference);
  if (!parsed.ok) throw new Failure('IMAGE_NAME_INVALID', { image: reference, reason: parsed.reason }, `${reference}: ${parsed.reason}`);
  return comparable(parsed);
}

/** `GET /images/json`: images with a name and untagged ones, without the layers between. */
export async function listImages(docker: Dockerode, signal?: AbortSignal): Promise<HostImage[]> {
  try {
    const images = await docker.listImages({ ...(signal && { abortSignal: signal }) });
    // Newest first, as Docker has it, which leaves those of one second in any order: the same images must make the same list.
    return images
      .map(({ Id, RepoTags, RepoDigests, Created, Size }) => ({ Id, RepoTags: RepoTags ?? null, RepoDigests: RepoDigests ?? null, Created, Size }))
      .sort((a, b) => b.Created - a.Created || (a.Id < b.Id ? -1 : 1));
  } catch (error) {
    throw dockerFailure(docker, error);
  }
}

/** Throws IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER, or as dockerFailure says. */
export async function inspectImage(docker: Dockerode, reference: string, signal?: AbortSignal): Promise<ImageDetails> {
  const name = dockerName(reference);
  try {
    const found = await callJson<Dockerode.ImageInspectInfo>(docker, 'GET', `/images/${name}/json`, {}, signal);
    return {
      id: found.Id, layers: found.RootFS.Layers ?? [], created: found.Created, architecture: found.Architecture, os: found.Os, size: found.Size,
      repoTags: found.RepoTags ?? [], repoDigests: found.RepoDigests ?? [],
    };
  } catch (error) {
    throw imageFailure(docker, reference, error);
  }
}

/** Gives an image a further name. Throws as inspectImage does. */
export async function tagImage(docker: Dockerode, reference: string, newReference: string, signal?: AbortSignal): Promise<void> {
  const source = dockerName(reference);
  const name = parseImageReference(newReference);
  const reason = !name.ok ? name.reason : name.digest === undefined ? undefined : 'digest';
  if (!name.ok || reason) throw new Failure('IMAGE_NAME_INVALID', { image: newReference, reason: reason! }, `${newReference}: ${reason}`);
  try {
    await callJson(docker, 'POST', `/images/${source}/tag`, { repo: repositoryOf(name), tag: name.tag ?? 'latest' }, signal);
  } catch (error) {
    throw imageFailure(docker, reference, error);
  }
}

/** Removes a name, and the image with its last name. Throws IMAGE_IN_USE when a container was made from it, else as inspectImage does. */
export async function removeImage(docker: Dockerode, reference: string, signal?: AbortSignal): Promise<{ untagged: string[]; deleted: string[] }> {
  const name = dockerName(reference);
  try {
    const steps = await callJson<readonly { Untagged?: string; Deleted?: string }[]>(docker, 'DELETE', `/images/${name}`, {}, signal);
    return {
      untagged: steps.flatMap(step => step.Untagged ?? []),
      deleted: steps.flatMap(step => step.Deleted ?? []),
    };
  } catch (error) {
    // 409 is also said of an ID with several names and of an image that others are built on: only the container's case is "in use".
    if (statusOf(error) === 409 && /container/.test(dockerText(error))) throw new Failure('IMAGE_IN_USE', { image: reference }, dockerText(error));
    throw imageFailure(docker, reference, error);
  }
}

/** The failure of a call that named an image: IMAGE_NOT_IN_DOCKER where there is none of that name, else as dockerFailure says. */
export function imageFailure(docker: Dockerode, reference: string, error: unknown): unknown {
  return statusOf(error) === 404 ? new Failure('IMAGE_NOT_IN_DOCKER', { image: reference }, dockerText(error)) : dockerFailure(docker, error);
}
