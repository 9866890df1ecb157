import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ApiError } from '../api/api-error.ts';
import type { StreamingSubresource } from '../api/subresources.ts';
import { realClock } from '../clock.ts';
import type { KubeObject } from '../objects.ts';
import { catalogueImages } from '../runtime/catalogue.ts';
import { createRuntime } from '../runtime/create-runtime.ts';
import type { NodeRuntime } from '../runtime/create-runtime.ts';
import { createImageStore } from '../runtime/image-store.ts';
import { createRegistry } from '../runtime/registry.ts';
import type { Runtime, RuntimeContainer, Sandbox } from '../runtime/runtime.ts';
import { createStore } from '../store/store.ts';
import { streamHandlers } from './stream-handlers.ts';

const clock = realClock();
let server: Server | undefined;
let runtime: NodeRuntime | undefined;
let url = '';
let sandbox: Sandbox;
let containers: Map<string, RuntimeContainer>;

/** A pod `web` with a server on 8080, another `idle`, `gone` that has ended, and one that is pending, behind a server that knows only streams. */
async function start({ kind = 'docker', minor = 34 }: { kind?: Runtime['kind']; minor?: number } = {}): Promise<void> {
  const images = createImageStore();
  for (const { image, name } of catalogueImages(new Date())) images.add(image, [name], 'tag');
  const registry = createRegistry({ modes: {}, images: new Map(), anything: () => expect.fail('nothing is pulled here') });
  runtime = createRuntime({ kind, version: kind === 'docker' ? 'docker://27.3.1' : 'containerd://2.1.4', images, registry, clock });
  sandbox = runtime.runSandbox({ uid: 'uid', name: 'web', namespace: 'shop' }, 'web');
  const image = images.find('http-server:1')!.image.id;
  containers = new Map();
  for (const [name, command] of [['app', undefined], ['idle', ['sh', '-c', 'echo one; echo two; echo three; cat; sleep 1000']], ['gone', ['sh', '-c', 'echo bye']]] as const) {
    const container = await runtime.createContainer(sandbox, { name, attempt: 0, image, env: [], tty: false, stdin: name === 'idle', ...(command && { command }) });
    await container.start();
    containers.set(name, container);
  }
  await containers.get('gone')!.ended;
  await expect.poll(() => containers.get('idle')!.log.entries.length).toBe(3);
  const store = createStore();
  const status = (name: string) => {
    const { id, state } = containers.get(name)!;
    const known = { containerID: `${kind}://${id}` };
    return { name, state: state === 'running' ? { running: {} } : { terminated: { exitCode: 0, ...known } }, lastState: {}, ...known };
  };
  const pod = (name: string, spec: object, podStatus: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: name === 'web' ? 'uid' : name }, spec, status: podStatus });
  store.create('pods', pod('web', { nodeName: 'node', initContainers: [], containers: ['app', 'idle', 'gone'].map((name) => ({ name, ports: name === 'app' ? [{ containerPort: 8080 }] : [] })) },
    { podIP: sandbox.ip, containerStatuses: ['app', 'idle', 'gone'].map(status) }));
  const waiting = (reason: string) => ({ containerStatuses: [{ name: 'c', state: { waiting: { reason } }, lastState: {} }] });
  store.create('pods', pod('pending', { containers: [{ name: 'c' }] }));
  for (const [name, reason] of [['creating', 'ContainerCreating'], ['errimage', 'ErrImagePull'], ['backoff', 'ImagePullBackOff']] as const) {
    store.create('pods', pod(name, { nodeName: 'node', containers: [{ name: 'c' }] }, waiting(reason)));
  }
  store.create('services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'svc', namespace: 'shop' }, spec: { ports: [{ name: 'web', port: 80 }] } });
  const subsets = [{ addresses: [{ ip: sandbox.ip }], ports: [{ name: 'web', port: 8080 }, { name: 'dead', port: 9 }] }];
  store.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'svc', namespace: 'shop' }, subsets });
  store.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'empty', namespace: 'shop' } });
  const kubelet = { nodeName: 'node', runtime, container: (uid: string, name: string) => (uid === 'uid' ? containers.get(name) : undefined), sandbox: (uid: string) => (uid === 'uid' ? sandbox : undefined) };
  const handlers = streamHandlers({ store, clock, minor, kubelet });
  const target = (request: IncomingMessage, signal: AbortSignal) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://x');
    const [, resource = '', name = '', subresource = '', rest = ''] = /^\/(\w+)\/([^/]+)\/(\w+)(\/.*)?$/.exec(pathname) ?? [];
    return { handler: handlers[`${resource}/${subresource}` as StreamingSubresource]!, of: { namespace: 'shop', name: decodeURIComponent(name), rest, query, signal } };
  };
  const signal = new AbortController().signal;
  server = createServer((request, response) => {
    const { handler, of } = target(request, signal);
    handler(request, { kind: 'response', response }, of).catch((error: ApiError) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(error.status.code).end(JSON.stringify(error.status));
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { handler, of } = target(request, signal);
    handler(request, { kind: 'upgrade', socket, head }, of).catch((error: ApiError) => socket.end(`HTTP/1.1 ${error.status.code} X\r\nConnection: close\r\n\r\n${error.message}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeEach(() => {
  server = undefined;
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  runtime?.close();
});

async function get(path: string, method = 'GET'): Promise<{ status: number; text: string; headers: IncomingMessage['headers'] }> {
  const request = send(`${url}${path}`, { method });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await text(response), headers: response.headers };
}

interface Session {
  readonly protocol: string;
  readonly messages: [number, string][];
  send(channel: number, content: string | Buffer): void;
  readonly closed: Promise<number>;
  close(): void;
  /** What came on a channel, together. */
  on(channel: number): string;
}

/** Rejects with the answer's status and text when there is no upgrade. */
async function open(path: string, protocols: string | string[] = 'v4.channel.k8s.io'): Promise<Session> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocols);
  const messages: [number, string][] = [];
  socket.on('message', (data, binary) => {
    const bytes = data as Buffer;
    if (binary) messages.push([bytes[0]!, bytes.subarray(1).toString()]);
    else messages.push([bytes[0]! - 48, Buffer.from(bytes.subarray(1).toString(), 'base64').toString()]);
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response: IncomingMessage) => void text(response).then((content) => reject(new Error(`${response.statusCode} ${content}`))));
  });
  return {
    protocol: socket.protocol,
    messages,
    closed,
    send: (channel, content) => socket.send(protocols.includes('base64') ? `${channel}${Buffer.from(content).toString('base64')}` : Buffer.concat([Buffer.from([channel]), Buffer.from(content)])),
    close: () => socket.close(),
    on: (channel) => messages.filter(([of]) => of === channel).map(([, content]) => content).join(''),
  };
}

const exec = (command: readonly string[], more = '', container = 'app') =>
  `/pods/web/exec?container=${container}&stdout=1&stderr=1${more}${command.map((word) => `&command=${encodeURIComponent(word)}`).join('')}`;

test('logs: the lines that are asked for', async () => {
  await start();
  const log = async (query: string) => (await get(`/pods/web/log?container=idle${query}`)).text;
  expect(await log('')).toBe('one\ntwo\nthree\n');
  expect(await log('&tailLines=2')).toBe('two\nthree\n');
  expect(await log('&tailLines=9')).toBe('one\ntwo\nthree\n');
  expect(await log('&tailLines=0')).toBe('');
  expect(await log('&limitBytes=5')).toBe('one\nt');
  expect((await log('&timestamps=true')).split('\n')[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z one$/);
  expect(await log('&sinceTime=2999-01-01T00:00:00Z')).toBe('');
  expect((await get('/pods/web/log?container=gone&follow=true')).text).toBe('bye\n');
});

test.each([
  ['/pods/nope/log', 404, 'pods \\"nope\\" not found'],
  ['/pods/web/log', 400, 'a container name must be specified for pod web, choose one of: [app idle gone]'],
  ['/pods/web/log?container=zz', 400, 'container zz is not valid for pod web'],
  ['/pods/web/log?container=app&previous=true', 400, 'previous terminated container \\"app\\" in pod \\"web\\" not found'],
  ['/pods/creating/log', 400, 'container \\"c\\" in pod \\"creating\\" is waiting to start: ContainerCreating'],
  ['/pods/errimage/log', 400, 'is waiting to start: image can\'t be pulled'],
  ['/pods/backoff/log', 400, 'is waiting to start: trying and failing to pull image'],
  ['/pods/pending/log', 204, ''],
  ['/pods/web/log?container=app&tailLines=-1', 422, 'PodLogOptions \\"web\\" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
  ['/pods/web/log?container=app&tailLines=x', 400, 'strconv.ParseInt: parsing \\"x\\": invalid syntax'],
  ['/pods/web/log?container=app&sinceSeconds=1&sinceTime=2020-01-01T00:00:00Z', 422, 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'],
  ['/pods/web/exec?command=ls&stdout=1&container=app', 400, 'Upgrade request required'],
])('%s is answered %i %s', async (path, status, words) => {
  await start();
  const answer = await get(path);
  expect(answer).toMatchObject({ status, text: expect.stringContaining(words) });
});

test('exec: output, exit code and the runtime\'s words, by the kubelet', async () => {
  await start({ minor: 20 });
  const session = await open(exec(['sh', '-c', 'echo out; echo err >&2; exit 3']), ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
  expect(await session.closed).toBe(1000);
  expect(session.protocol).toBe('v4.channel.k8s.io');
  expect(session.messages[0]).toEqual([1, '']);
  expect([session.on(1), session.on(2)]).toEqual(['out\n', 'err\n']);
  expect(JSON.parse(session.on(3))).toEqual({
    metadata: {}, status: 'Failure', message: 'command terminated with non-zero exit code: Error executing in Docker Container: 3', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  });
  const good = await open(exec(['true']));
  await good.closed;
  expect(JSON.parse(good.on(3))).toEqual({ metadata: {}, status: 'Success' });
  const old = await open(exec(['sh', '-c', 'echo hi; exit 4']), 'base64.channel.k8s.io');
  await old.closed;
  expect([old.on(1), old.on(3)]).toEqual(['hi\n', 'command terminated with non-zero exit code: Error executing in Docker Container: 4']);
  await expect(open(exec(['true']), 'v5.channel.k8s.io')).rejects.toThrow('403');
  await expect(open(exec(['true'], '', 'gone'))).rejects.toThrow('500 container not found ("gone")');
  await expect(open('/pods/pending/exec?stdout=1&command=ls')).rejects.toThrow('400 pod pending does not have a host assigned');
  await expect(open('/pods/web/exec?container=app&command=ls')).rejects.toThrow('400 you must specify at least 1 of stdin, stdout, stderr');
});

test('exec: a program that is not there', async () => {
  await start();
  const inDocker = await open(exec(['nope']));
  await inDocker.closed;
  expect(inDocker.on(1)).toContain('exec: "nope": executable file not found in $PATH');
  expect(JSON.parse(inDocker.on(3))).toMatchObject({ reason: 'NonZeroExitCode' });
  runtime!.close();
  server!.close();
  await start({ kind: 'containerd' });
  const inContainerd = await open(exec(['nope']));
  await inContainerd.closed;
  expect(JSON.parse(inContainerd.on(3))).toMatchObject({
    status: 'Failure', reason: 'InternalError', code: 500, message: expect.stringMatching(/^Internal error occurred: error executing command in container: failed to exec in container: .*"nope": executable file not found/),
  });
});

test('exec v5: the API server answers, and the end of the input reaches the program', async () => {
  await start();
  const session = await open(exec(['sh', '-c', 'cat; exit 7'], '&stdin=1'), ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
  expect(session.protocol).toBe('v5.channel.k8s.io');
  const much = 'x'.repeat(300_000);
  session.send(0, much);
  session.send(255, Buffer.from([0]));
  expect(await session.closed).toBe(1000);
  expect(session.on(1)).toBe(much);
  expect(JSON.parse(session.on(3))).toMatchObject({ message: 'command terminated with non-zero exit code: command terminated with exit code 7' });
  const refused = await open(exec(['ls'], '', 'gone'), 'v5.channel.k8s.io');
  await refused.closed;
  expect(JSON.parse(refused.on(3))).toMatchObject({ reason: 'InternalError', message: 'Internal error occurred: unable to upgrade connection: container not found ("gone")' });
});

test('exec with a terminal: one stream', async () => {
  await start();
  const session = await open(exec(['sh'], '&stdin=1&tty=1'));
  session.send(4, '{"Width":100,"Height":30}');
  session.send(4, 'nonsense');
  session.send(0, 'echo $((40 + 2)) >&2; exit 5\n');
  await session.closed;
  expect(session.on(1)).toContain('\r\n42\r\n');
  expect(session.on(2)).toBe('');
  expect(JSON.parse(session.on(3))).toMatchObject({ details: { causes: [{ message: '5' }] } });
});

test('attach: what the container\'s own program reads and writes from now on', async () => {
  await start();
  const session = await open('/pods/web/attach?container=idle&stdin=1&stdout=1&stderr=1');
  session.send(0, 'hello\n');
  await expect.poll(() => session.on(1)).toBe('hello\n');
  await containers.get('idle')!.stop(0);
  await session.closed;
  expect(JSON.parse(session.on(3))).toEqual({ metadata: {}, status: 'Success' });
  await expect(open('/pods/web/attach?container=gone&stdout=1')).rejects.toThrow('500 container gone not found in pod web_shop');
});

test('exec: a client that does not read makes the program wait, and one that leaves lets it be', async () => {
  await start();
  const socket = new WebSocket(`${url.replace('http', 'ws')}${exec(['yes', 'x'.repeat(1000)])}`, 'v4.channel.k8s.io');
  await once(socket, 'open');
  socket.pause();
  const { heapUsed, external } = process.memoryUsage();
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  const now = process.memoryUsage();
  expect(now.heapUsed + now.external - heapUsed - external).toBeLessThan(30_000_000);
  socket.terminate();
  const after = await open(exec(['echo', 'still here']));
  await after.closed;
  expect(after.on(1)).toBe('still here\n');
});

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

test('port-forward: each port a connection, and what nobody listens on is told', async () => {
  await start();
  const session = await open('/pods/web/portforward?ports=8080,9&ports=8080');
  session.send(0, REQUEST);
  session.send(4, REQUEST);
  await session.closed;
  const port = (number: number) => String.fromCharCode(number & 255, number >> 8);
  expect(session.messages.filter(([, content]) => content.length === 2).map(([channel]) => channel).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  for (const channel of [0, 4]) expect(session.on(channel)).toMatch(/HTTP\/1\.1 200 OK[^]*Hello from http-server/);
  expect(session.on(3)).toContain(port(9));
  expect(session.on(3)).toMatch(new RegExp(`error forwarding port 9 to pod ${sandbox.id}, uid : exit status 1: .* socat\\[\\d+\\] E connect\\(5, AF=2 127.0.0.1:9, 16\\): Connection refused\\n$`));
  const text64 = await open('/pods/web/portforward?ports=8080', 'v4.base64.channel.k8s.io');
  text64.send(0, REQUEST);
  await text64.closed;
  expect(text64.on(0)).toContain('Hello from http-server');
});

test.each([
  ['/pods/web/portforward', '400 query parameter "port" is required'],
  ['/pods/web/portforward?ports=0', '400 port "0" must be > 0'],
  ['/pods/web/portforward?ports=abc', '400 cannot convert to []int32: strconv.ParseUint: parsing "abc": invalid syntax'],
  ['/pods/web/portforward?ports=70000', '400 cannot convert to []int32: strconv.ParseUint: parsing "70000": value out of range'],
  ['/pods/creating/portforward?ports=80', '500 pod not found ("creating_shop")'],
  ['/pods/pending/portforward?ports=80', '400 pod pending does not have a host assigned'],
])('%s is refused: %s', async (path, words) => {
  await start();
  await expect(open(path)).rejects.toThrow(words);
});

test('port-forward in containerd\'s words', async () => {
  await start({ kind: 'containerd' });
  const session = await open('/pods/web/portforward?ports=9');
  await session.closed;
  expect(session.on(1)).toContain(`failed to connect to localhost:9 inside namespace "${sandbox.id}", IPv4: dial tcp4 127.0.0.1:9: connect: connection refused`);
});

test('proxy: to the pod\'s first port, another one, and through a service', async () => {
  await start();
  for (const path of ['/pods/web/proxy/', '/pods/web:8080/proxy/', '/pods/http:web:8080/proxy/', '/services/svc:web/proxy/', '/services/svc:80/proxy/']) {
    expect(await get(path)).toMatchObject({ status: 200, text: expect.stringContaining('Hello from http-server') });
  }
  expect(await get('/pods/web/proxy?a=b')).toMatchObject({ status: 301, headers: { location: '/pods/web/proxy/?a=b' } });
  expect(await get('/pods/web:9/proxy/')).toMatchObject({ status: 503, text: expect.stringContaining(`error trying to reach service: dial tcp ${sandbox.ip}:9: connect: connection refused`) });
  expect(await get('/services/svc:dead/proxy/')).toMatchObject({ status: 503, text: expect.stringContaining('connection refused') });
  expect(await get('/services/svc/proxy/')).toMatchObject({ status: 503, text: expect.stringContaining('no endpoints available for service \\"svc\\"') });
  expect(await get('/services/empty/proxy/')).toMatchObject({ status: 503, text: expect.stringContaining('no endpoints available for service \\"empty\\"') });
  expect(await get('/services/svc:55/proxy/')).toMatchObject({ status: 503, text: expect.stringContaining('no service port 55 found for service \\"svc\\"') });
  expect(await get('/services/none/proxy/')).toMatchObject({ status: 404 });
  expect(await get('/pods/pending:80/proxy/')).toMatchObject({ status: 400, text: expect.stringContaining('address not allowed') });
  expect(await get('/pods/a:b:c:d/proxy/')).toMatchObject({ status: 400, text: expect.stringContaining('invalid pod request') });
});
