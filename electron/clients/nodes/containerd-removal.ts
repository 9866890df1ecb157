// Removing images from a containerd, and getting them out of it before. As with `crictl rmi`, a container that runs goes on without its image (its
// snapshot keeps the layers); only its next start asks for it again.
import { Readable } from 'node:stream';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import type { NodeImage } from '../../../shared/diagnosis/world.ts';
import { sameImage } from '../../../shared/kubernetes/image-reference.ts';
import { imageNames } from '../../../shared/kubernetes/presence.ts';
import { nodeCommands } from './node-commands.ts';
import type { NodeContainer } from './node-commands.ts';
import { removalOf } from './node-image-store.ts';
import type { NodeImageStore, Removal } from './node-image-store.ts';

const CTR = ['ctr', '--namespace=k8s.io'];

// With discard_unpacked_layers, as kind configures it, containerd throws a pulled layer away once it is unpacked.
const DISCARDED = /content digest \S+: not found/;

/** The `remove` and `export` of a store with this `list`. */
export function containerdRemoval(from: NodeContainer, list: NodeImageStore['list']): Required<Pick<NodeImageStore, 'remove' | 'export'>> {
  const { node, architecture } = from;
  const { run, complaint, output } = nodeCommands(from);

  /** The names as containerd has them: another list may write them out in full. */
  async function storedNames(image: NodeImage, names: readonly string[], withId: boolean, signal: AbortSignal | undefined): Promise<string[]> {
    const stored = (await run([...CTR, 'images', 'ls', '-q'], signal)).split('\n').filter(Boolean);
    // The kubelet's runtime keeps an image under `sha256:ID` as well.
    return stored.filter(name => (name.startsWith('sha256:') ? withId && name === image.id : names.some(wanted => sameImage(wanted, name))));
  }

  async function namesToExport(removal: Removal | undefined, reference: string, signal: AbortSignal): Promise<string[]> {
    const names = removal && await storedNames(removal.image, removal.names, removal.names.length === 0, signal);
    if (!names || names.length === 0) throw new Error(`the node has no image ${reference}`);
    return names;
  }

  return {
    async remove(reference, signal) {
      const removal = removalOf(await list(signal), reference);
      if (!removal) return;
      const names = await storedNames(removal.image, removal.names, removal.isLast, signal);
      if (names.length === 0) return;
      // --sync: when it returns, what nobody needs is off the disk.
      const words = await complaint([...CTR, 'images', 'rm', '--sync', ...names], signal);
      if (words !== undefined) throw new Failure('IMAGE_NOT_REMOVED', { image: reference, place: node }, words);
    },
    export(reference, signal) {
      async function* archive(): AsyncGenerator<Buffer, void> {
        const removal = removalOf(await list(signal), reference);
        const names = await namesToExport(removal, reference, signal);
        try {
          yield* output([...CTR, 'images', 'export', ...(architecture ? ['--platform', `linux/${architecture}`] : []), '-', ...names], signal);
        } catch (error) {
          // Only a registry's digest says where the image can be had again.
          const isFromRegistry = imageNames(removal?.image.names ?? []).some(({ digest }) => digest !== undefined);
          if (!isFromRegistry || !DISCARDED.test(causeText(error))) throw error;
          throw new Failure('IMAGE_NOT_KEPT', { image: reference, place: node, why: 'discarded' }, error);
        }
      }
      return Readable.from(archive(), { objectMode: false });
    },
  };
}
