// A program's streams over a WebSocket that a kubelet of the test serves: what is sent byte by byte, and what each end means.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { Failure } from '../../../shared/contract/failures.ts';
import { openConnection } from './connection.ts';
import { openTerminalStream, type TerminalTarget } from './terminal-stream.ts';
import { json, kubeconfigFor, startApiServer } from './test-api-server.ts';

const V4 = 'v4.channel.k8s.io';
const V5 = 'v5.channel.k8s.io';
const target: TerminalTarget = { namespace: 'dev', pod: 'web', container: 'app', command: ['sh'], hasTerminal: true, takesInput: true };
const outcome = (promise: Promise<unknown>) => promise.then((value) => value, (error: unknown) => (error instanceof Failure ? error.toData() : error));
const status = (value: object) => Buffer.concat([Buffer.from([3]), Buffer.from(JSON.stringify({ metadata: {}, ...value }))]);
const exited = (code: number) => status({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(code) }] } });
const out = (bytes: Uint8Array | string, channel = 1) => Buffer.concat([Buffer.from([channel]), Buffer.from(bytes)]);

/** Opens one with the newest of these subprotocols; `heard` is what came, by channel. */
async function play(spoken: string, part: Partial<TerminalTarget> = {}) {
  const made = new AsyncDisposableStack();
  const server = made.use(await startApiServer((_, response) => json(response, 500, {})));
  const accept = new WebSocketServer({ noServer: true, handleProtocols: (offered) => ([...offered].includes(spoken) ? spoken : false) });
  made.defer(() => accept.close());
  const heard: { readonly channel: number; readonly bytes: Buffer }[] = [];
  const urls: string[] = [];
  let pod: WebSocket | undefined;
  server.server.on('upgrade', (request, socket, head) => accept.handleUpgrade(request, socket, head, (opened) => {
    urls.push(request.url ?? '');
    pod = opened;
    opened.on('message', (message) => heard.push({ channel: (message as Buffer)[0]!, bytes: (message as Buffer).subarray(1) }));
  }));
  const connection = made.use(await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test'));
  const stream = await openTerminalStream(connection, { ...target, ...part });
  const got: Buffer[] = [];
  stream.start((bytes) => got.push(Buffer.from(bytes)));
  return {
    stream, heard, urls, pod: pod!,
    output: () => Buffer.concat(got),
    of: (channel: number) => Buffer.concat(heard.filter((one) => one.channel === channel).map(({ bytes }) => bytes)),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

test('what it asks for: exec with a terminal, attach with what the container has', async () => {
  await using exec = await play(V4);
  expect(exec.urls).toEqual(['/api/v1/namespaces/dev/pods/web/exec?container=app&stdin=true&stdout=true&stderr=false&tty=true&command=sh']);
  const { command: _, ...own } = target;
  await using made = await startApiServer((_asked, response) => json(response, 500, {}));
  const seen = once(made.server, 'upgrade');
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${made.port}`), 'test');
  const leave = new AbortController();
  const opening = outcome(openTerminalStream(connection, { ...own, hasTerminal: false, takesInput: false, signal: leave.signal }));
  expect((await seen as [{ url: string }])[0].url).toBe('/api/v1/namespaces/dev/pods/web/attach?container=app&stdin=false&stdout=true&stderr=true&tty=false');
  leave.abort('left');
  expect(await opening).toBe('left');
});

test('every byte passes as it is, both ways, in the order of the calls', async () => {
  await using played = await play(V4);
  const { stream, pod } = played;
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  pod.send(out(all));
  pod.send(out(Buffer.from('한').subarray(0, 2)));
  pod.send(out(Buffer.from('한').subarray(2), 2));
  const large = Buffer.alloc(300_000, 'x');
  await Promise.all([stream.write(large), stream.write(all), stream.write(Buffer.from('끝'))]);
  pod.send(exited(7));
  pod.close();
  expect(await stream.ended).toBe(7);
  expect(played.output().equals(Buffer.concat([all, Buffer.from('한')]))).toBe(true);
  expect(played.of(0).equals(Buffer.concat([large, all, Buffer.from('끝')]))).toBe(true);
  expect(Math.max(...played.heard.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(32 * 1024);
});

test('the end of input: a message of v5, and refused where the server has none', async () => {
  await using newer = await play(V5);
  expect(newer.stream.canEndInput).toBe(true);
  await newer.stream.write(Buffer.from('a'));
  await newer.stream.endInput();
  await expect.poll(() => newer.heard.map(({ channel, bytes }) => [channel, ...bytes])).toEqual([[0, 97], [255, 0]]);
  await using older = await play(V4);
  expect(older.stream.canEndInput).toBe(false);
  expect(await outcome(older.stream.endInput())).toEqual({ code: 'END_OF_INPUT_NOT_SUPPORTED', params: { context: 'test' }, cause: `the server chose ${V4}` });
});

test('sizes: the first at once, then the last of many, and what is no size never', async () => {
  await using played = await play(V4);
  const sizes = () => played.heard.filter(({ channel }) => channel === 4).map(({ bytes }) => bytes.toString());
  for (const columns of [0, NaN, -1, 0.5]) played.stream.resize(columns, 24);
  played.stream.resize(80, 24);
  await expect.poll(sizes).toEqual(['{"Width":80,"Height":24}']);
  for (let columns = 81; columns <= 200; columns += 1) played.stream.resize(columns, 24);
  await expect.poll(() => sizes().at(-1)).toBe('{"Width":200,"Height":24}');
  expect(sizes().length).toBeLessThanOrEqual(3);
});

test('a stream that is not read is not read: the other side waits', async () => {
  await using played = await play(V4);
  const { stream, pod } = played;
  stream.pause();
  const piece = out(Buffer.alloc(32 * 1024));
  let sent = 0;
  for (; sent < 3_000; sent += 1) {
    if (pod.bufferedAmount > 1024 * 1024) break;
    pod.send(piece);
    await wait(0);
  }
  expect(sent).toBeLessThan(3_000);
  expect(played.output().length).toBeLessThan(1024 * 1024);
  stream.resume();
  await expect.poll(() => played.output().length).toBe(sent * 32 * 1024);
});

test.each<[string, readonly Buffer[], Partial<TerminalTarget>, unknown]>([
  ['it ended well', [status({ status: 'Success' })], {}, 0],
  ['its exit code', [out('bye'), exited(130)], {}, 130],
  ['nobody tells what an attached program ended with', [status({ status: 'Success' })], { command: undefined as unknown as string[] }, undefined],
  ['no ending', [out('half')], {}, { code: 'TERMINAL_LOST', params: { pod: 'web' }, cause: 'the connection ended before the program did' }],
  ['Docker: the program is not there', [out('OCI runtime exec failed: exec failed: exec: "sh": executable file not found in $PATH: unknown\r\n'), exited(126)], {},
    { code: 'COMMAND_NOT_IN_IMAGE', params: { command: 'sh', container: 'app' }, cause: 'OCI runtime exec failed: exec failed: exec: "sh": executable file not found in $PATH: unknown' }],
  ['the container has stopped', [status({ status: 'Failure', code: 500, message: 'container not running (c76f)' })], {}, { code: 'POD_NOT_RUNNING', params: { pod: 'web' }, cause: 'container not running (c76f)' }],
])('how it ends: %s', async (_, messages, part, expected) => {
  await using played = await play(V4, part);
  for (const message of messages) played.pod.send(message);
  played.pod.close();
  expect(await outcome(played.stream.ended)).toEqual(expected);
  // What is written then goes nowhere, and nobody waits.
  await played.stream.write(Buffer.from('late'));
});

test('a connection that is cut is lost, one that is left is not', async () => {
  await using cut = await play(V4);
  cut.pod.terminate();
  expect(await outcome(cut.stream.ended)).toMatchObject({ code: 'TERMINAL_LOST' });
  await using left = await play(V4);
  left.stream.terminate();
  expect(await left.stream.ended).toBeUndefined();
});
