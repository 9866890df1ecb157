// Against a real Docker: builds, the lists that its events keep true, commands in a container, archives, and a Docker that goes and comes back
// (a proxy of the test before its socket, which is cut; the daemon itself is left alone). Images are made FROM scratch around busybox-static.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { buildImage } from './build.ts';
import { dockerClient } from './client.ts';
import { watchDocker } from './connection.ts';
import { findDockerEndpoint } from './endpoint.ts';
import { execInContainer } from './exec.ts';
import { inspectImage, listImages, removeImage, tagImage } from './images.ts';
import { saveImage } from './save.ts';

const soon = { timeout: 240_000, interval: 20 };
const never = new AbortController().signal;
const NAME = `podlab-docker-test-${process.pid}`;
let docker: Dockerode;
let endpoint: string;
let folder: string;
let cleanUp: AsyncDisposableStack;

beforeAll(async () => {
  const found = await findDockerEndpoint();
  endpoint = found.endpoint;
  docker = dockerClient(found);
});
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'podlab-docker-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
});
afterEach(() => cleanUp.disposeAsync());
afterAll(async () => {
  const left = (await listImages(docker)).filter(({ RepoTags }) => RepoTags?.some(tag => tag.startsWith(NAME)));
  for (const { RepoTags } of left) for (const tag of RepoTags!) await removeImage(docker, tag);
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await copyFile('/bin/busybox', join(folder, 'busybox'));
}
const build = (tag: string, signal = never, onLog: (text: string) => void = () => {}) => buildImage(docker, { folder, tag, chosen: { builder: 'classic', why: '' }, signal, onLog });
const dataOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(value => { throw new Error(`resolved with ${JSON.stringify(value)}`); }, (reason: unknown) => reason);
  return error instanceof Failure ? error.toData() : error;
};

/** A container that runs `sleep`, from an image of its own. */
async function sleeper(): Promise<string> {
  await write({ Dockerfile: `FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nENTRYPOINT ["sleep", "1000"]\nLABEL of=${NAME}\n` });
  const { reference } = await build(`${NAME}:sleeper`);
  const container = await docker.createContainer({ Image: reference, HostConfig: { Init: true } });
  cleanUp.defer(() => container.remove({ force: true }));
  await container.start();
  return container.id;
}

test('build, list, inspect, tag, remove', async () => {
  await write({ Dockerfile: 'FROM scratch\nCOPY busybox /busybox\nENV LANG=한국어\nCMD ["/busybox", "true"]\n' });
  const log: string[] = [];
  const { imageId, reference } = await build(`${NAME}:1`, never, text => log.push(text));
  expect(reference).toBe(`docker.io/library/${NAME}:1`);
  expect(log.join('')).toContain('Step 3/4 : ENV LANG=한국어\n');
  expect((await listImages(docker)).filter(({ Id }) => Id === imageId)).toEqual([
    { Id: imageId, RepoTags: [`${NAME}:1`], RepoDigests: null, Created: expect.any(Number) as number, Size: expect.any(Number) as number },
  ]);
  await tagImage(docker, `${NAME}:1`, `${NAME}:2`);
  const details = await inspectImage(docker, `${NAME}:2`);
  expect({ ...details, created: '', size: 0, layers: details.layers.length }).toEqual({
    id: imageId, layers: 1, created: '', architecture: expect.any(String) as string, os: 'linux', size: 0, repoTags: [`${NAME}:1`, `${NAME}:2`], repoDigests: [],
  });
  expect(await removeImage(docker, `${NAME}:1`)).toEqual({ untagged: [`${NAME}:1`], deleted: [] });
  expect((await removeImage(docker, imageId)).deleted).toContain(imageId);
  expect(await dataOf(inspectImage(docker, `${NAME}:2`))).toEqual({
    code: 'IMAGE_NOT_IN_DOCKER', params: { image: `${NAME}:2` }, cause: expect.stringContaining(`No such image: ${NAME}:2`) as string,
  });
});

test('an image that a container was made from is in use', async () => {
  await sleeper();
  expect(await dataOf(removeImage(docker, `${NAME}:sleeper`))).toEqual({
    code: 'IMAGE_IN_USE', params: { image: `${NAME}:sleeper` }, cause: expect.stringMatching(/container [0-9a-f]+ is using/) as string,
  });
});

test('a build that fails says its step and the builder\'s words, and leaves no name', async () => {
  await write({ Dockerfile: 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sh", "-c", "exit 7"]\n' });
  expect(await dataOf(build(`${NAME}:broken`))).toEqual({
    code: 'BUILD_FAILED', params: { image: `${NAME}:broken`, step: 'RUN ["/busybox", "sh", "-c", "exit 7"]' },
    cause: expect.stringContaining('returned a non-zero code: 7') as string,
  });
  await write({ Dockerfile: 'FROM scratch\nCOPI busybox /busybox\n' });
  expect(await dataOf(build(`${NAME}:broken`))).toEqual({
    code: 'DOCKERFILE_INVALID', params: { file: 'Dockerfile', line: 2 }, cause: expect.stringContaining('unknown instruction: COPI') as string,
  });
  expect(await dataOf(inspectImage(docker, `${NAME}:broken`))).toMatchObject({ code: 'IMAGE_NOT_IN_DOCKER' });
});

test('a cancelled build ends within a second, its step is stopped and there is no image', async () => {
  await write({ Dockerfile: `FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sleep", "997"]\nLABEL never=${Date.now()}\n` });
  const cancel = new AbortController();
  const steps = async () => (await docker.listContainers()).filter(({ Command }) => Command.includes('sleep 997')).length;
  const building = dataOf(build(`${NAME}:cancelled`, cancel.signal));
  await vi.waitFor(async () => expect(await steps()).toBe(1), soon);
  const before = performance.now();
  cancel.abort(new Error('cancelled'));
  expect(await building).toEqual(new Error('cancelled'));
  expect(performance.now() - before).toBeLessThan(1000);
  await vi.waitFor(async () => expect(await steps()).toBe(0), soon);
  expect(await dataOf(inspectImage(docker, `${NAME}:cancelled`))).toMatchObject({ code: 'IMAGE_NOT_IN_DOCKER' });
});

test('the lists follow what happens in Docker, without being asked', async () => {
  const images: (readonly string[])[] = [];
  const names: (readonly string[])[] = [];
  await using connection = watchDocker({
    onState() {},
    onImages: list => images.push(list === 'unknown' ? [] : list.flatMap(({ RepoTags }) => RepoTags ?? [])),
    onContainers: list => names.push(list === 'unknown' ? [] : list.filter(({ labels }) => labels.podlab === NAME).map(({ state }) => state)),
  });
  await vi.waitFor(() => expect(connection.state.state).toBe('connected'), soon);
  await write({ Dockerfile: 'FROM scratch\nCOPY busybox /busybox\nCMD ["/busybox", "sleep", "100"]\n' });
  await build(`${NAME}:live`);
  await vi.waitFor(() => expect(images.at(-1)).toContain(`${NAME}:live`), soon);
  const container = await docker.createContainer({ Image: `${NAME}:live`, Labels: { podlab: NAME } });
  await vi.waitFor(() => expect(names.at(-1)).toEqual(['created']), soon);
  await container.start();
  await vi.waitFor(() => expect(names.at(-1)).toEqual(['running']), soon);
  await container.remove({ force: true });
  await vi.waitFor(() => expect(names.at(-1)).toEqual([]), soon);
  await removeImage(docker, `${NAME}:live`);
  await vi.waitFor(() => expect(images.at(-1)).not.toContain(`${NAME}:live`), soon);
});

test('Docker stops and comes back', async () => {
  const socket = join(folder, 'proxy.sock');
  const open = new Set<Socket>();
  const start = async () => {
    const server = createServer(near => {
      const far = connect(endpoint.replace('unix://', ''));
      for (const end of [near, far]) open.add(end.on('error', () => {}).on('close', () => { near.destroy(); far.destroy(); open.delete(end); }));
      near.pipe(far).pipe(near);
    });
    await new Promise<void>(resolve => { server.listen(socket, resolve); });
    return () => new Promise<void>(resolve => { server.close(() => resolve()); for (const end of open) end.destroy(); });
  };
  let stop = await start();
  const states: string[] = [];
  await using connection = watchDocker({
    surroundings: { env: { DOCKER_HOST: `unix://${socket}` }, home: folder, platform: process.platform }, onState: ({ state }) => states.push(state), onImages() {},
  });
  await vi.waitFor(() => expect(states).toEqual(['connected']), soon);
  await stop();
  await vi.waitFor(() => expect(states).toEqual(['connected', 'stopped']), soon);
  expect(connection.currentImages()).toBe('unknown');
  stop = await start();
  await vi.waitFor(() => expect(states).toEqual(['connected', 'stopped', 'connected']), soon);
  // An image that went or came meanwhile is told by its event a moment later.
  await vi.waitFor(async () => expect(connection.currentImages()).toEqual(await listImages(docker)), soon);
  await connection[Symbol.asyncDispose]();
  await stop();
});

test('a command gets its input to the end, and gives both outputs and its exit code', async () => {
  const container = await sleeper();
  const input = Readable.from((function* () { for (let i = 0; i < 200; i++) yield Buffer.alloc(100_000, 'x'); })(), { objectMode: false });
  expect(await execInContainer(docker, container, ['sh', '-c', 'wc -c; echo größe; echo 경고 >&2; exit 3'], { stdin: input })).toEqual({
    stdout: '20000000\ngröße\n', stderr: '경고\n', exitCode: 3, truncated: false,
  });
  expect(await execInContainer(docker, container, ['sh', '-c', 'yes | head -c 100000'], { outputLimit: 10 })).toEqual({
    stdout: 'y\ny\ny\ny\ny\n', stderr: '', exitCode: 0, truncated: true,
  });
});

test('a command that ends before its input is no error', async () => {
  const container = await sleeper();
  const endless = Readable.from((function* () { for (;;) yield Buffer.alloc(100_000); })(), { objectMode: false });
  expect(await execInContainer(docker, container, ['sh', '-c', 'head -c 10 >/dev/null; echo enough'], { stdin: endless })).toEqual({
    stdout: 'enough\n', stderr: '', exitCode: 0, truncated: false,
  });
  expect(endless.destroyed).toBe(true);
});

test('input that breaks off is the error, and an abort ends the command', async () => {
  const container = await sleeper();
  const broken = Readable.from((async function* () { yield Buffer.from('a'); throw new Error('broke off'); })());
  await expect(execInContainer(docker, container, ['cat'], { stdin: broken })).rejects.toThrow('broke off');
  const running = async () => (await execInContainer(docker, container, ['sh', '-c', 'ps | grep -c "[s]leep 998"'])).stdout.trim();
  const cancel = new AbortController();
  const command = execInContainer(docker, container, ['sleep', '998'], { signal: cancel.signal, killOnAbort: true });
  command.catch(() => {});
  await vi.waitFor(async () => expect(await running()).toBe('1'), soon);
  cancel.abort(new Error('enough'));
  await expect(command).rejects.toThrow('enough');
  await vi.waitFor(async () => expect(await running()).toBe('0'), soon);
});

test('a container that is not there, or a command that is not in it', async () => {
  expect(await dataOf(execInContainer(docker, 'podlab-no-such-container', ['true']))).toMatchObject({ code: 'DOCKER_ERROR', params: { status: 404 } });
  expect(await execInContainer(docker, await sleeper(), ['no-such-command'])).toMatchObject({ exitCode: expect.toBeOneOf([126, 127]) as number });
});

test('an archive is counted, and ends with an abort', async () => {
  await write({ Dockerfile: 'FROM scratch\nCOPY busybox /busybox\n' });
  await build(`${NAME}:save`);
  let counted = 0;
  const archive = await buffer(await saveImage(docker, `${NAME}:save`, { signal: never, onBytes: total => { counted = total; } }));
  expect(counted).toBe(archive.length);
  const cancel = new AbortController();
  const cut = await saveImage(docker, `${NAME}:save`, { signal: cancel.signal });
  cancel.abort();
  await expect(buffer(cut)).rejects.toThrow('aborted');
  expect(await dataOf(saveImage(docker, `${NAME}:gone`, { signal: never }))).toMatchObject({ code: 'IMAGE_NOT_IN_DOCKER' });
});
