// What a registry keeps of one image: its manifest, its config and its layers, made from what `docker save` writes.
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const run = promisify(execFile);
const compress = promisify(gzip);

export interface Blob {
  /** `sha256:...` */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface ImageContent {
  readonly manifest: Blob;
  /** Its digest is the image's ID, wherever the image is. */
  readonly config: Blob;
  /** Compressed, as a client that pushes sends them. */
  readonly layers: readonly Blob[];
}

/** Reads an image of this computer's Docker. Its ID stays the same, since the config is sent as it is. */
export async function contentOf(reference: string): Promise<ImageContent> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  try {
    await run('bash', ['-o', 'pipefail', '-c', 'docker save "$1" | tar -x -C "$2"', '-', reference, folder]);
    const [saved] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { Config: string; Layers: string[] }[];
    if (!saved) throw new Error(`docker save ${reference}: an archive without an image`);
    const layers = await Promise.all(saved.Layers.map(async (path) => compress(await readFile(join(folder, path)))));
    return imageContent(await readFile(join(folder, saved.Config)), layers);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Image manifest version 2, schema 2 (distribution, docs/spec/manifest-v2-2.md), which every client knows. */
export function imageContent(configBytes: Buffer, layerBytes: readonly Buffer[]): ImageContent {
  const config = blob('application/vnd.docker.container.image.v1+json', configBytes);
  const layers = layerBytes.map((bytes) => blob('application/vnd.docker.image.rootfs.diff.tar.gzip', bytes));
  const manifest = { schemaVersion: 2, mediaType: MANIFEST, config: descriptor(config), layers: layers.map(descriptor) };
  return { config, layers, manifest: blob(MANIFEST, Buffer.from(JSON.stringify(manifest, undefined, 3))) };
}

/** A list of images by platform that has this one alone, for the platform that is said. */
export function listFor(image: ImageContent, platform: { os: string; architecture: string }): Blob {
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
  return blob(mediaType, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [{ ...descriptor(image.manifest), platform }] })));
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

function blob(mediaType: string, bytes: Buffer): Blob {
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

const descriptor = ({ mediaType, digest, bytes }: Blob) => ({ mediaType, size: bytes.length, digest });
