// Real sockets on loopback; what the tunnel leads to is a small TCP server of the test in the place of a pod.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { openForward, type Forward } from './forward.ts';

const target = { context: 'c', namespace: 'n', pod: 'p', podPort: 8080 };

async function pod(serve: (socket: Socket) => unknown): Promise<{ dial: () => Promise<{ tunnel: Duplex; pod: { name: string; uid: string } }>; server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const dial = async () => {
    const tunnel = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(tunnel, 'connect');
    return { tunnel, pod: { name: 'p', uid: 'u1' } };
  };
  return { dial, server };
}

async function forward(dial: Parameters<typeof openForward>[3]): Promise<Forward> {
  const opened = await openForward('f', target, 0, dial);
  onTestFinished(() => opened.close().catch(() => {}));
  return opened;
}

async function ask(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

test('a client that has ended its side still gets the whole answer, and bytes and connections are counted', async () => {
  const { dial } = await pod(async (socket) => {
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    socket.end(`you said ${text}`);
  });
  const opened = await forward(dial);
  expect(await ask(opened.row.value.localPort, 'hello')).toBe('you said hello');
  await expect.poll(() => opened.row.value).toEqual({
    id: 'f', ...target, localPort: opened.row.value.localPort, state: 'listening', open: 0, total: 1, bytesIn: 14, bytesOut: 5, servingPod: { name: 'p', uid: 'u1' },
  });
});

test('a tunnel that cannot be opened resets the client, says why, and the next connection works', async () => {
  const { dial } = await pod((socket) => socket.end('fine'));
  let refuse = true;
  const opened = await forward(async () => {
    if (refuse) throw new Failure('PORT_REFUSED_IN_POD', { pod: 'p', port: 8080 }, 'connection refused');
    return dial();
  });
  await expect(ask(opened.row.value.localPort, '')).rejects.toThrow('ECONNRESET');
  await expect.poll(() => opened.row.value.state).toBe('failed');
  expect(opened.row.value.lastError).toEqual({ code: 'PORT_REFUSED_IN_POD', params: { pod: 'p', port: 8080 }, cause: 'connection refused' });
  refuse = false;
  expect(await ask(opened.row.value.localPort, '')).toBe('fine');
  await expect.poll(() => opened.row.value.state).toBe('listening');
  expect(opened.row.value.lastError).toBeUndefined();
});

test('a tunnel that breaks in the middle resets the client, and no connection stays open', async () => {
  const opened = await forward(async () => {
    const tunnel = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    setImmediate(() => tunnel.destroy(new Failure('PORT_REFUSED_IN_POD', { pod: 'p', port: 8080 }, 'connection refused')));
    return { tunnel, pod: { name: 'p', uid: 'u1' } };
  });
  await expect(ask(opened.row.value.localPort, 'hello')).rejects.toThrow('ECONNRESET');
  await expect.poll(() => opened.row.value).toMatchObject({ state: 'failed', open: 0, total: 1, lastError: { code: 'PORT_REFUSED_IN_POD' } });
});

test('a pod that closes first ends the connection on both sides', async () => {
  const { dial } = await pod((socket) => socket.end('bye'));
  const opened = await forward(dial);
  const client = connect({ port: opened.row.value.localPort, host: '127.0.0.1' });
  let text = '';
  for await (const chunk of client) text += String(chunk);
  expect(text).toBe('bye');
  await expect.poll(() => opened.row.value).toMatchObject({ state: 'listening', open: 0, bytesIn: 3 });
});

test('while no such pod runs the forward waits, and goes on listening', async () => {
  const { dial } = await pod((socket) => socket.end());
  const opened = await forward(dial);
  opened.podRunning(false);
  expect(opened.row.value.state).toBe('waiting');
  opened.podRunning(true);
  expect(opened.row.value.state).toBe('listening');
});

test('a busy port is named with the next free one; closing frees the port and ends connections', async () => {
  const { dial } = await pod((socket) => socket.write('x'));
  const first = await openForward('a', target, 0, dial);
  const { localPort } = first.row.value;
  const failure = await openForward('b', target, localPort, dial).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'LOCAL_PORT_IN_USE', parameters: { port: localPort } });
  const { free } = (failure as Failure<'LOCAL_PORT_IN_USE'>).parameters;
  expect(free).toBeGreaterThan(localPort);
  const client = connect(localPort, '127.0.0.1').on('error', () => {});
  await once(client, 'data');
  const closed = once(client, 'close');
  await first.close();
  await closed;
  const again = await openForward('c', target, localPort, dial);
  expect(again.row.value.localPort).toBe(localPort);
  await again.close();
});

test('a port below 1024 is refused to who is not root, with the reason', async () => {
  // Linux says from where on ports are free for all (ip(7), ip_unprivileged_port_start); a container may have it at 0.
  const freeFrom = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  const answer = await openForward('f', target, 81, async () => Promise.reject(new Error('nobody connects'))).then(
    async (opened) => opened.close().then(() => 'opened'),
    (error: Failure) => [error.code, error.parameters],
  );
  if (root) process.seteuid?.(0);
  expect(answer).toEqual(freeFrom > 81 ? ['LOCAL_PORT_NOT_ALLOWED', { port: 81 }] : 'opened');
});

test('a client that reads slowly does not make the forward buffer the body', async () => {
  const body = 64 * 1024 * 1024;
  let written = 0;
  const { dial } = await pod((socket) => {
    socket.on('error', () => {});
    const chunk = Buffer.alloc(64 * 1024);
    const fill = () => {
      while (written < body && !socket.destroyed) {
        written += chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', fill);
      }
    };
    fill();
  });
  const opened = await forward(dial);
  const client = connect(opened.row.value.localPort, '127.0.0.1');
  await once(client, 'readable'); // Never read: what is in flight sits in sockets and buffers on the way.
  let before = -1;
  // Until nothing moves any more: then everything on the way is full.
  await expect.poll(() => { const same = before === written; before = written; return same; }, { interval: 200, timeout: 20_000 }).toBe(true);
  // The kernel's loopback buffers take some MB; the rest of the 64 MB must wait in the pod.
  expect(written).toBeLessThan(32 * 1024 * 1024);
  client.destroy();
});
