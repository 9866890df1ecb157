// Archives as Docker writes them before 25, since 25, and with its images in containerd; and as Podman does.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { configOf, randomLayer } from '../../../test/fixtures/random-image.ts';
import { chainIds } from './archive-layers.ts';
import { NAME_ANNOTATION, blobPath, digestOf } from './image-layout.ts';
import { ArchiveNotUnderstood, sendArchive } from './send-archive.ts';
import type { Receiver, SavedImage } from './send-archive.ts';

type Files = Record<string, Buffer | string | { readonly link: string }>;
const json = (value: unknown) => JSON.stringify(value);
const hexOf = (digest: string) => digest.replace('sha256:', '');
const name = 'docker.io/library/app:1';

const low = await randomLayer('low', 300_000);
const middle = await randomLayer('middle', 5000);
const top = await randomLayer('top', 100);
const layers = [low, middle, top];
const config = configOf(layers, 'amd64', ['/app', '<&>']);
const image: SavedImage = { name, id: digestOf(config), layers: layers.map(({ digest }) => digest), inContainerd: false };
const configHex = hexOf(image.id);

/** As moby's image/tarexport/save.go and image/v1/imagev1.go name the directories: by the digest of the JSON in it and the chain ID. */
function v1Directories(): { directory: string; json: string }[] {
  let parent: string | undefined;
  return chainIds(image.layers).map((layerId, index) => {
    const isTop = index === layers.length - 1;
    const made = { container_config: { Hostname: '', Cmd: isTop ? ['/bin/sh', '-c', '<&>'] : null }, created: isTop ? '2026-11-25T04:19:27.5Z' : '1970-01-01T00:00:00Z' };
    const escaped = (value: unknown) => json(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026');
    const hashed = { ...made, layer_id: layerId, ...(isTop && { os: 'linux' }), ...(parent && { parent: `sha256:${parent}` }) };
    const directory = createHash('sha256').update(escaped(Object.fromEntries(Object.entries(hashed).sort(([a], [b]) => (a < b ? -1 : 1))))).digest('hex');
    const written = escaped({ id: directory, ...(parent && { parent }), created: made.created, container_config: made.container_config, os: 'linux' });
    parent = directory;
    return { directory, json: written };
  });
}

/** Docker 20.10: a directory a layer, in the order of their names. */
function before25(change: { middle?: Files[string]; jsons?: boolean } = {}): Files {
  const directories = v1Directories();
  const tars: Files[string][] = [low.tar, change.middle ?? middle.tar, top.tar];
  const entries = directories.flatMap(({ directory, json: text }, index): [string, Files[string]][] => [
    [`${directory}/VERSION`, '1.0'], [`${directory}/json`, change.jsons === false ? '{"id":"x"}' : text], [`${directory}/layer.tar`, tars[index]!],
  ]).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...Object.fromEntries(entries),
    [`${configHex}.json`]: config,
    'manifest.json': json([{ Config: `${configHex}.json`, RepoTags: ['app:1'], Layers: directories.map(({ directory }) => `${directory}/layer.tar`) }]),
    repositories: '{}',
  };
}
const since25 = (): Files => ({
  ...Object.fromEntries([...layers.map(({ digest, tar }): [string, Buffer] => [blobPath(digest), tar]), [blobPath(image.id), config] as const].sort(([a], [b]) => (a < b ? -1 : 1))),
  'index.json': json({ schemaVersion: 2, manifests: [] }),
  'manifest.json': json([{ Config: blobPath(image.id), RepoTags: ['app:1'], Layers: image.layers.map(blobPath) }]),
  'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
});
const podman = (): Files => ({
  ...Object.fromEntries(layers.map(({ digest, tar }) => [`${hexOf(digest)}.tar`, tar])),
  [`${configHex}.json`]: config,
  'manifest.json': json([{ Config: `${configHex}.json`, RepoTags: ['app:1'], Layers: image.layers.map(digest => `${hexOf(digest)}.tar`) }]),
});

async function tarOf(files: Files): Promise<Buffer> {
  const tar = pack();
  for (const [path, content] of Object.entries(files)) {
    if (typeof content === 'object' && 'link' in content) tar.entry({ name: path, type: 'symlink', linkname: content.link });
    else tar.entry({ name: path }, content);
  }
  tar.finalize();
  return buffer(tar as AsyncIterable<Buffer>);
}
const pieces = (bytes: Buffer, size = 1000) => Readable.from(Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)));

async function filesOf(archive: AsyncIterable<Buffer>): Promise<Map<string, Buffer>> {
  const reader = extract();
  const files = new Map<string, Buffer>();
  const source = Readable.from(archive);
  source.on('error', error => { reader.destroy(error); }).pipe(reader);
  for await (const entry of reader) files.set(entry.header.name, await buffer(entry as AsyncIterable<Buffer>));
  return files;
}

function receiver(has: readonly string[] = [], sizes = true) {
  const archive = pack();
  archive.on('error', () => {});
  const counts = { sent: 0, leftOut: [] as string[] };
  const given: Receiver = {
    has: new Map(has.map(digest => [digest, sizes ? layers.find(layer => layer.digest === digest)?.tar.length : undefined])), archive,
    onBytes: count => { counts.sent += count; }, onLeftOut: layer => { counts.leftOut.push(layer); },
  };
  return { ...given, counts, got: filesOf(archive as AsyncIterable<Buffer>) };
}
/** The image as containerd reads it: by digests, whatever the paths. */
function asContainerd(files: ReadonlyMap<string, Buffer>) {
  const blobs = new Map([...files.values()].map(content => [digestOf(content), content]));
  const index = JSON.parse(String(files.get('index.json'))) as { manifests: { digest: string; size: number; annotations: Record<string, string> }[] };
  const [entry] = index.manifests;
  const manifest = JSON.parse(String(blobs.get(entry!.digest))) as { config: { digest: string; size: number }; layers: { digest: string; size: number }[] };
  return { name: entry!.annotations[NAME_ANNOTATION], config: blobs.get(manifest.config.digest), layers: manifest.layers, blobs };
}
/** The image as dockerd reads it: by the paths in manifest.json, a layer that it has being asked for nowhere. */
function asDocker(files: ReadonlyMap<string, Buffer>) {
  const [entry] = JSON.parse(String(files.get('manifest.json'))) as { Config: string; RepoTags: string[]; Layers: string[] }[];
  return { names: entry!.RepoTags, config: files.get(entry!.Config), layers: entry!.Layers.map(path => files.get(path)) };
}

const kinds: [string, () => Files][] = [['before Docker 25', before25], ['since Docker 25', since25], ['of Podman', podman]];

test.each(kinds)('an archive %s goes whole to a node that has nothing, and less what they have to others, at once', async (_, files) => {
  const nothing = receiver();
  const most = receiver([low.digest, middle.digest, digestOf(Buffer.from('another'))]);
  const docker = receiver([low.digest], false);
  const ids = await sendArchive(pieces(await tarOf(files())), image, [nothing, most, docker]);
  expect(ids[0]).toBe(image.id);
  const described = layers.map(({ digest, tar }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: tar.length }));

  const whole = asContainerd(await nothing.got);
  expect({ ...whole, blobs: 0 }).toEqual({ name, config, layers: described, blobs: 0 });
  for (const { digest, tar } of layers) expect(whole.blobs.get(digest)).toEqual(tar);
  expect(asDocker(await nothing.got)).toEqual({ names: [name], config, layers: layers.map(({ tar }) => tar) });

  const delta = asContainerd(await most.got);
  expect({ ...delta, blobs: 0 }).toEqual({ name, config, layers: described, blobs: 0 });
  expect(layers.map(({ digest }) => delta.blobs.has(digest))).toEqual([false, false, true]);
  expect(most.counts.leftOut.toSorted()).toEqual([low.digest, middle.digest].toSorted());
  expect(most.counts.sent).toBeLessThan(top.tar.length + 6000);

  expect(asDocker(await docker.got)).toEqual({ names: [name], config, layers: [undefined, middle.tar, top.tar] });
});

test.each([7, 511, 512, 513, 65_536])('chunks of %i bytes', async size => {
  const node = receiver([low.digest]);
  await sendArchive(pieces(await tarOf(before25()), size), image, [node]);
  expect(asDocker(await node.got).layers).toEqual([undefined, middle.tar, top.tar]);
});

test('the archive is read no further than anybody needs', async () => {
  const all = Object.entries(since25());
  const needed = all.filter(([path]) => [blobPath(image.id), blobPath(top.digest)].includes(path));
  const archive = await tarOf(Object.fromEntries([...needed, [blobPath(low.digest), low.tar]]));
  let read = 0;
  const saved = Readable.from((async function* () {
    for await (const chunk of pieces(archive)) {
      read += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  })(), { objectMode: false, highWaterMark: 1 });
  const node = receiver([low.digest, middle.digest]);
  await sendArchive(saved, image, [node]);
  expect(asDocker(await node.got)).toEqual({ names: [name], config, layers: [undefined, undefined, top.tar] });
  expect(node.counts.leftOut).toEqual([low.digest, middle.digest]); // told, too, though it was not read to them
  expect(read).toBeLessThan(archive.length / 2);
  expect(saved.destroyed).toBe(true);
});

test('a layer that is twice in an image is a link in the archive before Docker 25', async () => {
  const twice: SavedImage = { ...image, layers: [low.digest, top.digest, low.digest] };
  const own = configOf([low, top, low], 'amd64');
  const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(64)) as [string, string, string];
  const node = receiver();
  await sendArchive(pieces(await tarOf({
    [`${a}/layer.tar`]: { link: `../${c}/layer.tar` }, [`${b}/layer.tar`]: top.tar, [`${c}/layer.tar`]: low.tar, [`${hexOf(digestOf(own))}.json`]: own,
    'manifest.json': json([{ Config: `${hexOf(digestOf(own))}.json`, Layers: [`${c}/layer.tar`, `${b}/layer.tar`, `${a}/layer.tar`] }]),
  })), { ...twice, id: digestOf(own) }, [node]);
  expect(asDocker(await node.got).layers).toEqual([low.tar, top.tar, low.tar]);
});

test('a layer that cannot be told before the end is sent, though the node has it', async () => {
  const node = receiver([low.digest]);
  await sendArchive(pieces(await tarOf(before25({ jsons: false }))), image, [node]);
  expect(asDocker(await node.got).layers).toEqual([low.tar, middle.tar, top.tar]);
  expect(node.counts.leftOut).toEqual([]);
});

test('Docker with its images in containerd: compressed layers by their own digests, the name written into the index', async () => {
  const compressed = Buffer.from('as it was pulled');
  const manifest = Buffer.from(json({ config: { digest: image.id }, layers: [{ digest: digestOf(compressed) }] }));
  const node = receiver();
  const other = receiver([digestOf(compressed)]);
  const ids = await sendArchive(pieces(await tarOf({
    [blobPath(digestOf(compressed))]: compressed, [blobPath(image.id)]: config, [blobPath(digestOf(manifest))]: manifest,
    'index.json': json({ schemaVersion: 2, manifests: [{ digest: digestOf(manifest), size: manifest.length }] }),
    'manifest.json': json([{ Config: blobPath(image.id), RepoTags: ['app:1'], Layers: [blobPath(digestOf(compressed))] }]), 'oci-layout': '{}',
  })), { ...image, id: digestOf(manifest), inContainerd: true }, [node, other]);
  expect(ids).toEqual([image.id, digestOf(manifest)]);
  expect(asContainerd(await node.got)).toMatchObject({ name, config });
  expect((await node.got).get(blobPath(digestOf(compressed)))).toEqual(compressed);
  expect([...(await other.got).keys()]).not.toContain(blobPath(digestOf(compressed)));
});

test('a node that is gone does not keep the archive from the others; with the last one the reading ends', async () => {
  const before = receiver();
  before.archive.destroy();
  const midway = receiver();
  void Promise.allSettled([before.got, midway.got]);
  const node = receiver();
  await sendArchive(pieces(await tarOf(since25())), image, [before, { ...midway, onBytes() { midway.archive.destroy(); } }, node]);
  expect(asDocker(await node.got).layers).toEqual(layers.map(({ tar }) => tar));
  const saved = pieces(await tarOf(since25()));
  expect(await sendArchive(saved, image, [before])).toEqual([]);
  expect(saved.destroyed).toBe(true);
});

test('a node that takes nothing is given up, with its reason, and the others get all', async () => {
  const stalled = pack();
  const reason = new Promise<Error>(resolve => { stalled.on('error', resolve); });
  const node = receiver();
  await sendArchive(pieces(await tarOf(since25())), image, [{ has: new Map(), archive: stalled, onBytes() {} }, node], 50);
  expect((await reason).message).toBe('the node took nothing for 0.05 s');
  expect(asDocker(await node.got).layers).toEqual(layers.map(({ tar }) => tar));
});

const broken: [string, () => Promise<Readable>, RegExp | typeof ArchiveNotUnderstood][] = [
  ['breaks off', async () => pieces((await tarOf(before25())).subarray(0, 200_000)), /Unexpected end of data/],
  ['is no tar', async () => pieces(Buffer.alloc(5000, 'not a tar ')), /Invalid tar header/],
  ['is empty', async () => Readable.from([]), ArchiveNotUnderstood],
  ['ends with an error', async () => Readable.from((async function* () { yield Buffer.alloc(10); throw new Error('socket hang up'); })()), /socket hang up/],
  ['is of another image', async () => pieces(await tarOf({ ...before25(), [`${configHex}.json`]: '{}' })), ArchiveNotUnderstood],
  ['lacks a layer', async () => pieces(await tarOf(before25({ middle: { link: '../nowhere/layer.tar' } }))), ArchiveNotUnderstood],
  ['has no manifest', async () => pieces(await tarOf({ ...before25({ middle: { link: '../x' } }), 'manifest.json': '[' })), ArchiveNotUnderstood],
];
test.each(broken)('an archive that %s is told so, and no node gets an end', async (_, archive, expected) => {
  const node = receiver();
  let hasEnded = false;
  node.archive.on('end', () => { hasEnded = true; });
  await expect(sendArchive(await archive(), image, [node])).rejects.toThrow(expected);
  expect(hasEnded).toBe(false);
  node.archive.destroy();
  await node.got.catch(() => {});
});
