// The Docker inside a minikube node (docker driver): its own images, whatever the host's Docker has.
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImage, NodeImages } from '../../../shared/diagnosis/world.ts';
import { dockerName } from '../docker/images.ts';
import { dockerInNodeRemoval } from './docker-in-node-removal.ts';
import { nodeCommands } from './node-commands.ts';
import type { NodeContainer } from './node-commands.ts';
import { findNodeImage } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { isName } from './shared-docker-store.ts';

// `docker images` rounds sizes and has one line a name; inspect says both exactly. An image may go between the two: then the list is read again.
const LIST = `for try in 1 2 3; do
  ids=$(docker images --quiet --no-trunc | sort -u) || exit 1
  [ -z "$ids" ] && exit 0
  out=$(docker image inspect --format '{"id":{{json .Id}},"tags":{{json .RepoTags}},"digests":{{json .RepoDigests}},"size":{{json .Size}},"created":{{json .Created}}}' $ids) && { echo "$out"; exit 0; }
done
exit 1`;

// An image that goes between the two is missing in the answer, no more.
const LAYERS = `ids=$(docker images --quiet --no-trunc | sort -u); [ -z "$ids" ] || docker image inspect --format '{{json .RootFS.Layers}}' $ids 2>/dev/null; true`;

/** The store of a node container in which dockerd runs. */
export function dockerInNodeStore(from: NodeContainer): NodeImageStore {
  const { node, kind, architecture, loadCommand } = from;
  const { run, complaint, load, watch } = nodeCommands(from);

  async function list(signal?: AbortSignal): Promise<NodeImages> {
    const output = await run(['sh', '-c', LIST], signal);
    return { node, source: 'docker-in-node', complete: true, readAt: new Date().toISOString(), images: parseInspected(node, output) };
  }
  return {
    node, kind, architecture, list, loadCommand,
    identify: async (reference, signal) => findNodeImage(await list(signal), reference),
    load: (archive, signal) => load(['docker', 'load', '--quiet'], archive, signal),
    async holds(layers, signal) {
      const known = (await run(['sh', '-c', LAYERS], signal)).split('\n').filter(line => line.startsWith('['));
      return new Map(sharedLayers(layers, known.map(line => JSON.parse(line) as string[])).map(layer => [layer, undefined]));
    },
    async giveBack(reference, before) {
      const now = findNodeImage(await list(), reference);
      if (!now || now.id === before?.id) return;
      const name = dockerName(reference);
      // Refused where a container was made of it: then the name moves without that.
      await (before ? complaint : run)(['docker', 'image', 'rm', '--no-prune', name]);
      if (before) await run(['docker', 'tag', before.id, name]);
    },
    ...dockerInNodeRemoval(from, list),
    watch: (signal, onChange) => watch("docker events --filter type=image --format '{{.Action}}'", signal, () => onChange()),
  };
}

/**
 * The longest row of layers from the lowest up that another image has as well: dockerd knows a layer by all that lie under it, and does not look
 * into the archive for one that it knows (moby: image/tarexport/load.go).
 */
export function sharedLayers(layers: readonly string[], images: readonly (readonly string[])[]): readonly string[] {
  const counts = images.map(image => layers.findIndex((layer, index) => image[index] !== layer)).map(index => (index < 0 ? layers.length : index));
  return layers.slice(0, Math.max(0, ...counts));
}

/** One JSON object a line, as LIST prints them. */
export function parseInspected(node: string, output: string): NodeImage[] {
  try {
    return output.split('\n').filter(line => line.trim()).map(line => {
      const { id, tags, digests, size, created } = JSON.parse(line) as { id: string; tags: string[] | null; digests: string[] | null; size: number; created?: string };
      return { id, names: [...tags ?? [], ...digests ?? []].filter(isName), size, ...(created && { createdAt: created }) };
    });
  } catch (error) {
    throw new Failure('NODE_STORE_UNREACHABLE', { node }, error);
  }
}
