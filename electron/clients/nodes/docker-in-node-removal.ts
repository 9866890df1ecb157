// Removing images from the Docker inside a node, and getting them out of it before.
import { Failure } from '../../../shared/contract/failures.ts';
import { dockerName } from '../docker/images.ts';
import { nodeCommands } from './node-commands.ts';
import type { NodeContainer } from './node-commands.ts';
import { removalOf } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';

// The image's ID and the name of each container that runs.
const RUNNING = `ids=$(docker ps --quiet --no-trunc) || exit 1
[ -z "$ids" ] || docker inspect --format '{{.Image}} {{.Name}}' $ids 2>/dev/null
true`;

/** The `remove` and `export` of a store with this `list`. */
export function dockerInNodeRemoval(from: NodeContainer, list: NodeImageStore['list']): Required<Pick<NodeImageStore, 'remove' | 'export'>> {
  const { node } = from;
  const { run, complaint, output } = nodeCommands(from);
  return {
    async remove(reference, signal) {
      const removal = removalOf(await list(signal), reference);
      if (!removal) return;
      const { image, names, isLast } = removal;
      const running = isLast ? (await run(['sh', '-c', RUNNING], signal)).split('\n').filter(line => line.startsWith(image.id)) : [];
      if (running.length > 0) throw new Failure('IMAGE_IN_USE', { image: reference }, running.map(line => `container ${line.slice(image.id.length + 2)}`).join(', '));
      // The digests of a repository go with its last tag. --force: the kubelet keeps containers that have ended for a while; they need no image.
      const tags = names.filter(name => !name.includes('@'));
      const words = await complaint(['docker', 'image', 'rm', '--force', ...(tags.length > 0 ? tags : names.length > 0 ? names : [image.id])], signal);
      if (words !== undefined && !/No such image/i.test(words)) throw new Failure('IMAGE_NOT_REMOVED', { image: reference, place: node }, words);
    },
    export: (reference, signal) => output(['docker', 'save', dockerName(reference)], signal),
  };
}
