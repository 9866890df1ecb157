// An image from its config and layers, and the manifest that a registry, an archive or containerd keeps beside them
// (https://github.com/opencontainers/image-spec/blob/main/manifest.md).
import { createHash } from 'node:crypto';
import type { Image, ImageConfig, Layer } from './runtime.ts';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface ImageManifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

const MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';

export const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface ConfigFile {
  readonly architecture?: string;
  readonly os?: string;
  readonly created?: string;
  readonly config?: ImageConfig | null;
  readonly rootfs?: { readonly diff_ids?: readonly string[] | null };
  readonly history?: readonly HistoryEntry[] | null;
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

const isText = (value: unknown) => typeof value === 'string';
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
/** What the fields that are read have to be, if they are there. */
const SHAPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  architecture: isText,
  os: isText,
  created: isText,
  config: isMap,
  'config.Entrypoint': isTexts,
  'config.Cmd': isTexts,
  'config.Env': isTexts,
  'config.ExposedPorts': isMap,
  'config.User': isText,
  'config.WorkingDir': isText,
  'config.Labels': (value) => isMap(value) && Object.values(value).every(isText),
  rootfs: isMap,
  'rootfs.diff_ids': isTexts,
  history: (value) => Array.isArray(value) && value.every((step) => isMap(step) && isText((step as HistoryEntry).created_by ?? '')),
};

/**
 * @param configJson byte for byte: its digest is the ID.
 * @param layers in the config's order; `createdBy` is taken from the config's history.
 * @throws Error with Docker's words when they do not belong together.
 */
export function imageOf(configJson: Buffer, layers: readonly Layer[]): Image {
  const file = JSON.parse(configJson.toString('utf8')) as ConfigFile | null;
  if (file === null || typeof file !== 'object') throw new Error('invalid image JSON, no RootFS key');
  const wrong = Object.entries(SHAPES).find(([path, fits]) => {
    const value = path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], file) ?? undefined;
    return value !== undefined && !fits(value);
  });
  if (wrong) throw new Error(`invalid image JSON: cannot unmarshal field ${wrong[0]}`);
  const diffIds = file.rootfs?.diff_ids ?? [];
  if (diffIds.length !== layers.length) {
    throw new Error(`invalid manifest, layers length mismatch: expected ${layers.length}, got ${diffIds.length}`);
  }
  const steps = (file.history ?? []).filter(({ empty_layer }) => !empty_layer);
  const placed = layers.map((layer, index): Layer => {
    if (layer.diffId !== diffIds[index]) throw new Error(`invalid diffID for layer ${index}: expected "${diffIds[index]}", got "${layer.diffId}"`);
    return { ...layer, createdBy: steps[index]?.created_by ?? layer.createdBy };
  });
  return {
    id: sha256(configJson),
    configJson,
    architecture: file.architecture ?? 'amd64',
    os: file.os ?? 'linux',
    created: file.created ?? '0001-01-01T00:00:00Z',
    config: file.config ?? {},
    layers: placed,
    size: placed.reduce((sum, { size }) => sum + size, 0),
  };
}

/** How the config tells that the image came to be, the newest step last. */
export function historyOf(image: Image): readonly HistoryEntry[] {
  return (JSON.parse(image.configJson.toString('utf8')) as ConfigFile).history ?? [];
}

export interface WrittenManifest extends ImageManifest {
  readonly json: Buffer;
  readonly digest: string;
  readonly mediaType: string;
}

const manifests = new WeakMap<Image, Promise<WrittenManifest>>();

/** The manifest over the image's uncompressed layers. The same image has always the same one. */
export function manifestOf(image: Image): Promise<WrittenManifest> {
  let written = manifests.get(image);
  if (!written) manifests.set(image, (written = write(image)));
  return written;
}

async function write(image: Image): Promise<WrittenManifest> {
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: image.id, size: image.configJson.length };
  const layers: Descriptor[] = [];
  for (const layer of image.layers) layers.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layer.diffId, size: await lengthOf(layer) });
  const json = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE, config, layers }));
  return { config, layers, json, digest: sha256(json), mediaType: MEDIA_TYPE };
}

/** Bytes of its tar: what a list shows is the sum of the files in it. */
async function lengthOf(layer: Layer): Promise<number> {
  let length = 0;
  for await (const chunk of layer.content()) length += (chunk as Buffer).length;
  return length;
}
