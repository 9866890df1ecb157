// DELETE /images/{name}: what is untagged, what is deleted, and when it is refused, as Docker decides it (moby, daemon/images/image_delete.go).
import { createHash } from 'node:crypto';
import { familiarName, fullName } from '../runtime/image-name.ts';
import type { StoredImage } from '../runtime/runtime.ts';
import { userOf } from './containers.ts';
import { DockerError } from './docker-error.ts';
import type { Docker } from './docker-parts.ts';

export interface RemovedPart {
  readonly Untagged?: string;
  readonly Deleted?: string;
}

const short = (id: string): string => id.replace('sha256:', '').slice(0, 12);

/** @throws DockerError 409 */
export function removeImage({ images, host }: Docker, reference: string, stored: StoredImage, { force }: { readonly force: boolean }): RemovedPart[] {
  const { image, names, digests } = stored;
  const { id } = image;
  const name = namedBy(reference, stored);
  const user = userOf(host, id);
  const refused = (must: string, why: string) => new DockerError(409, `conflict: unable to delete ${short(id)} (${must}) - ${why}`);
  const parts: RemovedPart[] = [];

  if (name !== undefined && names.length > 1) {
    images.untag(name);
    return [{ Untagged: familiarName(name) }];
  }
  if (name !== undefined && user && !force) {
    throw new DockerError(409, `conflict: unable to remove repository reference "${reference}" (must force) - container ${short(user.id)} is using its referenced image ${short(id)}`);
  }
  if (name !== undefined && user?.state === 'running') {
    // The container keeps what it runs: an image without a name.
    images.untag(name);
    images.add(image, [], 'tag');
    return [{ Untagged: familiarName(name) }];
  }
  if (name === undefined) {
    if (user?.state === 'running') throw refused('cannot be forced', `image is being used by running container ${short(user.id)}`);
    if (!force) {
      const repositories = new Set(names.map((one) => one.slice(0, one.lastIndexOf(':'))));
      if (repositories.size > 1) throw refused('must be forced', 'image is referenced in multiple repositories');
      if (user) throw refused('must be forced', `image is being used by stopped container ${short(user.id)}`);
    }
  }
  for (const one of [...names, ...digests]) parts.push({ Untagged: familiarName(one) });
  const kept = new Set(images.list().filter((other) => other.image.id !== id).flatMap((other) => chainIds(other)));
  images.remove(id);
  // The layers go from the top to the bottom, as long as no other image stands on them.
  const layers = chainIds(stored).toReversed().filter((chain) => !kept.has(chain));
  return [...parts, { Deleted: id }, ...layers.map((chain) => ({ Deleted: chain }))];
}

/** The name by which the image is meant; undefined for an ID or the beginning of one. */
function namedBy(reference: string, { names }: StoredImage): string | undefined {
  try {
    const full = fullName(reference);
    return names.includes(full) ? full : undefined;
  } catch {
    return undefined;
  }
}

/** How Docker names a layer with all below it (image-spec, config.md, "Layer ChainID"). */
function chainIds({ image }: StoredImage): string[] {
  const chains: string[] = [];
  for (const { diffId } of image.layers) {
    const below = chains.at(-1);
    chains.push(below ? `sha256:${createHash('sha256').update(`${below} ${diffId}`).digest('hex')}` : diffId);
  }
  return chains;
}
