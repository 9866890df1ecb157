// Removing images from a containerd, and getting them out of it before. As with `crictl rmi`, a container that runs goes on without its image (its
// snapshot keeps the layers); only its next start asks for it again.
import { Readable } from 'node:stream';
import { Failure } from '../../../shared/contract/failures.ts';
import type { NodeImage, NodeImages } from '../../../shared/diagnosis/world.ts';
import { sameImage } from '../../../shared/kubernetes/image-reference.ts';
import { nodeCommands } from './node-commands.ts';
import type { NodeContainer } from './node-commands.ts';
import { removalOf } from './node-image-store.ts';
import type { NodeImageStore } from './node-image-store.ts';

const CTR = ['ctr', '--namespace=k8s.io'];

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

  async function namesToExport(images: NodeImages, reference: string, signal: AbortSignal): Promise<string[]> {
    const removal = removalOf(images, reference);
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
        const names = await namesToExport(await list(signal), reference, signal);
        yield* output([...CTR, 'images', 'export', ...(architecture ? ['--platform', `linux/${architecture}`] : []), '-', ...names], signal);
      }
      return Readable.from(archive(), { objectMode: false });
    },
  };
}
