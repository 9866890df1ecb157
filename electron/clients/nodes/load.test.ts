// What load.ts decides itself where no Docker here can show it: Docker with its images in containerd. In its place stands a small HTTP server with one
// such image, compressed layer and all; the node is a store in memory that reads what it is sent. Real loads: *.cluster.test.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type Dockerode from 'dockerode';
import { extract, pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configOf, randomLayer } from '../../../test/fixtures/random-image.ts';
import { dockerClient } from '../docker/client.ts';
import { blobPath, digestOf } from './image-layout.ts';
import { loadImage } from './load.ts';
import type { NodeImageStore } from './node-image-store.ts';

const layer = await randomLayer('layer', 20_000);
const compressed = gzipSync(layer.tar);
const config = configOf([layer], 'amd64');
const manifest = Buffer.from(JSON.stringify({ config: { digest: digestOf(config) }, layers: [{ digest: digestOf(compressed) }] }));
const files: Readonly<Record<string, Buffer | string>> = {
  [blobPath(digestOf(compressed))]: compressed, [blobPath(digestOf(config))]: config, [blobPath(digestOf(manifest))]: manifest,
  'index.json': JSON.stringify({ schemaVersion: 2, manifests: [{ digest: digestOf(manifest), size: manifest.length }] }),
  'manifest.json': JSON.stringify([{ Config: blobPath(digestOf(config)), RepoTags: ['app:1'], Layers: [blobPath(digestOf(compressed))] }]), 'oci-layout': '{}',
};

let cleanUp: AsyncDisposableStack;
beforeEach(() => { cleanUp = new AsyncDisposableStack(); });
afterEach(() => cleanUp.disposeAsync());

async function docker(): Promise<Dockerode> {
  const id = digestOf(manifest);
  const server = createServer(({ url }, response) => {
    if (url?.includes('/json')) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({
        Id: id, RepoTags: ['app:1'], RepoDigests: [`app@${id}`], RootFS: { Layers: [layer.digest] }, Created: '', Architecture: 'amd64', Os: 'linux', Size: compressed.length,
      }));
      return;
    }
    const archive = pack();
    for (const [path, content] of Object.entries(files)) archive.entry({ name: path }, content);
    archive.finalize();
    Readable.from(archive as AsyncIterable<Buffer>, { objectMode: false }).pipe(response);
  });
  const folder = await mkdtemp(join(tmpdir(), 'podlab-load-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
  await new Promise<void>(resolve => { server.listen(join(folder, 'docker.sock'), resolve); });
  cleanUp.defer(() => new Promise<void>(resolve => { server.close(() => resolve()); server.closeAllConnections(); }));
  return dockerClient({ endpoint: `unix://${join(folder, 'docker.sock')}`, source: 'socket' });
}

/** A node that says that it has `says`, and has nothing. @param refuses its words for an archive with these files */
function nodeThat(says: readonly string[], refuses: (paths: readonly string[]) => string | undefined) {
  const sent: string[][] = [];
  let id: string | undefined;
  const store: NodeImageStore = {
    node: 'n', kind: 'kind', architecture: 'amd64', loadCommand: () => 'kind load docker-image app:1',
    list: () => Promise.reject(new Error('is not asked')),
    identify: () => Promise.resolve(id === undefined ? undefined : { id, names: ['docker.io/library/app:1'], size: 1 }),
    holds: () => Promise.resolve(new Map(says.map(digest => [digest, undefined]))),
    async load(archive) {
      const paths: string[] = [];
      const reader = extract();
      Readable.from(archive as AsyncIterable<Buffer>).pipe(reader);
      for await (const entry of reader) {
        paths.push(entry.header.name);
        await buffer(entry as AsyncIterable<Buffer>);
      }
      sent.push(paths);
      const words = refuses(paths);
      if (words !== undefined) throw new Error(words);
      id = digestOf(config);
    },
  };
  return { store, sent };
}
const load = async (store: NodeImageStore) => loadImage({ docker: await docker(), store, reference: 'app:1', signal: new AbortController().signal });

test('a compressed layer that was left out, and is not there after all, is sent: the whole archive goes once more', async () => {
  const path = blobPath(digestOf(compressed));
  const { store, sent } = nodeThat([digestOf(compressed)], paths => (paths.includes(path) ? undefined : `content digest ${digestOf(compressed)}: not found`));
  expect(await load(store)).toMatchObject({ imageId: digestOf(config), alreadyThere: false });
  expect(sent.map(paths => paths.includes(path))).toEqual([false, true]);
});

test('an archive from which nothing was left out is refused once: the node has the layer unpacked, which this archive has compressed', async () => {
  const { store, sent } = nodeThat([layer.digest], () => 'cannot unpack');
  await expect(load(store)).rejects.toMatchObject({ code: 'LOAD_FAILED', raw: 'cannot unpack' });
  expect(sent.length).toBe(1);
});
