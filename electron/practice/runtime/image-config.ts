// Images of the practice's own: their config as a builder writes it, and the small tars that stand for their layers.
import { Readable } from 'node:stream';
import { imageOf, sha256 } from './image-manifest.ts';
import type { Image, ImageConfig, Layer } from './runtime.ts';

/** The practice node's, as Go names it: that of the computer it runs on. */
export const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

export interface LayerPlan {
  readonly createdBy: string;
  /** Bytes that lists show; the tar is smaller. */
  readonly size: number;
  /** What is in the tar, by absolute path. None: the step only changes the config. */
  readonly files?: ReadonlyMap<string, string>;
}

/** The image that a Dockerfile with these steps would make: its ID is the sum of its config (image-spec, config.md). */
export function makeImage(created: Date, config: ImageConfig, steps: readonly LayerPlan[]): Image {
  const layers = steps.filter(({ files }) => files !== undefined).map((step) => layerOf(step));
  const json = JSON.stringify({
    architecture,
    config,
    created: created.toISOString(),
    history: steps.map(({ createdBy, files }) => ({
      created: created.toISOString(),
      created_by: createdBy,
      comment: 'buildkit.dockerfile.v0',
      ...(files === undefined && { empty_layer: true }),
    })),
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  });
  return imageOf(Buffer.from(json), layers);
}

interface KnownLayer {
  readonly layer: Layer;
  readonly files: ReadonlyMap<string, string>;
}

/** The layers of the practice's own images by diffId: few, and the same in each run. */
const known = new Map<string, KnownLayer>();

/** A layer that comes back in an archive is the one that was saved, with the size that lists show. */
export const knownLayer = (diffId: string): Layer | undefined => known.get(diffId)?.layer;

/** What a container of this image has on its disk; undefined when none of its layers is one of the practice's own. */
export function imageFiles(image: Image): ReadonlyMap<string, string> | undefined {
  const layers = image.layers.map(({ diffId }) => known.get(diffId)?.files).filter((files) => files !== undefined);
  return layers.length === 0 ? undefined : new Map(layers.flatMap((files) => [...files]));
}

function layerOf({ createdBy, size, files = new Map() }: LayerPlan): Layer {
  const tar = tarOf(files);
  const diffId = sha256(tar);
  const layer = { diffId, size, createdBy, content: () => Readable.from([tar], { objectMode: false }) };
  known.set(diffId, { layer, files });
  return layer;
}

/** Bytes of a tar with these files, the same for the same files: owner root, mode 0755, time 0. */
export function tarOf(files: ReadonlyMap<string, string>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, content] of files) {
    const data = Buffer.from(content);
    blocks.push(header(name.replace(/^\//, ''), data.length), data, Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A ustar header (POSIX pax, "ustar Interchange Format"). */
function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000755\x000000000\x000000000\x00', 100, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        0`, 124, 'latin1');
  block.write('ustar\x0000root', 257, 'latin1');
  block.write('root', 297, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
