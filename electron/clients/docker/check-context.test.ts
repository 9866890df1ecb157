// Real folders; a small HTTP server in Docker's place says which builder it has.
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type Dockerode from 'dockerode';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkContext } from './check-context.ts';
import { dockerClient } from './client.ts';

const never = new AbortController().signal;
let folder: string;
let cleanUp: AsyncDisposableStack;
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'podlab-check-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
});
afterEach(() => cleanUp.disposeAsync());

async function dockerWith(headers: Readonly<Record<string, string>>): Promise<Dockerode> {
  const server = createServer((_request, response) => response.writeHead(200, headers).end('OK'));
  const home = await mkdtemp(join(tmpdir(), 'podlab-check-docker-'));
  await new Promise<void>(resolve => { server.listen(join(home, 'docker.sock'), resolve); });
  cleanUp.defer(async () => {
    server.close();
    server.closeAllConnections();
    await rm(home, { recursive: true });
  });
  return dockerClient({ endpoint: `unix://${join(home, 'docker.sock')}`, source: 'socket' });
}
const CLASSIC = { 'Api-Version': '1.41', Ostype: 'linux', 'Builder-Version': '1' };

/** Files of so many bytes; nothing is written into them. */
async function write(files: Readonly<Record<string, number>>): Promise<void> {
  for (const [path, size] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const file = await open(join(folder, path), 'w');
    await file.truncate(size);
    await file.close();
  }
}

test('what would be sent, the biggest first, and what the Dockerfile offers', async () => {
  await write({ 'app/a.jar': 1000, 'app/deep/b.jar': 500, 'node_modules/x/y.js': 9, 'node_modules/z.js': 9, 'big.iso': 3_000_000_000, small: 1 });
  await writeFile(join(folder, 'Dockerfile'), 'ARG V=1\nFROM scratch AS base\nFROM base AS last\nARG KEY\n');
  await writeFile(join(folder, '.dockerignore'), 'node_modules\n');
  expect(await checkContext(await dockerWith(CLASSIC), { folder, signal: never })).toEqual({
    folder, dockerfile: 'Dockerfile', ignoreFile: '.dockerignore', files: 6, bytes: 3_000_001_501 + 55 + 13, ignored: 2,
    biggest: [
      { path: 'big.iso', bytes: 3_000_000_000 }, { path: 'app/', bytes: 1500 }, { path: 'Dockerfile', bytes: 55 }, { path: '.dockerignore', bytes: 13 }, { path: 'small', bytes: 1 },
    ],
    stages: ['base', 'last'], arguments: [{ name: 'V', default: '1' }, { name: 'KEY' }], builder: 'classic',
  });
});

test('ten entries at most', async () => {
  await write(Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`f${index}`, index])));
  await writeFile(join(folder, 'Dockerfile'), '');
  const { files, biggest } = await checkContext(await dockerWith(CLASSIC), { folder, signal: never });
  expect(files).toBe(16);
  expect(biggest.map(({ bytes }) => bytes)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
});

test.each([
  [{ ...CLASSIC, 'Builder-Version': '2' }, true], [{ 'Api-Version': '1.41', Ostype: 'linux' }, true], [{ 'Api-Version': '1.38', Ostype: 'linux' }, false],
  [{ 'Api-Version': '1.47', Ostype: 'windows' }, false], [{ 'Api-Version': '1.41', 'Libpod-Api-Version': '5.4.0' }, false], [{}, false],
])('a Docker that answers %j has BuildKit: %j', async (headers, has) => {
  await write({ Dockerfile: 0 });
  const { builder } = await checkContext(await dockerWith(headers), { folder, signal: never });
  expect(builder !== 'classic').toBe(has);
});

test('a named Dockerfile, what is wrong with a folder, a Docker that is not there, and a cancel', async () => {
  await write({ 'docker/web.Dockerfile': 0 });
  const docker = await dockerWith(CLASSIC);
  expect(await checkContext(docker, { folder, dockerfile: 'docker/web.Dockerfile', signal: never })).toMatchObject({ dockerfile: 'docker/web.Dockerfile', files: 1 });
  await expect(checkContext(docker, { folder, signal: never })).rejects.toMatchObject({ code: 'DOCKERFILE_MISSING' });
  await expect(checkContext(docker, { folder: join(folder, 'gone'), signal: never })).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE' });
  await write({ Dockerfile: 0 });
  const nobody = dockerClient({ endpoint: `unix://${join(folder, 'gone.sock')}`, source: 'socket' });
  await expect(checkContext(nobody, { folder, signal: never })).rejects.toMatchObject({ code: 'DOCKER_STOPPED' });
  await expect(checkContext(docker, { folder, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});
