// Each builder against a real Docker: what it builds, what it says of bad input, how it is cancelled, and a Docker that goes away (a relay
// before its socket, which is cut; the daemon itself is left alone). Images are made FROM scratch around busybox-static. The tests of buildx
// are skipped where the docker CLI has no buildx 0.13 or newer: Debian 12 has none.
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type Dockerode from 'dockerode';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BuildStep } from '../../../shared/contract/build-step.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { buildImage } from './build.ts';
import type { BuildOptions } from './build-request.ts';
import { chooseBuilder } from './choose-builder.ts';
import type { ChosenBuilder } from './choose-builder.ts';
import { dockerClient } from './client.ts';
import { findDockerEndpoint, thisMachine } from './endpoint.ts';
import { listImages, removeImage } from './images.ts';

const soon = { timeout: 240_000, interval: 100 };
const never = new AbortController().signal;
const NAME = `podlab-build-test-${process.pid}`;
const found = await findDockerEndpoint();
const best = await chooseBuilder(dockerClient(found), { signal: never });
const builders: readonly ChosenBuilder[] = [{ builder: 'classic', why: '' }, { builder: 'buildkit', why: '' }, ...(best.builder === 'buildx' ? [best] : [])];

let docker: Dockerode;
let folder: string;
let cleanUp: AsyncDisposableStack;
beforeAll(() => { docker = dockerClient(found); });
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'podlab-builders-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
});
afterEach(() => cleanUp.disposeAsync());
afterAll(async () => {
  for (const { RepoTags } of await listImages(docker)) for (const tag of RepoTags ?? []) if (tag.startsWith(NAME)) await removeImage(docker, tag);
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await copyFile('/bin/busybox', join(folder, 'busybox'));
}

async function build(chosen: ChosenBuilder, options: Partial<BuildOptions> = {}, by = docker) {
  const log: string[] = [];
  const steps = new Map<string, BuildStep>();
  const result = await buildImage(by, {
    folder, tag: `${NAME}:${chosen.builder}`, chosen, signal: never, ...options, onLog: text => log.push(text), onStep: step => steps.set(step.id, step),
  }).catch((error: unknown) => error instanceof Failure ? error.toData() : error);
  return { result, log: log.join(''), steps: [...steps.values()] };
}
const stateOf = (steps: readonly BuildStep[], instruction: string) => steps.find(step => step.instruction === instruction)?.state;

/** A Dockerfile whose last step says "started" and then goes on for long. */
const longStep = (seconds: number) => `FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sh", "-c", "/busybox echo started; exec /busybox sleep ${seconds}"]\n`;

/** Begins a build, and resolves once its last step runs. */
async function startLong(chosen: ChosenBuilder, seconds: number, options: { readonly signal?: AbortSignal }, by = docker) {
  await write({ Dockerfile: longStep(seconds) });
  const started = Promise.withResolvers<void>();
  const ended = new AbortController();
  cleanUp.defer(() => ended.abort());
  const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal;
  const building = buildImage(by, {
    folder, tag: `${NAME}:long`, chosen, signal, onLog: text => { if (/(^|\n)started\n/.test(text)) started.resolve(); },
  }).catch((error: unknown) => error instanceof Failure ? error.toData() : error);
  await Promise.race([started.promise, building]);
  await vi.waitFor(async () => expect(await running(`/busybox sleep ${seconds}`)).toBe(1), soon);
  return { building };
}

/** Processes of this machine, where the builders' steps run too. */
async function running(command: string): Promise<number> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter(line => line.replaceAll('\0', ' ').startsWith(command)).length;
}

test('the best builder that is here is chosen, and the person\'s switch is heard', async () => {
  expect(best.builder).toBeOneOf(['buildx', 'buildkit']);
  const surroundings = { ...thisMachine(), env: { ...process.env, DOCKER_BUILDKIT: '0' } };
  expect(await chooseBuilder(docker, { signal: never, surroundings })).toEqual({ builder: 'classic', why: 'DOCKER_BUILDKIT is off' });
  const withoutPlugins = { ...thisMachine(), env: { DOCKER_CONFIG: folder } };
  expect(await chooseBuilder(docker, { signal: never, surroundings: withoutPlugins })).toMatchObject({ builder: expect.toBeOneOf(['buildx', 'buildkit']) as string });
  // A plugin that is too old, and one that does not run.
  await mkdir(join(folder, 'cli-plugins'));
  for (const script of ['echo github.com/docker/buildx v0.12.1 abc', 'exit 1']) {
    await writeFile(join(folder, 'cli-plugins/docker-buildx'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    expect(await chooseBuilder(docker, { signal: never, surroundings: withoutPlugins })).toMatchObject({ builder: 'buildkit' });
  }
  await writeFile(join(folder, 'cli-plugins/docker-buildx'), '#!/bin/sh\necho github.com/docker/buildx v0.13.0 abc\n', { mode: 0o755 });
  expect(await chooseBuilder(docker, { signal: never, surroundings: withoutPlugins })).toMatchObject({ builder: 'buildx', buildx: join(folder, 'cli-plugins/docker-buildx') });
});

describe.each(builders)('$builder', chosen => {
  /** No other run sleeps so long. */
  const unique = (number: number) => process.pid * 100 + builders.indexOf(chosen) * 10 + number;

  test('arguments, target, another Dockerfile, steps, and a second build from the cache', async () => {
    await write({
      'docker/app.Dockerfile': `FROM scratch AS base
ARG WORD=none
COPY busybox /busybox
RUN ["/busybox", "echo", "größe 완료 ${process.pid} ${chosen.builder}"]
COPY data /data
LABEL word=$WORD of=${chosen.builder}
FROM base AS other
RUN ["/busybox", "false"]
`, 'data/ü.txt': 'ü', 'data/deep/left.log': '', '.dockerignore': '**/*.log\n',
    });
    const options = { dockerfile: 'docker/app.Dockerfile', target: 'base', buildArgs: { WORD: 'two words' } };
    const first = await build(chosen, options);
    expect(first.result).toEqual({
      imageId: expect.stringMatching(/^sha256:/) as string, reference: `docker.io/library/${NAME}:${chosen.builder}`, builder: chosen.builder,
      command: `docker build -t ${NAME}:${chosen.builder} -f ${folder}/docker/app.Dockerfile --target base --build-arg 'WORD=two words' ${folder}`,
    });
    const { Config } = await docker.getImage(`${NAME}:${chosen.builder}`).inspect();
    expect(Config.Labels).toMatchObject({ word: 'two words', of: chosen.builder });
    expect(first.log).toContain(`größe 완료 ${process.pid} ${chosen.builder}\n`);
    expect(stateOf(first.steps, 'COPY data /data')).toBe('done');
    expect(first.steps.every(({ state }) => ['done', 'cached'].includes(state))).toBe(true);
    const second = await build(chosen, options);
    expect(second.result).toEqual(first.result);
    expect(stateOf(second.steps, 'COPY data /data')).toBe('cached');
  });

  test.each([
    ['a syntax error', 'FROM scratch\nCOPI a /\n', { code: 'DOCKERFILE_INVALID', params: { file: 'Dockerfile', line: 2 } }, 'unknown instruction: COPI'],
    ['an empty Dockerfile', '', { code: 'DOCKERFILE_INVALID', params: { file: 'Dockerfile', line: 0 } }, 'cannot be empty'],
    ['a RUN that fails', 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sh", "-c", "exit 7"]\n',
      { code: 'BUILD_FAILED', params: { image: `${NAME}:${chosen.builder}`, step: 'RUN ["/busybox", "sh", "-c", "exit 7"]' } }, 'code: 7'],
    ['a COPY of what is not there', 'FROM scratch\nCOPY nothing /\n', { code: 'BUILD_FAILED', params: { image: `${NAME}:${chosen.builder}`, step: 'COPY nothing /' } }, 'not found'],
    ['a base image that cannot be had', 'FROM 127.0.0.1:9/podlab-no-base:1\nCOPY busybox /\n',
      { code: 'BASE_IMAGE_UNAVAILABLE', params: { image: `${NAME}:${chosen.builder}`, base: '127.0.0.1:9/podlab-no-base:1' } }, 'connection refused'],
  ])('%s', async (_what, dockerfile, failure, words) => {
    await write({ Dockerfile: dockerfile });
    const { result, steps } = await build(chosen);
    expect(result).toEqual({ ...failure, cause: expect.stringContaining(words) as string });
    // What fails before the first step has none.
    expect('step' in failure.params ? stateOf(steps, failure.params.step) : 'failed').toBe('failed');
  });

  test('an ignore file that cannot be read is refused before anything is sent', async () => {
    await write({ Dockerfile: 'FROM scratch\nCOPY . /\n', '.dockerignore': 'a\n[\n' });
    expect((await build(chosen)).result).toEqual({
      code: 'IGNORE_FILE_INVALID', params: { file: join(folder, '.dockerignore') }, cause: 'line 2: [: syntax error in pattern',
    });
  });

  test('a registry is told who the person is', async () => {
    const told = new Set<string>();
    const registry = createHttpServer((request, response) => {
      if (request.headers.authorization) told.add(request.headers.authorization);
      response.writeHead(request.headers.authorization ? 404 : 401, { 'www-authenticate': 'Basic realm="test"', 'docker-distribution-api-version': 'registry/2.0' }).end('{"errors":[]}');
    });
    await new Promise<void>(resolve => { registry.listen(0, '127.0.0.1', resolve); });
    cleanUp.defer(() => new Promise<void>(resolve => { registry.close(() => resolve()); registry.closeAllConnections(); }));
    const server = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
    await write({ Dockerfile: `FROM ${server}/base:1\n`, 'config/config.json': JSON.stringify({ auths: { [server]: { auth: btoa('me:pass:word') } } }) });
    const surroundings = { ...thisMachine(), env: { ...process.env, DOCKER_CONFIG: join(folder, 'config') } };
    const { result } = await build(chosen, { surroundings });
    expect(result).toMatchObject({ code: 'BASE_IMAGE_UNAVAILABLE', params: { base: `${server}/base:1` } });
    expect([...told]).toEqual([`Basic ${btoa('me:pass:word')}`]);
  });

  test('a cancelled build ends within a second, and leaves nothing running and no image', async () => {
    const seconds = unique(1);
    const cancel = new AbortController();
    const { building } = await startLong(chosen, seconds, { signal: cancel.signal });
    let inTime = true;
    const limit = setTimeout(() => { inTime = false; }, 1000);
    cancel.abort(new Error('enough'));
    expect(await building).toEqual(new Error('enough'));
    clearTimeout(limit);
    expect(inTime).toBe(true);
    await vi.waitFor(async () => expect(await running(`/busybox sleep ${seconds}`)).toBe(0), soon);
    expect((await listImages(docker)).some(({ RepoTags }) => RepoTags?.includes(`${NAME}:long`))).toBe(false);
  });

  test('a Docker that goes away in the middle has stopped', async () => {
    const seconds = unique(2);
    const socket = join(folder, 'relay.sock');
    const relay = await relayTo(found.endpoint.replace('unix://', ''), socket);
    const { building } = await startLong(chosen, seconds, {}, dockerClient({ endpoint: `unix://${socket}`, source: 'socket' }));
    await relay.cut();
    expect(await building).toMatchObject({ code: 'DOCKER_STOPPED', params: { endpoint: `unix://${socket}` } });
    await vi.waitFor(async () => expect(await running(`/busybox sleep ${seconds}`)).toBe(0), soon);
  });
});

async function relayTo(target: string, socket: string): Promise<{ cut(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer(near => {
    const far = connect(target);
    for (const end of [near, far]) open.add(end.on('error', () => {}).on('close', () => { near.destroy(); far.destroy(); open.delete(end); }));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>(resolve => { server.listen(socket, resolve); });
  return { cut: () => new Promise<void>(resolve => { server.close(() => resolve()); for (const end of open) end.destroy(); }) };
}
