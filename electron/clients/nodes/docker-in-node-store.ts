// The Docker inside a minikube node (docker driver): its own images, whatever the host's Docker has.
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImage, NodeImages } from '../../../shared/diagnosis/world.ts';
import { dockerName } from '../docker/images.ts';
import { nodeCommands } from './node-commands.ts';
import type { NodeContainer } from './node-commands.ts';
import { findNodeImage } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { isName } from './shared-docker-store.ts';

// `docker images` rounds sizes and has one line a name; inspect says both exactly. An image may go between the two: then the list is read again.
const LIST = `for try in 1 2 3; do
  ids=$(docker images --quiet --no-trunc | sort -u) || exit 1
  [ -z "$ids" ] && exit 0
  out=$(docker image inspect --format '{"id":{{json .Id}},"tags":{{json .RepoTags}},"digests":{{json .RepoDigests}},"size":{{json .Size}}}' $ids) && { echo "$out"; exit 0; }
done
exit 1`;

/** The store of a node container in which dockerd runs. */
export function dockerInNodeStore(from: NodeContainer): NodeImageStore {
  const { node, kind, architecture, loadCommand } = from;
  const { run, load, watch } = nodeCommands(from);

  async function list(signal?: AbortSignal): Promise<NodeImages> {
    const output = await run(['sh', '-c', LIST], signal);
    return { node, source: 'docker-in-node', complete: true, readAt: new Date().toISOString(), images: parseInspected(node, output) };
  }
  return {
    node, kind, architecture, list, loadCommand,
    identify: async (reference, signal) => findNodeImage(await list(signal), reference),
    load: (archive, signal) => load(['docker', 'load', '--quiet'], archive, signal),
    async untag(reference) { await run(['docker', 'image', 'rm', '--no-prune', dockerName(reference)]); },
    watch: (signal, onChange) => watch("docker events --filter type=image --format '{{.Action}}'", signal, () => onChange()),
  };
}

/** One JSON object a line, as LIST prints them. */
export function parseInspected(node: string, output: string): NodeImage[] {
  try {
    return output.split('\n').filter(line => line.trim()).map(line => {
      const { id, tags, digests, size } = JSON.parse(line) as { id: string; tags: string[] | null; digests: string[] | null; size: number };
      return { id, names: [...tags ?? [], ...digests ?? []].filter(isName), size };
    });
  } catch (error) {
    throw new Failure('NODE_STORE_UNREACHABLE', { node }, error);
  }
}
