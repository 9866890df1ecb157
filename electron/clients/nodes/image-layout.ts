// The files of an image archive that say what is in it, for a runtime that takes the layers from its own store or from the archive:
// an OCI layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md) for containerd, `manifest.json` for Docker. Pure.
import { createHash } from 'node:crypto';

export interface LayerFile {
  /** The diff ID: the digest of the layer's tar. */
  readonly digest: string;
  /** Undefined where nobody said it; containerd cannot load the image then. */
  readonly size: number | undefined;
  /** Its path in the archive, or any where the runtime has the layer. */
  readonly path: string;
}

export interface ImageLayout {
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
  /** What a runtime may call the image: the config's digest and, where there is an OCI layout, the manifest's. */
  readonly ids: readonly string[];
}

export const digestOf = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;
export const blobPath = (digest: string): string => `blobs/sha256/${digest.replace('sha256:', '')}`;
/** The annotation by which `ctr images import` names an image (containerd: images/annotations.go). */
export const NAME_ANNOTATION = 'io.containerd.image.name';
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** @param name the full name with its tag */
export function imageLayout(name: string, config: Buffer, layers: readonly LayerFile[]): ImageLayout {
  const id = digestOf(config);
  const files = [
    { path: blobPath(id), content: config },
    { path: 'manifest.json', content: json([{ Config: blobPath(id), RepoTags: [name], Layers: layers.map(({ path }) => path) }]) },
  ];
  if (layers.some(({ size }) => size === undefined)) return { files, ids: [id] };
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: id, size: config.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size })),
  });
  const digest = digestOf(manifest);
  const descriptor = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: manifest.length };
  return {
    files: [
      ...files,
      { path: blobPath(digest), content: manifest },
      { path: 'index.json', content: indexNamed({ schemaVersion: 2, manifests: [descriptor] }, name) },
      { path: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    ],
    ids: [id, digest],
  };
}

export interface OciIndex { readonly manifests: readonly { readonly digest: string; readonly annotations?: Readonly<Record<string, string>> }[] }

/** An `index.json` whose images all have this name. */
export function indexNamed(index: OciIndex & Readonly<Record<string, unknown>>, name: string): Buffer {
  return json({ ...index, manifests: index.manifests.map(entry => ({ ...entry, annotations: { ...entry.annotations, [NAME_ANNOTATION]: name } })) });
}
