// A small HTTP server on a Unix socket in Docker's place, for the answers that a real builder gives rarely. Real builds: build.cluster.test.ts.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { buildCommand, buildImage } from './build.ts';
import type { BuildStep } from '../../../shared/contract/build-step.ts';
import type { BuildOptions } from './build-request.ts';
import { dockerClient } from './client.ts';

const ID = `sha256:${'1'.repeat(64)}`;
let folder: string;
let cleanUp: AsyncDisposableStack;
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'podlab-build-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => cleanUp.disposeAsync());

let servers = 0;
/** Docker with one answer to POST /build, and `inspected` as the ID that the name then has. */
async function dockerThat(answers: (response: ServerResponse) => void, inspected = ID, repoDigests: readonly string[] = []) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method === 'POST') request.resume().on('end', () => answers(response));
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ Id: inspected, RepoDigests: repoDigests, RootFS: { Layers: [] }, Created: '', Architecture: 'amd64', Os: 'linux', Size: 1 }));
  });
  const socket = join(folder, `docker-${++servers}.sock`);
  await new Promise<void>(resolve => { server.listen(socket, resolve); });
  cleanUp.defer(() => new Promise<void>(resolve => { server.close(() => resolve()); server.closeAllConnections(); }));
  return { docker: dockerClient({ endpoint: `unix://${socket}`, source: 'socket' }), asked };
}
const nobody = () => dockerClient({ endpoint: `unix://${join(folder, 'gone.sock')}`, source: 'socket' });

async function build(docker: ReturnType<typeof nobody>, options: Partial<BuildOptions> = {}) {
  const log: string[] = [];
  const steps: BuildStep[] = [];
  const result = await buildImage(docker, {
    tag: 'spring-server', folder, signal: new AbortController().signal, chosen: { builder: 'classic', why: '' }, ...options, onLog: text => log.push(text), onStep: step => steps.push({ ...step, ...(step.milliseconds !== undefined && { milliseconds: 0 }) }),
  }).catch((error: unknown) => error instanceof Failure ? error.toData() : error);
  return { result, log, steps };
}

test.each([
  ['Spring', 'uppercase'],
  ['spring server', 'whitespace'],
  ['', 'empty'],
  [`spring@${ID}`, 'digest'],
])('the name %j is refused before anything is asked of Docker', async (tag, reason) => {
  const { result } = await build(nobody(), { tag });
  expect(result).toEqual({ code: 'IMAGE_NAME_INVALID', params: { image: tag, reason }, cause: `${tag}: ${reason}` });
});

test('a folder that is not there, and one without a Dockerfile, are refused before anything is asked of Docker', async () => {
  expect((await build(nobody(), { folder: join(folder, 'gone') })).result).toMatchObject({ code: 'FOLDER_UNREADABLE' });
  await rm(join(folder, 'Dockerfile'));
  expect((await build(nobody())).result).toMatchObject({ code: 'DOCKERFILE_MISSING', params: { folder } });
});

test('output, steps and the ID of a build, with characters cut between chunks', async () => {
  const answer = Buffer.from([
    { stream: 'Step 1/2 : FROM scratch' }, { stream: '\n' }, { status: 'Pulling', id: 'abc' }, { status: 'Downloading', id: 'abc', progressDetail: { current: 1 } },
    { stream: 'Step 2/2 : LABEL größe="완료"\n' }, { stream: ' ---> Using cache\n' }, { aux: { ID } }, { stream: 'Successfully built\n' },
  ].map(line => `${JSON.stringify(line)}\r\n`).join(''));
  const { docker, asked } = await dockerThat(response => {
    response.write(answer.subarray(0, answer.indexOf('größe') + 3));
    setImmediate(() => response.end(answer.subarray(answer.indexOf('größe') + 3)));
  });
  expect(await build(docker)).toEqual({
    result: { imageId: ID, reference: 'docker.io/library/spring-server:latest', command: `docker build -t spring-server:latest ${folder}`, builder: 'classic' },
    log: ['Step 1/2 : FROM scratch', '\n', 'abc: Pulling\n', 'Step 2/2 : LABEL größe="완료"\n', ' ---> Using cache\n', 'Successfully built\n'],
    steps: [
      { id: '1', instruction: 'FROM scratch', state: 'running' },
      { id: '1', instruction: 'FROM scratch', state: 'done', milliseconds: 0 },
      { id: '2', instruction: 'LABEL größe="완료"', state: 'running' },
      { id: '2', instruction: 'LABEL größe="완료"', state: 'cached', milliseconds: 0 },
    ],
  });
  expect(asked.map(line => line.split('?')[0])).toEqual(['POST /build', 'GET /images/docker.io/library/spring-server:latest/json']);
});

test('an error line in a successful answer is a failed build, with its step', async () => {
  const { docker } = await dockerThat(response => response.end(
    '{"stream":"Step 2/3 : RUN false"}\n{"errorDetail":{"code":1,"message":"returned a non-zero code: 1"},"error":"returned a non-zero code: 1"}\n'));
  expect((await build(docker)).result).toEqual({
    code: 'BUILD_FAILED', params: { image: 'spring-server', step: 'RUN false' }, cause: 'returned a non-zero code: 1',
  });
});

test('a Dockerfile that Docker refuses at once says its line', async () => {
  const { docker } = await dockerThat(response => response.writeHead(400, { 'content-type': 'application/json' })
    .end('{"message":"dockerfile parse error line 1: unknown instruction: FORM"}'));
  expect((await build(docker)).result).toEqual({
    code: 'DOCKERFILE_INVALID', params: { file: 'Dockerfile', line: 1 }, cause: 'dockerfile parse error line 1: unknown instruction: FORM',
  });
});

test('an answer that ends without an image is not taken for success', async () => {
  const none = await dockerThat(response => response.end('{"stream":"Step 1/1 : FROM scratch"}\n'));
  expect((await build(none.docker)).result).toMatchObject({ code: 'BUILD_FAILED', cause: 'the builder ended without an image' });
});

test('where images are known by their manifest, the config that buildx tells is the same build', async () => {
  const manifest = `sha256:${'2'.repeat(64)}`;
  const buildx = join(folder, 'docker-buildx');
  await writeFile(buildx, `#!/bin/sh\nwhile [ "$1" != --iidfile ]; do shift; done\necho ${ID} > "$2"\n`, { mode: 0o755 });
  const chosen = { builder: 'buildx', why: '', buildx } as const;
  const inContainerd = await dockerThat(() => {}, manifest, [`spring-server@${manifest}`]);
  expect((await build(inContainerd.docker, { chosen })).result).toMatchObject({ imageId: manifest, builder: 'buildx' });
  const { docker } = await dockerThat(() => {}, manifest);
  expect((await build(docker, { chosen })).result).toMatchObject({ code: 'BUILD_FAILED', cause: expect.stringContaining(`not the ${ID}`) as string });
});

test.each([['web/Dockerfile', '/src/app/web/Dockerfile'], ['/elsewhere/Dockerfile', '/elsewhere/Dockerfile']])('the line names the Dockerfile %s', (dockerfile, named) => {
  expect(buildCommand({ folder: '/src/app', tag: 'app', dockerfile })).toBe(`docker build -t app -f ${named} /src/app`);
});

test('a name that is another image than the one that was built is not taken for success', async () => {
  const { docker } = await dockerThat(response => response.end(`{"aux":{"ID":"${ID}"}}\n`), `sha256:${'2'.repeat(64)}`);
  expect((await build(docker)).result).toMatchObject({ code: 'BUILD_FAILED', cause: expect.stringContaining(`not the ${ID}`) as string });
});

test('a Docker that is not there is DOCKER_STOPPED', async () => {
  expect((await build(nobody())).result).toMatchObject({ code: 'DOCKER_STOPPED', params: { endpoint: `unix://${join(folder, 'gone.sock')}` } });
});

test('a cancel rejects with its reason and closes the request', async () => {
  const cancel = new AbortController();
  const closed = Promise.withResolvers<void>();
  const { docker } = await dockerThat(response => {
    response.on('close', closed.resolve);
    response.write('{"stream":"Step 1/1 : FROM scratch"}\n');
    cancel.abort(new Error('cancelled by the person'));
  });
  expect((await build(docker, { signal: cancel.signal })).result).toEqual(new Error('cancelled by the person'));
  await closed.promise;
});
