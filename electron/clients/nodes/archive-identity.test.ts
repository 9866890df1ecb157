// Archives as `docker save` writes them, before and after Docker 25.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { archiveIdentity } from './archive-identity.ts';

async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  return buffer(tar as AsyncIterable<Buffer>);
}
const pieces = (bytes: Buffer, size: number) => Readable.from(Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)));
const hex = 'c'.repeat(64);

test.each([
  ['before 25', { [`${hex}.json`]: '{}', 'layer/layer.tar': 'x'.repeat(100_000), 'manifest.json': `[{"Config":"${hex}.json","RepoTags":["app:1"],"Layers":[]}]`, repositories: '{}' }, `sha256:${hex}`],
  ['since 25', { 'blobs/sha256/x': '{}', 'manifest.json': `[{"Config":"blobs/sha256/${hex}","RepoTags":["app:1"],"Layers":[]}]`, 'oci-layout': '{}' }, `sha256:${hex}`],
  ['without a manifest', { file: 'x' }, undefined],
  ['with a broken one', { 'manifest.json': '[' }, undefined],
])('an archive %s passes unchanged and names its image', async (_what, files, id) => {
  const bytes = await archiveOf(files);
  const { archive, imageId } = archiveIdentity(pieces(bytes, 1000));
  const digest = createHash('sha256');
  for await (const chunk of archive) digest.update(chunk as Buffer);
  expect(digest.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(await imageId()).toBe(id);
});

test('what is no archive passes too', async () => {
  const bytes = Buffer.alloc(5000, 'not a tar ');
  const { archive, imageId } = archiveIdentity(pieces(bytes, 700));
  expect((await buffer(archive)).equals(bytes)).toBe(true);
  expect(await imageId()).toBeUndefined();
});

test('an archive that breaks off gives its error to the reader', async () => {
  const { archive } = archiveIdentity(Readable.from((async function* () { yield Buffer.alloc(10); throw new Error('broke off'); })()));
  await expect(buffer(archive)).rejects.toThrow('broke off');
});
