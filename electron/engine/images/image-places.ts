// Where copies of images lie, seen alike: the Docker of this computer, and the store of a node.
import type { Readable } from 'node:stream';
import { Failure } from '../../../shared/contract/failures.ts';
import { nodeRemoval } from '../../../shared/kubernetes/node-removal.ts';
import { imageNames } from '../../../shared/kubernetes/presence.ts';
import { comparable, familiarName } from '../../../shared/kubernetes/image-reference.ts';
import { inspectImage, removeImage, tagImage } from '../../clients/docker/images.ts';
import { loadArchive } from '../../clients/docker/load-archive.ts';
import { saveImage } from '../../clients/docker/save.ts';
import { removalOf, type NodeImageStore } from '../../clients/nodes/node-image-store.ts';
import { shellLine } from '../activity/shell-line.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';

export interface PlacedImage {
  /** sha256:... */
  readonly id: string;
  /** Full names; [] for an image without one. */
  readonly names: readonly string[];
}

export interface ImagePlace {
  /** For messages: `Docker`, or the node. */
  readonly name: string;
  /** What is there under a name or an ID now. */
  find(key: string, signal: AbortSignal): Promise<PlacedImage | undefined>;
  /** What runs, or could be started again, from this image and is in the way of its removal, in words; [] too where the removal itself tells. */
  usersOf(image: PlacedImage): string[];
  /** An archive that `bringBack` takes. */
  save(image: PlacedImage, key: string, signal: AbortSignal): Promise<Readable>;
  /** @throws Failure IMAGE_IN_USE, IMAGE_NOT_REMOVED, and those of the place. */
  remove(key: string, signal: AbortSignal): Promise<void>;
  /** Puts an archive back. It may bring its names, which were free a moment ago. */
  bringBack(archive: Readable, signal: AbortSignal): Promise<void>;
  /** Names an image that is there; absent where only an archive can bring a name back. */
  readonly tag?: (id: string, name: string, signal: AbortSignal) => Promise<void>;
  /** The line that a person would type to remove it. */
  removeLine(key: string): string;
}

export function dockerPlace(docker: Docker): ImagePlace {
  const client = () => docker.connection.docker();
  return {
    name: 'Docker',
    async find(key, signal) {
      try {
        const { id, repoTags } = await inspectImage(client(), key, signal);
        return { id, names: full(repoTags) };
      } catch (error) {
        if (error instanceof Failure && error.code === 'IMAGE_NOT_IN_DOCKER') return undefined;
        throw error;
      }
    },
    usersOf({ id }) {
      const containers = docker.containers.value;
      if (containers === 'unknown') return []; // Docker itself refuses then.
      return containers.filter(({ imageId }) => imageId === id).map(({ name, labels }) => {
        const pod = labels['io.kubernetes.pod.name'];
        return pod === undefined ? `container ${name}` : `container ${labels['io.kubernetes.container.name']} of pod ${labels['io.kubernetes.pod.namespace']}/${pod}`;
      });
    },
    // By its ID: the archive has no name then, and takes none away from another build when it comes back.
    save: ({ id }, _, signal) => saveImage(client(), id, { signal }),
    async remove(key, signal) {
      await removeImage(client(), key, signal);
    },
    bringBack: (archive, signal) => loadArchive(client(), archive, signal),
    tag: (id, name, signal) => tagImage(client(), id, name, signal),
    removeLine: (key) => shellLine('docker', 'rmi', shortName(key)),
  };
}

/** @throws Failure IMAGE_NOT_REMOVED where nothing can be removed from the node, or nothing could be brought back. */
export function nodePlace(session: ClusterSession, node: string, image: string): ImagePlace {
  const refuse = (why: string) => new Failure('IMAGE_NOT_REMOVED', { image: shortName(image), place: node }, why);
  const stores = session.nodeStores.stores.value;
  const found = stores === 'unknown' ? undefined : stores.find((store) => store.node === node);
  if (found?.sharesDocker === 'yes') throw refuse(`${node} has no images of its own: it uses Docker's`);
  const store: NodeImageStore | undefined = session.nodeStores.loadable().find((each) => each.node === node);
  const { remove, export: exported, load } = store ?? {};
  if (!found || !store || !remove || !exported || !load) throw refuse(`Podlab cannot change the images of ${node}`);
  return {
    name: node,
    async find(key, signal) {
      const removal = removalOf(await store.list(signal), key);
      return removal && { id: removal.image.id, names: full(removal.image.names.filter((name) => !name.includes('@'))) };
    },
    usersOf: () => [],
    save: async (_, key, signal) => exported(key, signal),
    remove: (key, signal) => remove(key, signal),
    bringBack: (archive, signal) => load(archive, signal),
    removeLine(key) {
      return shellLine(...(nodeRemoval({ name: node, runtime: runtimeOf(session, node), store: found }, key, shortName(key)) ?? []));
    },
  };
}

function runtimeOf(session: ClusterSession, node: string): string {
  const { items } = session.nodes.value;
  const found = items === 'unknown' ? undefined : [...items.values()].find(({ metadata }) => metadata.name === node);
  return found?.status?.nodeInfo?.containerRuntimeVersion ?? '';
}

const full = (names: readonly string[]) => imageNames(names).map(comparable);

/** As a person writes it; an ID as it is. */
export function shortName(key: string): string {
  const [reference] = imageNames(/^sha256:[0-9a-f]{64}$/.test(key) ? [] : [key]);
  return reference ? familiarName(reference) : key;
}
