// One `docker save` archive for several nodes at once, each without the layers that it has. The archive is read once, as it comes, and nothing of
// it is kept but its few descriptions: a layer goes to those who need it at the pace of the slowest, under the path that Docker gave it.
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import type { ExtractEvents, Pack } from 'tar-stream';
import { layerOfV1Json } from './archive-layers.ts';
import { blobPath, digestOf, imageLayout, indexNamed } from './image-layout.ts';
import type { ImageLayout, LayerFile, OciIndex } from './image-layout.ts';

export interface SavedImage {
  /** The full name with its tag, which the nodes shall give it. */
  readonly name: string;
  /** Docker's ID. */
  readonly id: string;
  /** Diff IDs, the lowest first. */
  readonly layers: readonly string[];
  /** Docker keeps its images in containerd: the ID is no config's, and the archive has the layers as they were pulled or built, often compressed. */
  readonly inContainerd: boolean;
}

export interface Receiver {
  /** What the node has, by digest, as NodeImageStore.holds says it. */
  readonly has: ReadonlyMap<string, number | undefined>;
  /** What the node reads. Whoever destroys it gets nothing more; the others do. */
  readonly archive: Pack;
  onBytes(count: number): void;
  /** A layer that is not sent; without a size where the archive is not read to it. */
  onLeftOut?(layer: string, size: number | undefined): void;
}

/** The archive is whole, but nothing that Docker is known to write. */
export class ArchiveNotUnderstood extends Error {
  override readonly name = 'ArchiveNotUnderstood';
}

type Entry = ExtractEvents['entry'][1];

/** Descriptions are short; what is longer is a layer, whatever it calls itself. */
const LONGEST_DESCRIPTION = 16 * 1024 * 1024;
const STALLED_MS = 120_000;

/**
 * Resolves when every receiver's archive has been given its end, with what a runtime may call the image. Reads no further than anybody needs.
 * A receiver that takes nothing for two minutes is destroyed. Throws the archive's error, an Error for what is no tar or breaks off, or
 * ArchiveNotUnderstood; the receivers are the caller's to destroy then.
 */
export async function sendArchive(saved: Readable, image: SavedImage, receivers: readonly Receiver[], stalledMs = STALLED_MS): Promise<readonly string[]> {
  /** Regular files by path, with their size. */
  const files = new Map<string, number>();
  const links = new Map<string, string>();
  const descriptions = new Map<string, Buffer>();
  /** The layer in a directory of an archive before Docker 25. */
  const byDirectory = new Map<string, string>();
  const pathOf = new Map<string, string>();
  const got = new Map(receivers.map(receiver => [receiver, new Set<string>()]));
  const configPaths = [`${image.id.replace('sha256:', '')}.json`, blobPath(image.id)];

  const isGone = ({ archive }: Receiver) => archive.destroyed;
  const config = () => configPaths.map(path => descriptions.get(path)).find(content => content !== undefined && digestOf(content) === image.id);

  function layerOf(path: string): string | undefined {
    const [, directory, hex] = /^(?:([0-9a-f]{64})\/layer\.tar|(?:blobs\/sha256\/)?([0-9a-f]{64})(?:\.tar)?)$/.exec(path) ?? [];
    if (directory !== undefined) return byDirectory.get(directory);
    return hex !== undefined && (image.inContainerd || image.layers.includes(`sha256:${hex}`)) ? `sha256:${hex}` : undefined;
  }

  async function take(entry: Entry): Promise<void> {
    const { type, size, linkname } = entry.header;
    const path = entry.header.name.replace(/^\.\//, '');
    if (type === 'symlink') links.set(path, new URL(linkname ?? '', `file:///${path}`).pathname.slice(1));
    if (type !== 'file') return drain(entry);
    const v1Directory = /^([0-9a-f]{64})\/(?:json|VERSION)$/.exec(path)?.[1];
    const isConfig = configPaths.includes(path) && !image.inContainerd;
    if (size <= LONGEST_DESCRIPTION && (v1Directory || isConfig || /^[^/]*\.json$|^oci-layout$/.test(path))) {
      const content = await buffer(entry as AsyncIterable<Buffer>);
      const layer = v1Directory && path.endsWith('/json') ? layerOfV1Json(v1Directory, content.toString(), image.layers) : undefined;
      if (layer && v1Directory) byDirectory.set(v1Directory, layer);
      if (!v1Directory) descriptions.set(path, content);
      return;
    }
    const layer = layerOf(path);
    const isLayer = layer !== undefined || path.endsWith('.tar');
    if (!isLayer && !image.inContainerd) return drain(entry);
    files.set(path, size);
    if (layer) pathOf.set(layer, path);
    const wanting = receivers.filter(receiver => !isGone(receiver) && !(layer && receiver.has.has(layer)));
    for (const receiver of receivers) {
      if (wanting.includes(receiver)) got.get(receiver)!.add(path);
      else if (layer && !isGone(receiver)) receiver.onLeftOut?.(layer, size);
    }
    await copy(entry, path, size, wanting);
  }

  async function copy(entry: Entry, path: string, size: number, to: readonly Receiver[]): Promise<void> {
    const outputs = to.map(receiver => ({ receiver, sink: receiver.archive.entry({ name: path, size }) }));
    for (const { sink } of outputs) sink.on('error', () => {}); // its archive was destroyed
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      await Promise.all(outputs.map(async ({ receiver, sink }) => {
        if (isGone(receiver)) return;
        receiver.onBytes(chunk.length);
        if (!sink.write(chunk)) await drained(sink, receiver, stalledMs);
      }));
    }
    for (const { sink } of outputs) sink.end(null);
  }

  /** Whether nobody needs more than what has passed. */
  const isEnough = (): boolean => !image.inContainerd && config() !== undefined
    && image.layers.every(layer => pathOf.has(layer) || receivers.every(receiver => isGone(receiver) || receiver.has.has(layer)));

  const reader = extract();
  const broken = (error: Error) => { reader.destroy(error); };
  saved.on('error', broken);
  saved.on('close', () => { if (!saved.readableEnded) broken(new Error('the archive breaks off')); });
  saved.pipe(reader);
  try {
    for await (const entry of reader) {
      await take(entry);
      if (isEnough() || receivers.every(isGone)) break;
    }
  } finally {
    saved.unpipe(reader);
    saved.destroy();
  }
  if (!isEnough()) readManifest();
  const ids = new Set<string>();
  for (const receiver of receivers) {
    if (isGone(receiver)) continue;
    const layout = image.inContainerd ? asSaved() : imageLayout(image.name, config()!, image.layers.map(layer => layerFor(receiver, layer)));
    for (const { path, content } of layout.files) {
      receiver.archive.entry({ name: path }, content);
      receiver.onBytes(content.length);
    }
    receiver.archive.finalize();
    for (const id of layout.ids) ids.add(id);
  }
  return [...ids];

  /** Where each layer is, by the list at the archive's end. */
  function readManifest(): void {
    if (image.inContainerd || receivers.every(isGone)) return;
    const layers = manifestOf(descriptions)?.Layers;
    if (!config() || layers?.length !== image.layers.length) throw new ArchiveNotUnderstood('the archive does not describe the image that was asked for');
    image.layers.forEach((layer, index) => {
      const path = links.get(layers[index]!) ?? layers[index]!;
      if (files.has(path)) pathOf.set(layer, path);
    });
  }

  function layerFor(receiver: Receiver, digest: string): LayerFile {
    const path = pathOf.get(digest);
    if (path === undefined && receiver.has.has(digest)) receiver.onLeftOut?.(digest, undefined);
    if (!receiver.has.has(digest) && !(path !== undefined && got.get(receiver)!.has(path))) throw new ArchiveNotUnderstood(`the layer ${digest} is not in the archive`);
    return { digest, size: (path === undefined ? undefined : files.get(path)) ?? receiver.has.get(digest), path: path ?? blobPath(digest) };
  }

  /** Docker's own descriptions, with the name that shall be given. */
  function asSaved(): ImageLayout {
    const index = parsed<OciIndex & Record<string, unknown>>(descriptions.get('index.json'));
    if (!index?.manifests || !descriptions.has('oci-layout')) throw new ArchiveNotUnderstood('the archive is no OCI layout');
    const [hex] = /[0-9a-f]{64}/.exec(manifestOf(descriptions)?.Config ?? '') ?? [];
    return {
      files: [...descriptions].map(([path, content]) => ({ path, content: path === 'index.json' ? indexNamed(index, image.name) : content })),
      ids: [...hex ? [`sha256:${hex}`] : [], ...index.manifests.map(({ digest }) => digest)],
    };
  }
}

interface DockerManifest { readonly Config?: string; readonly Layers?: readonly string[] }

/** https://github.com/moby/moby/blob/master/image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format". */
const manifestOf = (descriptions: ReadonlyMap<string, Buffer>): DockerManifest | undefined => parsed<readonly DockerManifest[]>(descriptions.get('manifest.json'))?.[0];

function parsed<Value>(content: Buffer | undefined): Value | undefined {
  try {
    return content && JSON.parse(content.toString()) as Value;
  } catch {
    return undefined;
  }
}

async function drain(entry: Entry): Promise<void> {
  for await (const _ of entry);
}

/** Resolves when more may be written, or when the receiver is gone. */
function drained(sink: NodeJS.EventEmitter, { archive }: Receiver, stalledMs: number): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(() => { archive.destroy(new Error(`the node took nothing for ${stalledMs / 1000} s`)); }, stalledMs);
    const done = () => {
      clearTimeout(timer);
      sink.off('drain', done).off('close', done);
      resolve();
    };
    sink.on('drain', done).on('close', done);
  });
}
