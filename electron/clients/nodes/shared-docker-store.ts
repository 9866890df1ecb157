// A node that runs its containers on the host's Docker has the host's images. Nothing is read again: the connection keeps the list.
import { once } from 'node:events';
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import type { DockerConnection } from '../docker/connection.ts';
import { findNodeImage } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';

/** `list` throws NODE_STORE_UNREACHABLE while Docker does not answer. It has no `load`: what Docker has is there. */
export function sharedDockerStore(node: string, architecture: string | undefined, connection: Pick<DockerConnection, 'currentImages' | 'refresh' | 'subscribeImages'>): NodeImageStore {
  async function list(): Promise<NodeImages> {
    const images = connection.currentImages();
    if (images === 'unknown') throw new Failure('NODE_STORE_UNREACHABLE', { node }, 'Docker does not answer');
    return {
      node, source: 'shared-docker', complete: true, readAt: new Date().toISOString(),
      images: images.map(({ Id, RepoTags, RepoDigests, Size }) => ({ id: Id, names: [...RepoTags ?? [], ...RepoDigests ?? []].filter(isName), size: Size })),
    };
  }
  return {
    node, kind: 'shared-docker', architecture, list,
    async identify(reference) {
      await connection.refresh();
      return findNodeImage(await list(), reference);
    },
    loadCommand: () => undefined,
    async watch(signal, onChange) {
      const stop = connection.subscribeImages(onChange);
      if (!signal.aborted) await once(signal, 'abort');
      stop();
    },
  };
}

/** Older Docker writes `<none>:<none>` for an image without a name. */
export const isName = (name: string): boolean => !name.includes('<none>');
