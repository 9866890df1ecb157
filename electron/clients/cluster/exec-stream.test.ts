// The program's output waits for its reader, its input for the network; how it ended is told at the end.
import { expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { Failure } from '../../../shared/contract/failures.ts';
import { openConnection } from './connection.ts';
import { openExecStream, type ExecStream } from './exec-stream.ts';
import { json, kubeconfigFor, startApiServer } from './test-api-server.ts';

const success = [3, '{"metadata":{},"status":"Success"}'] as const;
const message = (channel: number, bytes: Uint8Array | string) => Buffer.concat([Buffer.from([channel]), Buffer.from(bytes)]);

async function withKubelet(kubelet: (socket: WebSocket) => void, use: (stream: ExecStream, url: string) => Promise<void>, signal?: AbortSignal): Promise<void> {
  await using server = await startApiServer((_, response) => json(response, 500, {}));
  const accept = new WebSocketServer({ noServer: true, handleProtocols: () => 'v4.channel.k8s.io' });
  let url = '';
  server.server.on('upgrade', (request, socket, head) => {
    url = request.url ?? '';
    accept.handleUpgrade(request, socket, head, kubelet);
  });
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  using stream = await openExecStream(connection, { namespace: 'dev', pod: 'web', container: 'app', command: ['cat'], takesInput: true, signal });
  await use(stream, url);
  accept.close();
}
const outcome = (ended: Promise<unknown>) => ended.catch((error: unknown) => (error instanceof Failure ? error.toData() : error));
async function read(stream: ExecStream): Promise<string> {
  let text = '';
  for await (const piece of stream.stdout) text += piece.toString();
  return text;
}

test('what it is given, what it writes, and how it ends', () => withKubelet((socket) => {
  let input = '';
  socket.on('message', (data: Buffer) => {
    input += data.subarray(1).toString();
    if (input.length < 100_000) return;
    socket.send(message(1, `got ${input.length} on ${data[0]}`));
    socket.send(message(2, 'a warning'));
    socket.send(message(...success));
    socket.close();
  });
}, async (stream, url) => {
  await stream.write(Buffer.alloc(100_000, 'x'));
  expect(await read(stream)).toBe('got 100000 on 0');
  expect(await stream.ended).toEqual({ exitCode: 0, stderr: 'a warning' });
  expect(url).toBe('/api/v1/namespaces/dev/pods/web/exec?container=app&stdin=true&stdout=true&stderr=true&tty=false&command=cat');
}));

test('a reader that waits makes the server wait', () => {
  let sent = 0;
  return withKubelet((socket) => {
    const piece = message(1, Buffer.alloc(32 * 1024));
    const more = () => {
      if (sent >= 64 * 1024 * 1024) { socket.send(message(...success)); return socket.close(); }
      sent += piece.length - 1;
      socket.send(piece, () => setImmediate(more));
    };
    more();
  }, async (stream) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    // What is on the way lies in the sockets' buffers.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    let length = 0;
    for await (const piece of stream.stdout) length += piece.length;
    expect([length, (await stream.ended).exitCode]).toEqual([64 * 1024 * 1024, 0]);
  });
});

test('a program that is not in the image, by either runtime', async () => {
  const words = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "cat": executable file not found in $PATH: unknown';
  const exited = { status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '126' }] } };
  for (const messages of [[message(1, `${words}\r\n`), message(3, JSON.stringify(exited))], [message(3, JSON.stringify({ status: 'Failure', message: words, code: 500 }))]]) {
    await withKubelet((socket) => { for (const each of messages) socket.send(each); socket.close(); }, async (stream) => {
      await read(stream);
      expect(await outcome(stream.ended)).toMatchObject({ code: 'COMMAND_NOT_IN_IMAGE', params: { command: 'cat', container: 'app' } });
    });
  }
});

test('a connection that breaks, and a reader that gives up', async () => {
  await withKubelet((socket) => { socket.send(message(1, 'half')); setTimeout(() => socket.terminate(), 50); }, async (stream) => {
    expect(await read(stream)).toBe('half');
    expect(await outcome(stream.ended)).toMatchObject({ code: 'CLUSTER_UNREACHABLE', cause: 'the connection was cut' });
    await stream.write(Buffer.alloc(10)); // goes nowhere, and does not wait
  });
  const stop = new AbortController();
  await withKubelet(() => {}, async (stream) => {
    setTimeout(() => stop.abort('enough'), 20);
    expect(await read(stream)).toBe('');
    expect(await outcome(stream.ended)).toBe('enough');
  }, stop.signal);
});
