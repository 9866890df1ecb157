import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { loadArchive, saveArchive } from './archive.ts';
import { imageOf, sha256 } from './image-manifest.ts';
import { fullName } from './image-name.ts';
import type { Image, ImageStore, Layer, StoredImage } from './runtime.ts';

function plainStore(): ImageStore {
  const images = new Map<string, { image: Image; names: string[] }>();
  const list = (): StoredImage[] => [...images.values()].map(({ image, names }) => ({ image, names, digests: [] }));
  const store: ImageStore = {
    list,
    find: (reference) => list().find(({ image, names }) => image.id === reference || (!reference.startsWith('sha256:') && names.includes(fullName(reference)))),
    add: (image, names) => {
      images.set(image.id, { image, names: [...(images.get(image.id)?.names ?? []), ...names] });
    },
    untag: () => {},
    remove: (id) => {
      images.delete(id);
    },
    save: (references) => saveArchive(store, references),
    load: (archive) => loadArchive(store, archive),
    onChange: () => () => {},
  };
  return store;
}

function layerOf(content: Buffer): Layer {
  return { diffId: sha256(content), size: content.length, createdBy: '', content: () => Readable.from([content], { objectMode: false }) };
}

function configOf(layers: readonly Layer[], more: object = {}): Buffer {
  return Buffer.from(JSON.stringify({
    architecture: 'amd64', os: 'linux', created: '2026-01-02T03:04:05.678Z', config: { Cmd: ['/bin/server'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: [{ created_by: 'COPY server /' }, { created_by: 'CMD ["/bin/server"]', empty_layer: true }, { created_by: 'RUN more' }],
    ...more,
  }));
}

const big = layerOf(randomBytes(3_000_000));
const small = layerOf(Buffer.from('a small layer'));
const image = imageOf(configOf([big, small]), [big, small]);

async function tarOf(files: Readonly<Record<string, Buffer | string | { link: string }>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === 'object' && 'link' in content) archive.entry({ name, type: 'symlink', linkname: content.link });
    else archive.entry({ name }, content);
  }
  archive.finalize();
  return buffer(archive as AsyncIterable<Buffer>);
}

async function filesOf(archive: Readable): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const reader = extract();
  archive.pipe(reader);
  for await (const entry of reader) files.set(entry.header.name, await buffer(entry as AsyncIterable<Buffer>));
  return files;
}

const load = (bytes: Buffer, store = plainStore()) => loadArchive(store, Readable.from([bytes], { objectMode: false }));

test('an image keeps its ID, its layers and its name from one store to another', async () => {
  const from = plainStore();
  const to = plainStore();
  from.add(image, ['docker.io/library/spring-server:latest', 'docker.io/library/other:1'], 'tag');
  expect(await loadArchive(to, saveArchive(from, ['spring-server']))).toEqual(['docker.io/library/spring-server:latest']);
  const [loaded] = to.list();
  expect(loaded?.image.id).toBe(image.id);
  expect(loaded?.names).toEqual(['docker.io/library/spring-server:latest']);
  expect(loaded?.image.layers.map(({ diffId, createdBy }) => [diffId, createdBy])).toEqual([[big.diffId, 'COPY server /'], [small.diffId, 'RUN more']]);
  const again = plainStore();
  await loadArchive(again, saveArchive(to, [image.id]));
  expect(again.list()).toMatchObject([{ image: { id: image.id, config: { Cmd: ['/bin/server'] } }, names: [] }]);
  expect(sha256(await buffer(again.list()[0]!.image.layers[0]!.content()))).toBe(big.diffId);
});

test('the archive is an OCI layout with the manifest.json of Docker beside', async () => {
  const store = plainStore();
  store.add(image, ['docker.io/library/spring-server:latest'], 'tag');
  const files = await filesOf(saveArchive(store, ['spring-server', image.id]));
  const json = (name: string) => JSON.parse(String(files.get(name))) as never;
  const blob = (digest: string) => `blobs/${digest.replace(':', '/')}`;
  expect(json('manifest.json')).toMatchObject([{ Config: blob(image.id), RepoTags: ['spring-server:latest'], Layers: [blob(big.diffId), blob(small.diffId)] }]);
  expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
  const { manifests: [descriptor] } = json('index.json') as { manifests: { digest: string; annotations: Record<string, string> }[] };
  expect(descriptor!.annotations['io.containerd.image.name']).toBe('docker.io/library/spring-server:latest');
  expect(sha256(files.get(blob(descriptor!.digest))!)).toBe(descriptor!.digest);
  expect(json(blob(descriptor!.digest))).toMatchObject({ config: { digest: image.id }, layers: [{ digest: big.diffId, size: 3_000_000 }, { digest: small.diffId, size: 13 }] });
});

test('a layout without manifest.json is read, through an index, with compressed layers', async () => {
  const zipped = gzipSync(await buffer(big.content()));
  const zstd = zstdCompressSync(await buffer(small.content()));
  const manifest = JSON.stringify({
    config: { digest: image.id }, layers: [{ digest: sha256(zipped) }, { digest: sha256(zstd) }],
  });
  const index = JSON.stringify({ manifests: [
    { digest: `sha256:${'0'.repeat(64)}`, platform: { os: 'linux', architecture: 'arm' } },
    { digest: sha256(Buffer.from(manifest)), platform: { os: 'linux', architecture: 'other' } },
  ] });
  const path = (content: Buffer | string) => `blobs/sha256/${sha256(Buffer.from(content)).slice(7)}`;
  const archive = await tarOf({
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'index.json': JSON.stringify({ manifests: [{ digest: sha256(Buffer.from(index)), annotations: { 'org.opencontainers.image.ref.name': 'shop/web:1.4' } }] }),
    [path(index)]: index, [path(manifest)]: manifest, [path(image.configJson)]: image.configJson, [path(zipped)]: zipped, [path(zstd)]: zstd,
  });
  const store = plainStore();
  expect(await load(archive, store)).toEqual(['docker.io/shop/web:1.4']);
  expect(store.list()[0]?.image.id).toBe(image.id);
  expect(store.list()[0]?.image.layers.map(({ size }) => size)).toEqual([3_000_000, 13]);
});

test('an older archive is read, compressed as a whole, with layers that are links', async () => {
  const twice = imageOf(configOf([small, small]), [small, small]);
  const archive = await tarOf({
    './config.json': twice.configJson, 'a/layer.tar': 'a small layer', 'b/layer.tar': { link: '../a/layer.tar' },
    'manifest.json': JSON.stringify([{ Config: 'config.json', RepoTags: null, Layers: ['a/layer.tar', 'b/layer.tar'] }]),
  });
  expect(await load(gzipSync(archive))).toEqual([twice.id]);
  expect(await load(zstdCompressSync(archive))).toEqual([twice.id]);
});

test('what is no archive is told in Docker\'s words, and nothing gets into the store', async () => {
  const store = plainStore();
  const whole = await tarOf({
    'config.json': image.configJson, 'a/layer.tar': await buffer(big.content()), 'b/layer.tar': 'another layer',
    'manifest.json': JSON.stringify([{ Config: 'config.json', RepoTags: ['x:1'], Layers: ['a/layer.tar', 'b/layer.tar'] }]),
  });
  await expect(load(Buffer.from('no tar'), store)).rejects.toThrow('unexpected EOF');
  await expect(load(randomBytes(2000), store)).rejects.toThrow('archive/tar: invalid tar header');
  await expect(load(whole.subarray(0, 1_000_000), store)).rejects.toThrow('unexpected EOF');
  await expect(load(gzipSync(whole).subarray(0, 1_000_000), store)).rejects.toThrow('unexpected EOF');
  await expect(load(Buffer.alloc(0), store)).rejects.toThrow('does not contain a manifest.json');
  await expect(load(await tarOf({ 'readme': 'hello' }), store)).rejects.toThrow('does not contain a manifest.json');
  await expect(load(whole, store)).rejects.toThrow(`invalid diffID for layer 1: expected "${small.diffId}"`);
  await expect(load(await tarOf({ 'manifest.json': '[{' }), store)).rejects.toThrow('invalid manifest.json');
  await expect(load(await tarOf({ 'manifest.json': '[null]' }), store)).rejects.toThrow('no such file');
  await expect(load(await tarOf({ 'manifest.json': '[{"Config":"c","RepoTags":["UPPER"],"Layers":[]}]' }), store)).rejects.toThrow('must be lowercase');
  await expect(loadArchive(store, Readable.from((async function* () { yield whole.subarray(0, 5000); throw new Error('cut off'); })()))).rejects.toThrow('cut off');
  expect(store.list()).toEqual([]);
});

test.each([{ Env: 5 }, { Cmd: 'x' }, { Labels: { a: 1 } }, { ExposedPorts: ['80'] }])('a config with %j never becomes an image', (config) => {
  expect(() => imageOf(configOf([small], { config }), [small])).toThrow(`invalid image JSON: cannot unmarshal field config.${Object.keys(config)[0]}`);
});

test.each(['null', '{"manifests":[null]}', '{"manifests":[{"digest":5}]}', '{"manifests":5}'])('a layout with the index %s has no image', async (index) => {
  await expect(load(await tarOf({ 'index.json': index }))).rejects.toThrow('no image for this platform');
});

test('a reader that leaves early ends the writing', async () => {
  const store = plainStore();
  store.add(image, ['docker.io/library/x:latest'], 'tag');
  const archive = saveArchive(store, ['x']);
  for await (const _ of archive) break;
  expect(archive.destroyed).toBe(true);
  expect(() => saveArchive(store, ['nobody'])).toThrow('No such image: nobody');
});
