import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from './api-error.ts';
import { openConnection } from './connection.ts';
import type { UserEntry } from './kubeconfig.ts';
import { base64, json, kubeconfigFor, startApiServer } from './test-api-server.ts';
import { caCert, otherCaCert } from './test-certificates.ts';
import { connectProxy } from './test-proxies.ts';
import { openTunnel } from './tunnel.ts';
import { openWebSocket } from './websocket.ts';

const outcome = (promise: Promise<unknown>) => promise.then((value) => ({ value }), (error: unknown) => (error instanceof Failure ? error.toData() : error));
const target = { namespace: 'dev', pod: 'web', port: 8080 };
const portOf = (channel: number) => Buffer.from([channel, 0x90, 0x1f]); // 8080 little-endian
const data = (bytes: Uint8Array | string, channel = 0) => Buffer.concat([Buffer.from([channel]), Buffer.from(bytes)]);

/** A kubelet that the test plays: it accepts the socket, sends both ports and hands it over. */
async function play(options: { user?: Partial<UserEntry>; tls?: boolean; proxied?: boolean } = {}) {
  const server = await startApiServer((_, response) => json(response, 500, {}), options.tls ? {} : undefined);
  const accept = new WebSocketServer({ noServer: true, perMessageDeflate: true, handleProtocols: (offered) => [...offered][0] ?? false });
  const sockets: WebSocket[] = [];
  const urls: string[] = [];
  let wake = () => {};
  server.server.on('upgrade', (request, socket, head) => {
    urls.push(request.url ?? '');
    accept.handleUpgrade(request, socket, head, (opened) => {
      opened.send(portOf(0));
      opened.send(portOf(1));
      sockets.push(opened);
      wake();
    });
  });
  const scheme = options.tls ? 'https' : 'http';
  const proxy = await connectProxy(server.port);
  const address = options.proxied ? `${scheme}://named.test:6443` : `${scheme}://127.0.0.1:${server.port}`;
  const connection = await openConnection(kubeconfigFor(address, options.user, { caData: base64(caCert), ...(options.proxied ? { proxyUrl: proxy.url } : {}) }), 'test');
  return {
    server, connection, urls, proxy,
    async tunnel(silentAfterEndMs?: number): Promise<{ stream: Duplex; pod: WebSocket }> {
      const opened = new Promise<void>((resolve) => { wake = resolve; });
      const stream = await openTunnel(connection, target, silentAfterEndMs);
      await opened;
      return { stream, pod: sockets.at(-1)! };
    },
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]();
      accept.close();
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function textOf(stream: Duplex): Promise<string> {
  let text = '';
  for await (const bytes of stream) text += String(bytes);
  return text;
}

test('bytes go both ways over TLS, without the ports and in pieces of at most 64 KiB', async () => {
  await using it = await play({ tls: true });
  const { stream, pod } = await it.tunnel();
  const sent = randomBytes(1_000_000);
  const received: Buffer[] = [];
  const sizes: number[] = [];
  pod.on('message', (message: Buffer) => { sizes.push(message.length - 1); received.push(message.subarray(1)); pod.send(data(message.subarray(1))); });
  stream.write(sent);
  const hash = createHash('sha256');
  let length = 0;
  for await (const bytes of stream) {
    hash.update(bytes as Buffer);
    length += (bytes as Buffer).length;
    if (length >= sent.length) break;
  }
  expect({ length, digest: hash.digest('hex'), arrived: Buffer.concat(received).equals(sent), largest: Math.max(...sizes), url: it.urls, extensions: pod.extensions }).toEqual({
    length: 1_000_000, digest: createHash('sha256').update(sent).digest('hex'), arrived: true, largest: 65_536, url: ['/api/v1/namespaces/dev/pods/web/portforward?ports=8080'], extensions: '',
  });
});

test('through an HTTP proxy, and the server has to be who it is there too', async () => {
  await using it = await play({ tls: true, proxied: true });
  const { stream, pod } = await it.tunnel();
  pod.send(data('hello'));
  pod.close();
  expect(await textOf(stream)).toBe('hello');
  expect(it.proxy.targets).toEqual(['named.test:6443']);
  await using other = await openConnection(kubeconfigFor('https://named.test:6443', {}, { caData: base64(otherCaCert), proxyUrl: it.proxy.url }), 'test');
  expect(await outcome(openTunnel(other, target))).toMatchObject({ code: 'CLUSTER_NOT_TRUSTED' });
});

test('the pod closes: the stream ends, and then nothing can be written', async () => {
  await using it = await play();
  const { stream, pod } = await it.tunnel();
  pod.send(data('bye'));
  pod.close();
  expect(await textOf(stream)).toBe('bye');
  const failing = once(stream, 'error');
  stream.write('too late');
  expect(await outcome(failing.then(([error]) => (error as Failure).toData()))).toEqual({
    value: { code: 'TUNNEL_FAILED', params: { pod: 'web', port: 8080 }, cause: 'the pod closed the connection' },
  });
});

test('the local side ends: what the pod still says is read, until it closes', async () => {
  await using it = await play();
  const { stream, pod } = await it.tunnel();
  pod.once('message', (message: Buffer) => {
    pod.send(data(`you said ${message.subarray(1).toString()}`));
    setImmediate(() => pod.close());
  });
  stream.end('hello');
  expect(await textOf(stream)).toBe('you said hello');
});

test('the local side ends and the pod never says anything: it may have waited for an end that cannot be told', async () => {
  await using it = await play();
  const { stream, pod } = await it.tunnel(1_000);
  const closed = once(pod, 'close');
  stream.end('hello');
  expect(await outcome(textOf(stream))).toEqual({ code: 'HALF_CLOSE_UNSUPPORTED', params: { pod: 'web', port: 8080, seconds: 1 }, cause: 'half-close is not supported by this server' });
  await closed;
});

test('the local side ends and the pod is silent: closed after a while', async () => {
  await using it = await play();
  const { stream, pod } = await it.tunnel(50);
  pod.send(data('something'));
  const closed = once(pod, 'close');
  stream.end();
  expect(await textOf(stream)).toBe('something');
  await closed;
});

const failures: [string, string, unknown][] = [
  ['docker', 'error forwarding port 7 to pod c76f, uid : exit status 1: 2026/11/24 21:05:10 socat[14750] E connect(5, AF=2 127.0.0.1:7, 16): Connection refused', { code: 'PORT_REFUSED_IN_POD', params: { pod: 'web', port: 8080 } }],
  ['containerd', 'error forwarding port 7 to pod ee9b, uid : failed to execute portforward in network namespace "/var/run/netns/cni-463a": failed to connect to localhost:7 inside namespace "ee9b", IPv4: dial tcp4 127.0.0.1:7: connect: connection refused IPv6 dial tcp6 [::1]:7: connect: connection refused', { code: 'PORT_REFUSED_IN_POD', params: { pod: 'web', port: 8080 } }],
  ['a sandbox that is gone', 'error forwarding port 7 to pod ee9b, uid : failed to find sandbox "ee9b" in store: not found', { code: 'POD_GONE', params: { pod: 'web' } }],
  ['a sandbox that stopped', 'error forwarding port 7 to pod c76f, uid : container not running (c76f)', { code: 'POD_NOT_RUNNING', params: { pod: 'web' } }],
  ['anything else', 'error forwarding port 7 to pod c76f, uid : unable to do port forwarding: socat not found', { code: 'TUNNEL_FAILED', params: { pod: 'web', port: 8080 } }],
];
test.each(failures)('words on the error channel: %s', async (_, words, expected) => {
  await using it = await play();
  const { stream, pod } = await it.tunnel();
  pod.send(data(words, 1));
  expect(await outcome(textOf(stream))).toEqual({ ...(expected as object), cause: words });
});

test('cut off, given up, connection closed: the stream fails and never silently ends', async () => {
  await using it = await play();
  const cut = await it.tunnel();
  cut.pod.terminate();
  expect(await outcome(textOf(cut.stream))).toEqual({ code: 'TUNNEL_FAILED', params: { pod: 'web', port: 8080 }, cause: 'the connection was cut' });

  const giveUp = new AbortController();
  const given = await openTunnel(it.connection, { ...target, signal: giveUp.signal });
  giveUp.abort(new Error('enough'));
  expect(await outcome(textOf(given))).toMatchObject({ code: 'TUNNEL_FAILED', cause: 'enough' });

  const left = await it.tunnel();
  const closed = once(left.pod, 'close');
  left.stream.destroy();
  await closed;

  const last = await it.tunnel();
  const failing = outcome(textOf(last.stream));
  await it.connection[Symbol.asyncDispose]();
  expect(await failing).toMatchObject({ code: 'TUNNEL_FAILED', cause: 'the connection to test was closed' });
});

test('a failure before anybody listens is the stream\'s and ends nothing else', async () => {
  await using it = await play();
  const { stream, pod } = await it.tunnel();
  const closed = once(pod, 'close');
  pod.send(data('error forwarding port 8080 to pod web: connect: Connection refused', 1));
  await closed;
  await it.connection.request({ path: '/version' }).catch(() => {}); // by when the stream would have thrown
  expect({ destroyed: stream.destroyed, error: (stream.errored as Failure).code }).toEqual({ destroyed: true, error: 'PORT_REFUSED_IN_POD' });
});

test('a slow reader holds the pod up, and little is kept', async () => {
  await using it = await play();
  const { stream, pod } = await it.tunnel();
  const piece = data(Buffer.alloc(32 * 1024));
  let sent = 0;
  // The pod sends as fast as its socket takes it.
  const pump = () => pod.send(piece, (error) => { if (!error) { sent += 32 * 1024; setImmediate(pump); } });
  pump();
  await once(stream, 'readable');
  for (let before = -1; before !== sent;) {
    before = sent;
    await it.connection.request({ path: '/version', timeoutMs: 100 }).catch(() => {});
  }
  expect(stream.readableLength).toBeLessThan(256 * 1024);
  expect(sent).toBeLessThan(16 * 1024 * 1024); // what two kernel buffers hold
  const before = sent;
  for await (const _ of stream) if (sent > before + 8 * 1024 * 1024) break; // and it goes on
});

test('a pod that does not read holds the writer up, and little is kept', async () => {
  await using it = await play();
  const { stream, pod } = await it.tunnel();
  pod.pause();
  let written = 0;
  let goal = Number.POSITIVE_INFINITY;
  let reached = () => {};
  const piece = Buffer.alloc(64 * 1024);
  const pump = () => {
    stream.write(piece, (error) => {
      if (error) return;
      written += piece.length;
      if (written > goal) reached();
      setImmediate(pump);
    });
  };
  pump();
  for (let before = -1; before !== written;) {
    before = written;
    await it.connection.request({ path: '/version', timeoutMs: 100 }).catch(() => {});
  }
  expect(written).toBeLessThan(16 * 1024 * 1024);
  goal = written + 4 * 1024 * 1024;
  const goesOn = new Promise<void>((resolve) => { reached = resolve; });
  pod.resume();
  await goesOn;
  stream.on('error', () => {}).destroy();
});

const status = (code: number, reason: string, message: string) => ({ kind: 'Status', code, reason, message });
test.each([
  [401, status(401, 'Unauthorized', 'Unauthorized'), { code: 'CREDENTIALS_REFUSED', params: { context: 'test' }, cause: 'Unauthorized' }],
  [403, status(403, 'Forbidden', 'pods "web" is forbidden: User "eve" cannot create resource "pods/portforward" in API group "" in the namespace "dev"'),
    { code: 'NOT_ALLOWED', params: { verb: 'create', resource: 'pods/portforward', namespace: 'dev' }, cause: 'pods "web" is forbidden: User "eve" cannot create resource "pods/portforward" in API group "" in the namespace "dev"' }],
  [404, status(404, 'NotFound', 'pods "web" not found'), { code: 'POD_GONE', params: { pod: 'web' }, cause: 'pods "web" not found' }],
  [400, status(400, 'BadRequest', 'pod web does not have a host assigned'), { code: 'POD_NOT_RUNNING', params: { pod: 'web' }, cause: 'pod web does not have a host assigned' }],
  [500, status(500, '', 'error dialing backend: dial tcp 192.0.2.2:10250: connect: connection refused'),
    { code: 'TUNNEL_FAILED', params: { pod: 'web', port: 8080 }, cause: 'error dialing backend: dial tcp 192.0.2.2:10250: connect: connection refused' }],
])('not upgraded: %i', async (code, body, expected) => {
  await using server = await startApiServer((_, response) => json(response, code, body));
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  expect(await outcome(openTunnel(connection, target))).toEqual(expected);
});

test('a refused upgrade renews the credentials once; nobody there is unreachable; another refusal keeps the words', async () => {
  const server = await startApiServer((_, response) => json(response, 401, status(401, 'Unauthorized', 'Unauthorized')));
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, env: [], provideClusterInfo: false,
    args: ['-e', "console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: String(process.pid) } }))"],
  };
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`, { exec }), 'test');
  expect(await outcome(openTunnel(connection, target))).toMatchObject({ code: 'CREDENTIALS_REFUSED' });
  expect(new Set(server.asked.map(({ headers }) => headers.authorization)).size).toBe(2);
  await server[Symbol.asyncDispose]();
  expect(await outcome(openTunnel(connection, target))).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });

  await using other = await startApiServer((_, response) => { response.writeHead(502).end('bad gateway'); });
  await using through = await openConnection(kubeconfigFor(`http://127.0.0.1:${other.port}`), 'test');
  const error = await openWebSocket(through, { path: '/x', query: [], protocols: ['v4.channel.k8s.io'] }).catch((thrown: unknown) => thrown);
  expect(error instanceof ApiError && [error.status, error.message]).toEqual([502, 'bad gateway']);
});
