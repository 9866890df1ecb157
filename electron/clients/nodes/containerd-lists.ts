// What crictl and ctr print, read. Pure.
import type { NodeImage } from '../../../shared/diagnosis/world.ts';

export interface CtrImage {
  readonly name: string;
  /** Of the manifest, or of the index over several. */
  readonly digest: string;
  /** Rounded by ctr. */
  readonly size: number;
}

export interface Manifest {
  /** The config's digest: the image's ID. */
  readonly config?: string;
  /** Of an index: the manifest for the node's architecture. */
  readonly child?: string;
  /** Config and layers, as kept. */
  readonly size?: number;
}

/** `crictl images -o json` (CRI ListImagesResponse). CRI-O gives IDs without `sha256:`. Throws a SyntaxError. */
export function listedByCrictl(output: string): NodeImage[] {
  const { images } = JSON.parse(output) as { images?: readonly CriImage[] };
  return (images ?? []).map(fromCri);
}

/** `minikube image ls --format json`: an array of CRI images, `null` for none (minikube: pkg/minikube/cruntime, ListImage). Throws a SyntaxError. */
export const listedByMinikube = (output: string): NodeImage[] => (JSON.parse(output) as readonly CriImage[] | null ?? []).map(fromCri);

interface CriImage { readonly id: string; readonly repoTags?: readonly string[] | null; readonly repoDigests?: readonly string[] | null; readonly size?: string }

const fromCri = ({ id, repoTags, repoDigests, size }: CriImage): NodeImage => ({
  id: id.startsWith('sha256:') ? id : `sha256:${id}`,
  names: [...repoTags ?? [], ...repoDigests ?? []].filter(name => !name.includes('<none>')),
  size: Number(size ?? 0),
});

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** `ctr images ls`: REF TYPE DIGEST SIZE PLATFORMS LABELS, in columns of blanks; the size is two words, or `-`. */
export function listedByCtr(output: string): CtrImage[] {
  return output.split('\n').flatMap(line => {
    const [name = '', , digest = '', amount = '', unit = ''] = line.trim().split(/\s+/);
    return /^sha256:[0-9a-f]{64}$/.test(digest) ? [{ name, digest, size: Math.round(Number(amount) * (UNITS[unit] ?? 0)) || 0 }] : [];
  });
}

interface Descriptor { readonly digest: string; readonly size: number; readonly platform?: { readonly os?: string; readonly architecture?: string } }

/** A manifest or an index (OCI and Docker); undefined for what is neither, such as content that is missing. */
export function manifestOf(text: string, architecture: string | undefined): Manifest | undefined {
  let content: { config?: Descriptor; layers?: readonly Descriptor[]; manifests?: readonly Descriptor[] };
  try {
    content = JSON.parse(text) as typeof content;
  } catch {
    return undefined;
  }
  if (content.config) {
    return { config: content.config.digest, size: content.config.size + (content.layers ?? []).reduce((sum, { size }) => sum + size, 0) };
  }
  const child = content.manifests?.find(({ platform }) => platform?.os === 'linux' && platform.architecture === architecture);
  return content.manifests ? { ...(child && { child: child.digest }) } : undefined;
}

/** When an image was built, by its config (https://github.com/opencontainers/image-spec/blob/main/config.md); undefined where it does not say. */
export function createdIn(config: string): string | undefined {
  try {
    const { created } = JSON.parse(config) as { created?: unknown };
    return typeof created === 'string' && !Number.isNaN(Date.parse(created)) ? created : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The content of a store by its digests, with the sizes of an image's layers. A layer that is listed without a size is left out: its file is lost.
 * @param listed `ctr content ls -q` @param sizes `DIGEST SIZE` a line; undefined where they could not be read
 */
export function heldContent(layers: readonly string[], listed: string, sizes: string | undefined): Map<string, number | undefined> {
  const sized = new Map((sizes ?? '').split('\n').filter(Boolean).map(line => line.split(' ')).map(([digest = '', size]) => [digest, Number(size)]));
  const digests = listed.split('\n').filter(digest => /^sha256:[0-9a-f]{64}$/.test(digest));
  return new Map(digests.filter(digest => !layers.includes(digest) || sized.has(digest)).map(digest => [digest, sized.get(digest)]));
}
