import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from './api-error.ts';
import { openConnection } from './connection.ts';
import { base64, json, kubeconfigFor, startApiServer } from './test-api-server.ts';
import { caCert, clientCert, clientKey, otherCaCert } from './test-certificates.ts';
import { connectProxy } from './test-proxies.ts';

const url = ({ port }: { port: number }, scheme = 'http') => `${scheme}://127.0.0.1:${port}`;
const plain = (error: unknown) => (error instanceof Failure ? error.toData()
  : error instanceof ApiError ? { status: error.status, reason: error.reason, message: error.message, retryAfter: error.retryAfterSeconds }
  : error);
const outcome = (promise: Promise<unknown>) => promise.then((value) => ({ value }), (error: unknown) => plain(error));

test('a request is sent as it is and its answer is given raw, with its warnings', async () => {
  await using server = await startApiServer((_, response) => json(response, 201, { kind: 'Pod', brandNewField: { a: 1 } }, {
    warning: ['299 - "unknown field \\"spec.x\\""', '299 - "one", 299 - "two"'],
  }));
  const told: string[] = [];
  await using connection = await openConnection(kubeconfigFor(`${url(server)}/base`, { token: ' secret\n' }), 'test', { onWarning: (text) => told.push(text) });
  const answer = await connection.request({
    method: 'PATCH', path: '/api/v1/pods/a', query: { dryRun: 'All', force: true, limit: 5, absent: undefined }, body: { odd: { field: 1 } }, contentType: 'application/apply-patch+yaml',
  });
  const warnings = ['unknown field "spec.x"', 'one', 'two'];
  expect({ status: answer.status, json: answer.json, warnings: answer.warnings, told }).toEqual({ status: 201, json: { kind: 'Pod', brandNewField: { a: 1 } }, warnings, told: warnings });
  const [{ method, url: asked, body, headers }] = server.asked as [(typeof server.asked)[0]];
  expect({ method, asked, body, type: headers['content-type'], accept: headers.accept, authorization: headers.authorization }).toEqual({
    method: 'PATCH', asked: '/base/api/v1/pods/a?dryRun=All&force=true&limit=5', body: '{"odd":{"field":1}}',
    type: 'application/apply-patch+yaml', accept: 'application/json', authorization: 'Bearer secret',
  });
});

const status = (code: number, reason: string, message: string, details?: unknown) => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details });

test.each([
  ['401', 401, status(401, 'Unauthorized', 'Unauthorized'), { code: 'CREDENTIALS_REFUSED', params: { context: 'test' }, cause: 'Unauthorized' }],
  ['403 of the authorizer', 403, status(403, 'Forbidden', 'pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "prod"', { kind: 'pods' }),
    { code: 'NOT_ALLOWED', params: { verb: 'list', resource: 'pods', namespace: 'prod' }, cause: 'pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "prod"' }],
  ['403 at the cluster scope', 403, status(403, 'Forbidden', 'nodes is forbidden: User "eve" cannot watch resource "nodes" in API group "" at the cluster scope'),
    { code: 'NOT_ALLOWED', params: { verb: 'watch', resource: 'nodes', namespace: '' }, cause: 'nodes is forbidden: User "eve" cannot watch resource "nodes" in API group "" at the cluster scope' }],
  ['403 about a path', 403, status(403, 'Forbidden', 'forbidden: User "system:anonymous" cannot get path "/apis"'),
    { code: 'NOT_ALLOWED', params: { verb: 'get', resource: '/apis', namespace: '' }, cause: 'forbidden: User "system:anonymous" cannot get path "/apis"' }],
  ['403 of admission', 403, status(403, 'Forbidden', 'pods "a" is forbidden: exceeded quota: small'),
    { status: 403, reason: 'Forbidden', message: 'pods "a" is forbidden: exceeded quota: small', retryAfter: undefined }],
  ['403 of a proxy', 403, '<h1>No</h1>', { code: 'NOT_ALLOWED', params: { verb: 'list', resource: 'pods', namespace: 'prod' }, cause: '"<h1>No</h1>"' }],
  ['404', 404, status(404, 'NotFound', 'pods "a" not found'), { status: 404, reason: 'NotFound', message: 'pods "a" not found', retryAfter: undefined }],
  ['429', 429, status(429, 'TooManyRequests', 'slow down', { retryAfterSeconds: 7 }), { status: 429, reason: 'TooManyRequests', message: 'slow down', retryAfter: 7 }],
  ['500 without a Status', 500, 'oh no', { status: 500, reason: '', message: '"oh no"', retryAfter: undefined }],
])('%s', async (_, code, body, expected) => {
  await using server = await startApiServer((__, response) => json(response, code, body));
  await using connection = await openConnection(kubeconfigFor(url(server)), 'test');
  expect(await outcome(connection.request({ path: '/api/v1/namespaces/prod/pods' }))).toEqual(expected);
  expect(await outcome(connection.stream({ path: '/api/v1/namespaces/prod/pods' }))).toEqual(expected);
});

test('an answer that is no JSON is no answer of a cluster', async () => {
  await using server = await startApiServer((_, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Please log in</title>'); });
  await using connection = await openConnection(kubeconfigFor(url(server)), 'test');
  expect(await outcome(connection.request({ path: '/version' }))).toEqual({
    status: 200, reason: 'NotJson', message: 'the server answered with text/html: <title>Please log in</title>', retryAfter: undefined,
  });
});

test('40 calls and two streams share few connections', async () => {
  await using server = await startApiServer(({ url: asked }, response) => {
    if (asked.includes('watch')) response.writeHead(200).write('\n');
    else setTimeout(() => json(response, 200, {}), 1);
  });
  await using connection = await openConnection(kubeconfigFor(url(server)), 'test');
  await using _one = await connection.stream({ path: '/api/v1/pods', query: { watch: true } });
  await using _two = await connection.stream({ path: '/api/v1/events', query: { watch: true } });
  for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 40 }, () => connection.request({ path: '/version' })));
  expect(server.asked.length).toBe(122);
  expect(server.accepted).toBeLessThanOrEqual(8 + 2);
  expect(connection.socketsOpened).toBe(server.accepted);
});

test('a waiting call can be given up, and its place is free again', async () => {
  const held: (() => void)[] = [];
  await using server = await startApiServer((_, response) => { held.push(() => json(response, 200, {})); });
  await using connection = await openConnection(kubeconfigFor(url(server)), 'test');
  const running = Array.from({ length: 8 }, () => connection.request({ path: '/version' }));
  const waiting = new AbortController();
  const given = outcome(connection.request({ path: '/version', signal: waiting.signal }));
  const last = connection.request({ path: '/last' });
  waiting.abort('enough');
  expect(await given).toBe('enough');
  while (held.length < 8) await new Promise(setImmediate);
  for (const answer of held.splice(0)) answer();
  await Promise.all(running);
  while (held.length < 1) await new Promise(setImmediate);
  held[0]!();
  expect((await last).status).toBe(200);
});

test('unreachable, silent, given up, closed', async () => {
  const server = await startApiServer(() => {});
  const kubeconfig = kubeconfigFor(url(server));
  const connection = await openConnection(kubeconfig, 'test');
  const params = { context: 'test', server: url(server) };
  expect(await outcome(connection.request({ path: '/version', timeoutMs: 50 }))).toEqual({ code: 'CLUSTER_UNREACHABLE', params, cause: 'no answer within 0.05 s' });
  expect(await outcome(connection.stream({ path: '/version', timeoutMs: 50 }))).toEqual({ code: 'CLUSTER_UNREACHABLE', params, cause: 'no answer within 0.05 s' });
  const reason = new Error('changed my mind');
  const giveUp = new AbortController();
  const given = outcome(connection.request({ path: '/version', signal: giveUp.signal }));
  giveUp.abort(reason);
  expect(await given).toBe(reason);
  await server[Symbol.asyncDispose]();
  expect(await outcome(connection.request({ path: '/version' }))).toEqual({ code: 'CLUSTER_UNREACHABLE', params, cause: expect.stringContaining('ECONNREFUSED') });
  await connection[Symbol.asyncDispose]();
  expect(await outcome(connection.request({ path: '/version' }))).toMatchObject({ name: 'AbortError', message: 'the connection to test was closed' });
});

test('a connection that the server closed while it was idle: a read is repeated, a write is not', async () => {
  let answered = 0;
  await using server = await startApiServer((_, response, request) => {
    answered += 1;
    if (answered % 2 === 0) request.socket.destroy();
    else json(response, 200, { answered });
  });
  await using connection = await openConnection(kubeconfigFor(url(server)), 'test');
  await connection.request({ path: '/version' });
  expect((await connection.request({ path: '/version' })).json).toEqual({ answered: 3 });
  expect(await outcome(connection.request({ method: 'POST', path: '/version', body: {} }))).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  expect(server.asked.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'POST']);
});

test('a client certificate is shown, and the server has to be who it is', async () => {
  await using server = await startApiServer((_, response) => json(response, 200, {}), { requestCert: true, ca: caCert });
  const certificate = { certData: base64(clientCert), keyData: base64(clientKey) };
  const ask = async (host: string, cluster: Parameters<typeof kubeconfigFor>[2]) => {
    await using connection = await openConnection(kubeconfigFor(`https://${host}:${server.port}`, certificate, cluster), 'test');
    return await outcome(connection.request({ path: '/version' }).then(() => server.asked.at(-1)?.certificate));
  };
  const untrusted = (host: string, words: RegExp) => ({ code: 'CLUSTER_NOT_TRUSTED', params: { context: 'test', server: `https://${host}:${server.port}` }, cause: expect.stringMatching(words) });
  expect(await ask('127.0.0.1', { caData: base64(caCert) })).toEqual({ value: 'podlab-test-client' });
  expect(await ask('127.0.0.1', { caData: base64(otherCaCert) })).toEqual(untrusted('127.0.0.1', /certificate/));
  expect(await ask('127.0.0.1', {})).toEqual(untrusted('127.0.0.1', /certificate/));
  expect(await ask('127.0.0.1', { skipTlsVerify: true })).toEqual({ value: 'podlab-test-client' });
  expect(await ask('127.0.0.2', { caData: base64(caCert) })).toMatchObject({ code: 'CLUSTER_UNREACHABLE' }); // nobody listens there
  expect(await ask('127.0.0.1', { caData: base64(caCert), tlsServerName: 'named.test' })).toEqual({ value: 'podlab-test-client' });
  expect(await ask('127.0.0.1', { caData: base64(caCert), tlsServerName: 'wrong.test' })).toEqual(untrusted('127.0.0.1', /wrong\.test/));
});

test('a stream is read only as fast as it is asked for, and closing it closes its socket', async () => {
  let written = 0;
  const piece = Buffer.alloc(64 * 1024);
  await using server = await startApiServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    const write = () => { while (response.write(piece)) written += piece.length; };
    response.on('drain', write);
    write();
  });
  await using connection = await openConnection(kubeconfigFor(url(server)), 'test');
  const stream = await connection.stream({ path: '/logs' });
  const iterator = stream[Symbol.asyncIterator]();
  await iterator.next();
  // It stops at what the kernel's two socket buffers hold. Wait until nothing moves.
  for (let before = -1; before !== written;) {
    before = written;
    await connection.request({ path: '/version', timeoutMs: 100 }).catch(() => {});
  }
  expect(written).toBeLessThan(16 * 1024 * 1024);
  const [socket] = [...server.sockets] as [import('node:net').Socket];
  const closed = new Promise((resolve) => { socket.on('close', resolve); });
  await stream[Symbol.asyncDispose]();
  await closed;
});

test('a stream that is cut fails, one that ends is at its end, one of a closed connection is given up', async () => {
  await using server = await startApiServer(({ url: asked }, response, request) => {
    response.writeHead(200).write('some');
    if (asked === '/cut') setImmediate(() => request.socket.destroy());
    if (asked === '/end') response.end('thing');
  });
  const connection = await openConnection(kubeconfigFor(url(server)), 'test');
  const read = async (path: string) => {
    let text = '';
    for await (const bytes of await connection.stream({ path })) text += Buffer.from(bytes).toString();
    return text;
  };
  expect(await outcome(read('/end'))).toEqual({ value: 'something' });
  expect(await outcome(read('/cut'))).toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  const open = outcome(read('/open'));
  await once(server.server, 'request');
  await connection[Symbol.asyncDispose]();
  expect(await open).toMatchObject({ name: 'AbortError' });
});

test('through an HTTP proxy', async () => {
  await using server = await startApiServer((_, response) => json(response, 200, { reached: true }), {});
  await using proxy = await connectProxy(server.port);
  await using connection = await openConnection(kubeconfigFor('https://named.test:6443', {}, { caData: base64(caCert), proxyUrl: proxy.url }), 'test');
  expect((await connection.request({ path: '/version' })).json).toEqual({ reached: true });
  expect(proxy.targets).toEqual(['named.test:6443']);
});

test.each([
  ['no such context', kubeconfigFor('http://localhost'), 'other', { code: 'CONTEXT_NOT_FOUND', params: { context: 'other' }, cause: 'no context "other" in /test/config' }],
  ['no such cluster', { ...kubeconfigFor('http://localhost'), clusters: new Map() }, 'test',
    { code: 'KUBECONFIG_INVALID', params: { file: '/test/config' }, cause: 'context "test" names the cluster "cluster", which is not defined' }],
  ['no such user', { ...kubeconfigFor('http://localhost'), users: new Map() }, 'test',
    { code: 'KUBECONFIG_INVALID', params: { file: '/test/config' }, cause: 'context "test" names the user "user", which is not defined' }],
  ['a server that is no URL', kubeconfigFor('localhost:6443'), 'test', { code: 'KUBECONFIG_INVALID', params: { file: '/test/config' }, cause: 'cluster "cluster" has the server "localhost:6443"' }],
  ['a certificate file that is missing', kubeconfigFor('https://localhost', { certFile: '/nowhere/client.crt', keyFile: '/nowhere/client.key' }), 'test',
    { code: 'CREDENTIALS_FILE_MISSING', params: { context: 'test', file: '/nowhere/client.crt' }, cause: "ENOENT: no such file or directory, open '/nowhere/client.crt'" }],
  ['a CA that is no certificate', kubeconfigFor('https://localhost', {}, { caData: base64('not PEM') }), 'test', { code: 'KUBECONFIG_INVALID', params: { file: '/test/config' }, cause: expect.stringMatching(/PEM|start line/i) }],
])('cannot be opened: %s', async (_, kubeconfig, name, expected) => {
  expect(await outcome(openConnection(kubeconfig, name))).toEqual(expected);
});

test.each([
  ['127.0.0.1:3128', 'cluster "cluster": Invalid URL'],
  ['localhost:3128', 'cluster "cluster": Invalid URL protocol: the URL must start with `http:` or `https:`.'],
])('a proxy that is none (%s) is a mistake of the kubeconfig', async (proxyUrl, cause) => {
  await using connection = await openConnection(kubeconfigFor('https://named.test:6443', {}, { proxyUrl }), 'test');
  const expected = { code: 'KUBECONFIG_INVALID', params: { file: '/test/config' }, cause };
  expect(await outcome(connection.request({ path: '/version' }))).toEqual(expected);
  expect(await outcome(connection.stream({ path: '/api/v1/pods' }))).toEqual(expected);
  expect(await outcome(connection.webSocketOptions())).toEqual(expected);
});

test('a connection whose agent for WebSockets cannot be made closes all the same', async () => {
  // client-node does not know a scheme in capitals.
  const connection = await openConnection(kubeconfigFor('HTTPS://named.test:6443', {}, { proxyUrl: 'http://127.0.0.1:1' }), 'test');
  expect(await outcome(connection.webSocketOptions())).toMatchObject({ code: 'KUBECONFIG_INVALID', params: { file: '/test/config' } });
  await connection[Symbol.asyncDispose]();
  expect(connection.closed.aborted).toBe(true);
});
