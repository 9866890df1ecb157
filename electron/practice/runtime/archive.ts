// Archives of images: what `docker save` writes and `docker load` and `ctr images import` read. Written as Docker 25 and later do: an OCI layout
// with the older manifest.json beside (https://github.com/moby/moby/blob/master/daemon/internal/image/tarexport). Read: that, what older
// Dockers wrote, and a plain OCI layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import { ArchiveError, decompressed, unpackArchive, writeInto } from './archive-files.ts';
import type { ArchiveFiles } from './archive-files.ts';
import type { Piece } from './archive-spool.ts';
import { knownLayer } from './image-config.ts';
import { familiarName, fullName } from './image-name.ts';
import { imageOf, manifestOf } from './image-manifest.ts';
import type { ImageManifest } from './image-manifest.ts';
import type { Image, ImageStore, Layer, StoredImage } from './runtime.ts';

/**
 * The archive of these images. One that is named goes under that name alone, one asked for by its ID under none, as `docker save` has it.
 * @throws Error when the store has no such image.
 */
export function saveArchive(store: ImageStore, references: readonly string[]): Readable {
  const images = new Map<string, { image: Image; names: string[] }>();
  for (const reference of references) {
    const found = store.find(reference);
    if (!found) throw new Error(`No such image: ${reference}`);
    const entry = images.get(found.image.id) ?? { image: found.image, names: [] };
    const name = nameIn(found, reference);
    if (name && !entry.names.includes(name)) entry.names.push(name);
    images.set(found.image.id, entry);
  }
  return Readable.from(bytesOf([...images.values()]), { objectMode: false });
}

/** The name by which the reference means the image; undefined when it is an ID or a digest. */
function nameIn({ image, names }: StoredImage, reference: string): string | undefined {
  if (/^sha256:[0-9a-f]{64}$/.test(reference)) return undefined;
  try {
    const full = fullName(reference);
    if (names.includes(full)) return full;
  } catch {
    // 64 hexadecimal digits are no name
  }
  return image.id.startsWith(`sha256:${reference}`) || reference.includes('@') ? undefined : names[0];
}

async function* bytesOf(images: readonly { image: Image; names: readonly string[] }[]): AsyncGenerator<Buffer, void> {
  const archive = pack();
  const writing = write(archive, images).then(() => archive.finalize(), (error: Error) => archive.destroy(error));
  try {
    for await (const chunk of archive) yield chunk as Buffer;
  } finally {
    archive.destroy();
    await writing;
  }
}

async function write(archive: Pack, images: readonly { image: Image; names: readonly string[] }[]): Promise<void> {
  const written = new Set<string>();
  const descriptors: object[] = [];
  const entries: object[] = [];
  const repositories: Record<string, Record<string, string>> = {};
  for (const folder of ['blobs/', 'blobs/sha256/']) archive.entry({ name: folder, type: 'directory', mode: 0o755, mtime: new Date(0) });

  async function blob(digest: string, size: number, content: () => AsyncIterable<Buffer>): Promise<void> {
    if (written.has(digest)) return;
    written.add(digest);
    await writeEntry(archive, blobPath(digest), size, content());
  }

  for (const { image, names } of images) {
    const manifest = await manifestOf(image);
    for (const [index, layer] of image.layers.entries()) await blob(layer.diffId, manifest.layers[index]?.size ?? 0, () => layer.content());
    await blob(image.id, image.configJson.length, () => Readable.from([image.configJson]));
    await blob(manifest.digest, manifest.json.length, () => Readable.from([manifest.json]));
    const descriptor = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.json.length };
    if (names.length === 0) descriptors.push(descriptor);
    for (const name of names) {
      const tag = name.slice(name.lastIndexOf(':') + 1);
      descriptors.push({ ...descriptor, annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tag } });
      const repository = familiarName(name.slice(0, -tag.length - 1));
      repositories[repository] = { ...repositories[repository], [tag]: (image.layers.at(-1)?.diffId ?? image.id).slice('sha256:'.length) };
    }
    entries.push({
      Config: blobPath(image.id),
      RepoTags: names.length > 0 ? names.map(familiarName) : null,
      Layers: image.layers.map(({ diffId }) => blobPath(diffId)),
      LayerSources: Object.fromEntries(manifest.layers.map((layer) => [layer.digest, layer])),
    });
  }
  const texts: Record<string, unknown> = {
    'index.json': { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: descriptors },
    'manifest.json': entries,
    'oci-layout': { imageLayoutVersion: '1.0.0' },
    ...(Object.keys(repositories).length > 0 ? { repositories } : {}),
  };
  for (const [name, value] of Object.entries(texts)) {
    const json = Buffer.from(JSON.stringify(value));
    await writeEntry(archive, name, json.length, Readable.from([json]));
  }
}

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

async function writeEntry(archive: Pack, name: string, size: number, content: AsyncIterable<Buffer>): Promise<void> {
  const entry = archive.entry({ name, size, mode: 0o644, mtime: new Date(0) });
  const into = writeInto(entry);
  for await (const chunk of content) if (!(await into(chunk))) throw new Error('the reader of the archive has gone');
  entry.end(null);
}

/**
 * Takes the archive's images into the store and gives their names, or their IDs where they have none. Layers go through a file, so memory stays small.
 * @throws ArchiveError, or the archive's own error
 */
export async function loadArchive(store: ImageStore, archive: Readable): Promise<string[]> {
  const files = await unpackArchive(archive);
  const manifests = files.has('manifest.json') ? await readManifests(files) : await readLayout(files);
  // Whatever is wrong with one of them: nothing of the archive gets into the store before all of it was read.
  const images: { image: Image; names: string[] }[] = [];
  for (const manifest of manifests) images.push({ image: await readImage(files, manifest, store), names: manifest.names });
  for (const { image, names } of images) store.add(image, names, 'load');
  return images.flatMap(({ image, names }) => (names.length > 0 ? names : [image.id]));
}

interface ArchivedImage {
  readonly config: string;
  readonly names: string[];
  readonly layers: readonly string[];
}

function fileOf(files: ArchiveFiles, path: string): Piece {
  const piece = files.get(posix.normalize(path));
  if (!piece) throw new ArchiveError('format', `open ${path}: no such file or directory`);
  return piece;
}

async function jsonOf<Shape>(files: ArchiveFiles, path: string): Promise<Shape> {
  const text = await fileOf(files, path).text();
  try {
    return JSON.parse(text) as Shape;
  } catch (error) {
    throw new ArchiveError('format', `invalid ${path}: ${(error as Error).message}`);
  }
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

async function readManifests(files: ArchiveFiles): Promise<ArchivedImage[]> {
  const entries = await jsonOf<unknown>(files, 'manifest.json');
  if (!Array.isArray(entries)) throw new ArchiveError('format', 'invalid manifest.json');
  return entries.map((entry: { Config?: unknown; RepoTags?: unknown; Layers?: unknown } | null) => ({
    config: typeof entry?.Config === 'string' ? entry.Config : '',
    names: strings(entry?.RepoTags).map(archiveName),
    layers: strings(entry?.Layers),
  }));
}

function archiveName(text: string): string {
  try {
    return fullName(text);
  } catch (error) {
    throw new ArchiveError('format', `invalid tag ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

interface Descriptor {
  readonly digest?: string;
  readonly annotations?: Record<string, string>;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

async function readLayout(files: ArchiveFiles): Promise<ArchivedImage[]> {
  if (!files.has('index.json')) throw new ArchiveError('format', 'invalid archive: does not contain a manifest.json');
  const images = new Map<string, ArchivedImage>();
  const index = await jsonOf<{ manifests?: unknown } | null>(files, 'index.json');
  for (const descriptor of descriptors(index?.manifests)) {
    const manifest = await imageManifest(files, descriptor);
    if (!manifest) continue;
    // A name in full is containerd's annotation; the specification's own is often the tag alone, which names nothing.
    const { 'io.containerd.image.name': full, 'org.opencontainers.image.ref.name': short } = descriptor.annotations ?? {};
    const name = isText(full) ? full : isText(short) && /[/:]/.test(short) ? short : undefined;
    const known = images.get(manifest.config.digest);
    images.set(manifest.config.digest, {
      config: blobPath(manifest.config.digest),
      names: [...(known?.names ?? []), ...(name ? [archiveName(name)] : [])],
      layers: manifest.layers.map(({ digest }) => blobPath(digest)),
    });
  }
  if (images.size === 0) throw new ArchiveError('format', 'invalid archive: no image for this platform');
  return [...images.values()];
}

const isText = (value: unknown): value is string => typeof value === 'string';
/** Those of a list that say what they are of. */
const descriptors = (list: unknown): Descriptor[] => (Array.isArray(list) ? list.filter((one: Descriptor | null) => isText(one?.digest)) : []);

const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;
const DEEPEST = 4;

/** The manifest that a descriptor leads to: through an index, the one for this machine, else the first whose content came along. */
async function imageManifest(files: ArchiveFiles, { digest = '' }: Descriptor, depth = 0): Promise<ImageManifest | undefined> {
  if (depth > DEEPEST || !files.has(blobPath(digest))) return undefined;
  const content = await jsonOf<(Partial<ImageManifest> & { manifests?: unknown }) | null>(files, blobPath(digest));
  const config = content?.config;
  if (config && isText(config.digest) && Array.isArray(content.layers)) return { config, layers: content.layers.filter((layer) => isText((layer as Descriptor | null)?.digest)) };
  const children = descriptors(content?.manifests);
  const ours = ({ platform }: Descriptor) => platform?.os === 'linux' && platform.architecture === ARCHITECTURE;
  const usable = ({ platform }: Descriptor) => platform?.os !== 'unknown'; // attestations are for the platform unknown/unknown
  for (const child of [...children.filter(ours), ...children.filter((one) => !ours(one) && usable(one))]) {
    const manifest = await imageManifest(files, child, depth + 1);
    if (manifest) return manifest;
  }
  return undefined;
}

async function readImage(files: ArchiveFiles, { config, layers }: ArchivedImage, store: ImageStore): Promise<Image> {
  const present = new Map(store.list().flatMap(({ image }) => image.layers.map((layer) => [layer.diffId, layer] as const)));
  const read: Layer[] = [];
  for (const path of layers) {
    const piece = fileOf(files, path);
    const content = () => Readable.from(decompressed(piece.read()), { objectMode: false });
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of content()) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    const diffId = `sha256:${hash.digest('hex')}`;
    read.push(present.get(diffId) ?? knownLayer(diffId) ?? { diffId, size, createdBy: '', content });
  }
  try {
    return imageOf(Buffer.from(await fileOf(files, config).bytes()), read);
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError('format', (error as Error).message);
  }
}
