// node.status.images: the largest first, at most 50, each with at most 5 names (kubelet, nodestatus/setters.go Images). What is beyond is not
// told, so that a list of 50 proves no absence.
import { familiarName } from '../runtime/image-name.ts';
import type { Runtime } from '../runtime/runtime.ts';

const MOST_IMAGES = 50;
const MOST_NAMES = 5;

export function nodeImages({ images, kind }: Pick<Runtime, 'images' | 'kind'>, minor: number): { names: string[]; sizeBytes: number }[] {
  // Docker tells names as people write them, containerd in full.
  const named = (name: string) => (kind === 'docker' ? familiarName(name) : name);
  return images
    .list()
    .map(({ image, names, digests }) => {
      const all = [...digests, ...names].map(named);
      // Dockershim told even of images without a name.
      const nameless = kind === 'docker' && minor < 24 ? ['<none>@<none>', '<none>:<none>'] : [];
      return { names: (all.length > 0 ? all : nameless).slice(0, MOST_NAMES), sizeBytes: image.size };
    })
    .filter(({ names }) => names.length > 0)
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, MOST_IMAGES);
}
