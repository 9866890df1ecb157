import { once } from 'node:events';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { image, testDocker } from './test-docker.ts';
import type { Program, TestDocker } from './test-docker.ts';

let docker: TestDocker | undefined;
afterEach(async () => {
  await docker?.[Symbol.asyncDispose]();
  docker = undefined;
});

const open = async (...options: Parameters<typeof testDocker>) => (docker = await testDocker(...options));

interface Answer { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly text: string; readonly json: never }

async function call(method: string, path: string, body?: object | Buffer): Promise<Answer> {
  const request = send({ socketPath: docker!.socketPath, method, path, headers: { 'Content-Type': 'application/json' } });
  request.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const content = await text(response);
  return {
    status: response.statusCode ?? 0, headers: response.headers, text: content,
    get json() { return JSON.parse(content) as never; },
  };
}

test('ping, version and info say the API that is spoken, and others are refused in Docker\'s words', async () => {
  await open();
  expect(await call('GET', '/_ping')).toMatchObject({ status: 200, text: 'OK', headers: { 'api-version': '1.47', ostype: 'linux', 'docker-experimental': 'false', 'builder-version': '1' } });
  expect((await call('GET', '/v1.41/version')).json).toMatchObject({ Version: '27.3.1', ApiVersion: '1.47', MinAPIVersion: '1.24', Os: 'linux' });
  expect((await call('GET', '/info')).json).toMatchObject({ Containers: 3, ContainersRunning: 2, Images: 2, ServerVersion: '27.3.1' });
  expect(await call('GET', '/v1.99/info')).toMatchObject({ status: 400, text: expect.stringContaining('client version 1.99 is too new. Maximum supported API version is 1.47') });
  expect(await call('GET', '/v1.5/info')).toMatchObject({ status: 400, text: expect.stringContaining('client version 1.5 is too old') });
  expect(await call('GET', '/nothing')).toMatchObject({ status: 404, text: '{"message":"page not found"}\n' });
  expect(await call('POST', '/build')).toMatchObject({ status: 501, text: expect.stringContaining('builds no images yet') });
  expect(await call('POST', '/containers/create', {})).toMatchObject({ status: 501 });
});

test('images are listed, the newest first, and filtered', async () => {
  const { images, web } = await open();
  const names = async (query: string) => ((await call('GET', `/images/json${query}`)).json as { RepoTags: string[] }[]).map(({ RepoTags }) => RepoTags);
  const filters = (value: object) => `?filters=${encodeURIComponent(JSON.stringify(value))}`;
  expect((await call('GET', '/images/json')).json).toMatchObject([
    { RepoTags: ['used:1'], Created: 1767398400, SharedSize: -1 },
    { Id: web.id, RepoTags: ['web:1', 'shop/web:2'], RepoDigests: [], Created: 1767323045, Size: 1000, Labels: { of: 'web' } },
  ]);
  expect(await names(filters({ reference: ['web'] }))).toEqual([['web:1']]);
  expect(await names(filters({ reference: ['*/web', 'us?d:*'] }))).toEqual([['used:1'], ['shop/web:2']]);
  expect(await names(filters({ reference: ['[', `${'*e'.repeat(50)}z`] }))).toEqual([]);
  expect(await names(filters({ label: { 'of=used': true } }))).toEqual([['used:1']]);
  expect(await names(filters({ dangling: ['true'] }))).toEqual([]);
  images.add(image('newer'), ['web:1', 'shop/web:2'], 'tag');
  expect(await names(filters({ dangling: ['true'] }))).toEqual([[]]);
  expect(((await call('GET', `/v1.42/images/json${filters({ dangling: ['true'] })}`)).json as object[])[0]).toMatchObject({ Id: web.id, RepoTags: ['<none>:<none>'], VirtualSize: 1000 });
  expect(await call('GET', `/images/json${filters({ foo: ['x'] })}`)).toMatchObject({ status: 400, text: expect.stringContaining("invalid filter 'foo'") });
});

test('an image is inspected by each of its names; what there is not is told in Docker\'s words', async () => {
  const { web } = await open();
  for (const name of ['web:1', 'docker.io/library/web:1', 'shop/web:2', web.id, web.id.slice(7, 19)]) {
    expect((await call('GET', `/images/${name}/json`)).json).toMatchObject({
      Id: web.id, RepoTags: ['web:1', 'shop/web:2'], RootFS: { Layers: web.layers.map(({ diffId }) => diffId) }, Config: { Cmd: ['/bin/web'] }, Created: '2026-01-02T03:04:05.000Z',
    });
  }
  expect(await call('GET', '/images/nope/json')).toMatchObject({ status: 404, text: '{"message":"No such image: nope:latest"}\n' });
  expect(await call('GET', '/images/localhost:5000%2Fnope/json')).toMatchObject({ status: 404, text: '{"message":"No such image: localhost:5000/nope:latest"}\n' });
  expect(await call('GET', '/images/UPPER/json')).toMatchObject({ status: 400, text: expect.stringContaining('repository name must be lowercase') });
  expect((await call('GET', '/images/shop/web:2/history')).json).toMatchObject([
    { Id: web.id, CreatedBy: 'CMD ["/bin/web"]', Size: 0, Tags: ['web:1', 'shop/web:2'] }, { Id: '<missing>', CreatedBy: 'COPY web /bin/', Size: 1000, Tags: null },
  ]);
});

test('names come and go, and an image that a container uses stays', async () => {
  const { web, images } = await open();
  const conflict = (words: string) => ({ status: 409, text: expect.stringContaining(words) });
  expect(await call('POST', '/images/web:1/tag?repo=localhost:5000/web&tag=3')).toMatchObject({ status: 201, text: '' });
  expect(images.find('localhost:5000/web:3')?.image.id).toBe(web.id);
  expect(await call('POST', '/images/web:1/tag?repo=WEB&tag=3')).toMatchObject({ status: 400 });
  expect((await call('DELETE', '/images/localhost:5000/web:3')).json).toEqual([{ Untagged: 'localhost:5000/web:3' }]);
  expect(await call('DELETE', `/images/${web.id}`)).toMatchObject(conflict('(must be forced) - image is referenced in multiple repositories'));
  expect((await call('DELETE', '/images/web:1')).json).toEqual([{ Untagged: 'web:1' }]);
  expect((await call('DELETE', '/images/shop/web:2')).json).toEqual([{ Untagged: 'shop/web:2' }, { Deleted: web.id }, { Deleted: web.layers[0]!.diffId }]);
  expect(images.find(web.id)).toBeUndefined();
  expect(await call('DELETE', '/images/used:1')).toMatchObject(conflict('conflict: unable to remove repository reference \\"used:1\\" (must force) - container cccccccccccc is using its referenced image'));
  const used = images.find('used:1')!.image.id;
  expect(await call('DELETE', `/images/${used}`)).toMatchObject(conflict('(must be forced) - image is being used by stopped container cccccccccccc'));
  expect((await call('POST', '/images/prune?filters={"dangling":["false"]}')).json).toMatchObject({ ImagesDeleted: null });
  expect((await call('DELETE', `/images/${used}?force=1`)).status).toBe(200);
});

test('a running container keeps its image, which loses its name', async () => {
  const { images, used } = await open({}, '27.3.1', 'running');
  expect(await call('DELETE', `/images/${used.id}?force=1`)).toMatchObject({ status: 409, text: expect.stringContaining('(cannot be forced) - image is being used by running container cccccccccccc') });
  expect((await call('DELETE', '/images/used:1?force=1')).json).toEqual([{ Untagged: 'used:1' }]);
  expect(images.find(used.id)?.names).toEqual([]);
});

test('what is saved can be loaded again; what is no archive is an error in the stream', async () => {
  const { web, images } = await open();
  const request = send({ socketPath: docker!.socketPath, path: '/images/shop/web:2/get' });
  request.end();
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const archive = await buffer(response);
  images.remove(web.id);
  expect((await call('POST', '/images/load', archive)).text).toBe('{"stream":"Loaded image: shop/web:2\\n"}\r\n');
  expect(images.find(web.id)?.names).toEqual(['docker.io/shop/web:2']);
  const words = 'Error processing tar file(exit status 1): unexpected EOF';
  expect((await call('POST', '/images/load', Buffer.from('no tar'))).json).toEqual({ errorDetail: { message: words }, error: words });
  expect(await call('GET', '/images/nope/get')).toMatchObject({ status: 404 });
  expect(await call('POST', '/images/create?fromImage=nope&tag=latest')).toMatchObject({ status: 404, text: expect.stringContaining('"pull access denied for nope') });
});

test('events tell what happens, and what has happened before', async () => {
  const { images, web } = await open();
  const request = send({ socketPath: docker!.socketPath, path: '/events?filters=%7B%22type%22%3A%5B%22image%22%5D%7D' });
  request.end();
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  images.add(web, ['web:3'], 'tag');
  images.untag('web:3');
  let got = '';
  for await (const chunk of response) {
    got += String(chunk);
    if (got.split('\n').length > 2) break;
  }
  const [tag, untag] = got.trim().split('\n').map((line) => JSON.parse(line) as { time: number; timeNano: number });
  expect(tag).toMatchObject({ status: 'tag', id: web.id, Type: 'image', Action: 'tag', Actor: { ID: web.id, Attributes: { name: 'web:3' } }, scope: 'local' });
  expect(untag).toMatchObject({ status: 'untag', id: web.id, Actor: { Attributes: { name: web.id } } });
  expect(Math.floor(tag!.timeNano / 1e9)).toBe(tag!.time);
  const past = await call('GET', `/events?since=0&until=${Date.now() / 1000}&filters={"event":["untag"]}`);
  expect(past.json).toMatchObject({ Action: 'untag' });
});

test('the kubelet\'s containers have its names and labels, a node its own and its address', async () => {
  await open();
  const all = (await call('GET', '/containers/json?all=1')).json as { Names: string[] }[];
  expect(all).toMatchObject([
    {
      Names: ['/k8s_app_web_default_uid-1_2'], State: 'exited', Status: expect.stringMatching(/^Exited \(3\) \d seconds ago$/),
      Labels: { 'io.kubernetes.pod.uid': 'uid-1', 'io.kubernetes.container.name': 'app', 'io.kubernetes.docker.type': 'container', of: 'used' },
    },
    { Names: ['/k8s_POD_web_default_uid-1_0'], State: 'running', Labels: { 'io.kubernetes.container.name': 'POD' }, NetworkSettings: { Networks: { bridge: { IPAddress: '10.1.0.4' } } } },
    { Names: ['/node'], NetworkSettings: { Networks: { kind: { IPAddress: '172.18.0.2' } } }, Ports: [{ PrivatePort: 6443, PublicPort: 40_000, Type: 'tcp' }] },
  ]);
  expect(await call('GET', '/containers/json')).toMatchObject({ json: [{}, {}] });
  expect((await call('GET', `/containers/json?filters={"label":["io.x-k8s.kind.cluster"]}`)).json).toMatchObject([{ Names: ['/node'] }]);
  expect((await call('GET', '/containers/node/json')).json).toMatchObject({ Name: '/node', State: { Running: true }, HostConfig: { Privileged: true } });
  expect(await call('GET', '/containers/nope/json')).toMatchObject({ status: 404, text: '{"message":"No such container: nope"}\n' });
  const logs = Buffer.from((await call('GET', '/containers/cccc/logs?stdout=1&stderr=1')).text);
  expect([...frames(logs)]).toEqual([[1, 'out\n'], [2, 'err\n']]);
});

function* frames(bytes: Buffer): Generator<[number, string]> {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    yield [bytes[at]!, bytes.subarray(at + 8, at + 8 + length).toString()];
    at += 8 + length;
  }
}

const programs: Readonly<Record<string, Program>> = {
  async both({ stdout, stderr }) {
    stdout.write('out\n');
    stderr.write('err\n');
    return 3;
  },
  async count({ stdin, stdout }) {
    let length = 0;
    for await (const chunk of stdin) length += (chunk as Buffer).length;
    stdout.write(`${length}\n`);
    return 0;
  },
  async echo({ stdin, stdout }) {
    for await (const chunk of stdin) if (!stdout.write(chunk)) await once(stdout, 'drain');
    return 0;
  },
};

const create = async (Cmd: readonly string[], more: object = {}) =>
  ((await call('POST', '/containers/node/exec', { Cmd, AttachStdout: true, AttachStderr: true, ...more })).json as { Id: string }).Id;

/** The bare connection after the answer's head. */
async function hijack(id: string, body = '{"Detach":false}'): Promise<{ socket: Socket; head: string; rest: Buffer }> {
  const socket = connect({ path: docker!.socketPath, allowHalfOpen: true });
  socket.write(`POST /v1.47/exec/${id}/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
  socket.write(body.slice(0, 5));
  socket.write(body.slice(5));
  let read = Buffer.alloc(0);
  while (!read.includes('\r\n\r\n')) read = Buffer.concat([read, ...((await once(socket, 'data')) as Buffer[])]);
  const end = read.indexOf('\r\n\r\n');
  socket.pause();
  return { socket, head: read.subarray(0, end).toString(), rest: read.subarray(end + 4) };
}

test('a program\'s output comes in frames, and its exit code is kept', async () => {
  await open(programs);
  const id = await create(['both', 'x']);
  expect((await call('GET', `/exec/${id}/json`)).json).toMatchObject({ Running: false, ExitCode: null, ProcessConfig: { entrypoint: 'both', arguments: ['x'] } });
  const answer = await call('POST', `/exec/${id}/start`, { Detach: false });
  expect(answer.headers['content-type']).toBe('application/vnd.docker.multiplexed-stream');
  expect([...frames(Buffer.from(answer.text))]).toEqual([[1, 'out\n'], [2, 'err\n']]);
  expect((await call('GET', `/exec/${id}/json`)).json).toMatchObject({ Running: false, ExitCode: 3 });
  expect(await call('POST', `/exec/${id}/start`, { Detach: true })).toMatchObject({ status: 409, text: expect.stringContaining('has already run') });
  expect(await call('POST', '/containers/cccc/exec', { Cmd: ['x'] })).toMatchObject({ status: 409, text: expect.stringContaining('is not running') });
  expect(await call('POST', '/containers/node/exec', {})).toMatchObject({ status: 400, text: '{"message":"No exec command specified"}\n' });
});

test('the end of the client\'s input reaches the program, and its answer the client', async () => {
  await open(programs);
  const id = await create(['count'], { AttachStdin: true });
  const { socket, head, rest } = await hijack(id);
  expect(head).toMatch(/^HTTP\/1.1 101 UPGRADED\r\n/);
  const got = buffer(socket);
  for (let i = 0; i < 20; i++) socket.write(Buffer.alloc(100_000));
  socket.end();
  expect([...frames(Buffer.concat([rest, await got]))]).toEqual([[1, '2000000\n']]);
  expect((await call('GET', `/exec/${id}/json`)).json).toMatchObject({ ExitCode: 0 });
});

test('a terminal\'s output comes bare, and a client that leaves ends the program\'s input', async () => {
  await open(programs);
  const id = await create(['echo'], { AttachStdin: true, Tty: true });
  const { socket } = await hijack(id);
  socket.write('hello');
  expect(String((await once(socket.resume(), 'data'))[0])).toBe('hello');
  socket.destroy();
  await expect.poll(async () => (await call('GET', `/exec/${id}/json`)).json).toMatchObject({ Running: false, ExitCode: 0 });
});

test.each([['27.3.1', 127], ['20.10.24', 126]])('a program that is not there is told in the stream by Docker %s, with exit code %i', async (version, code) => {
  await open(programs, version);
  const id = await create(['nope']);
  const { text: got } = await call('POST', `/exec/${id}/start`, {});
  expect(got).toContain('exec: "nope": executable file not found in $PATH: unknown\r\n');
  expect((await call('GET', `/exec/${id}/json`)).json).toMatchObject({ ExitCode: code });
});
