// Real sockets on loopback; what the tunnels lead to are small TCP servers of the tests in the place of pods.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { createForward } from './forward.ts';
import { ask, dialPort, podServer, ready, refused, settings, started, wayTo } from './test-way.ts';

const name = async (text: string) => (await podServer((socket) => socket.resume().end(text))).port;

test('a client that has ended its side still gets the whole answer, and bytes and connections are counted', async () => {
  const { port } = await podServer(async (socket) => {
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    socket.end(`you said ${text}`);
  });
  const forward = await started(wayTo(ready(['p', port])));
  expect(await ask(forward.row.value.localPort, 'hello')).toBe('you said hello');
  await expect.poll(() => forward.row.value).toMatchObject({
    ...settings, localPort: forward.row.value.localPort, id: 'f', state: 'listening', open: 0, held: 0, total: 1, failed: 0, reconnects: 0,
    bytesIn: 14, bytesOut: 5, readyPods: 1, servingPod: { name: 'p', uid: 'uid-p' },
  });
  await expect.poll(() => forward.row.value.recentBytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(19);
});

test('it listens on 127.0.0.1 and on ::1, and a stopped one on neither; started again it has the same port', async () => {
  const way = wayTo(ready(['p', await name('fine')]));
  const forward = await started(way);
  const { localPort, listensOn } = forward.row.value;
  expect(listensOn[0]).toBe('127.0.0.1');
  for (const host of listensOn) expect(await ask(localPort, '', host)).toBe('fine');
  await forward.stop();
  expect(forward.row.value).toMatchObject({ state: 'stopped', localPort, listensOn: [] });
  for (const host of listensOn) await expect(ask(localPort, '', host)).rejects.toThrow('ECONNREFUSED');
  await forward.start(async () => way);
  expect(forward.row.value).toMatchObject({ localPort, listensOn });
  expect(await ask(localPort, '')).toBe('fine');
});

test('a refusal resets the client and says why, and the next connection works', async () => {
  let isRefused = true;
  const way = wayTo(ready(['p', await name('fine')]), async (pod) => {
    if (isRefused) throw refused(pod);
    return dialPort(pod);
  });
  const forward = await started({ ...way, explain: async (failure, pod) => new Failure('PORT_REFUSED_LISTENS', { pod: pod.name, port: pod.port, listens: '9000' }, failure.raw) });
  await expect(ask(forward.row.value.localPort, '')).rejects.toThrow('ECONNRESET');
  const error = { code: 'PORT_REFUSED_LISTENS', params: { listens: '9000' }, cause: 'connection refused' };
  await expect.poll(() => forward.row.value).toMatchObject({ state: 'failed', reason: error, lastError: error, failed: 1, open: 0 });
  isRefused = false;
  expect(await ask(forward.row.value.localPort, '')).toBe('fine');
  // What happened stays to be read; the state is the present one.
  await expect.poll(() => forward.row.value).toMatchObject({ state: 'listening', lastError: error });
  expect(forward.row.value.reason).toBeUndefined();
});

test('a tunnel that breaks after the pod has answered resets the client, and is not tried again', async () => {
  let dialled = 0;
  const forward = await started(wayTo(ready(['p', 1], ['q', 2]), async () => {
    dialled += 1;
    const tunnel = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    tunnel.push('half an ans');
    setTimeout(() => tunnel.destroy(new Failure('POD_GONE', { pod: 'p' }, 'sandbox gone')), 20);
    return tunnel;
  }));
  await expect(ask(forward.row.value.localPort, 'hello')).rejects.toThrow('ECONNRESET');
  await expect.poll(() => forward.row.value).toMatchObject({ state: 'failed', open: 0, total: 1, failed: 1, lastError: { code: 'POD_GONE' } });
  expect(dialled).toBe(1);
});

test('a pod that never took the connection is replaced by another one, and what the client said is said again', async () => {
  const said: string[] = [];
  const { port } = await podServer(async (socket) => {
    socket.on('data', (chunk) => said.push(String(chunk)));
    socket.on('end', () => socket.end('answer of b'));
  });
  const forward = await started(wayTo(ready(['a', 1], ['b', port]), async (pod) => {
    if (pod.name === 'b') return dialPort(pod);
    // As a kubelet tells it: the stream is open, and then an error comes on it.
    const tunnel = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    setTimeout(() => tunnel.destroy(refused(pod)), 20);
    return tunnel;
  }));
  expect(await ask(forward.row.value.localPort, 'the question')).toBe('answer of b');
  expect(said.join('')).toBe('the question');
  expect(forward.row.value).toMatchObject({ total: 1, failed: 0, servingPod: { name: 'b' } });
});

/** A pod that takes the connection and breaks it without a word, once it was told something. */
const breaking = (error?: Error) => {
  const tunnel = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
      if (error) tunnel.destroy(error);
      else tunnel.push(null);
    },
  });
  return tunnel;
};

test.each([
  ['breaks', new Failure('TUNNEL_FAILED', { pod: 'a', port: 1 }, 'connection reset by peer')],
  ['ends', undefined],
])('a pod that is replaced %s a connection without a word: a request that changes nothing is told to another one, any other is not', async (_, error) => {
  const b = (await podServer((socket) => socket.once('data', (chunk: Buffer) => socket.end(`b got ${String(chunk).slice(0, 4)}`)))).port;
  const way = wayTo(ready(['a', 1], ['b', b]), async (pod) => (pod.name === 'a' ? breaking(error) : dialPort(pod)));
  const forward = await started(way);
  const say = async (text: string) => {
    way.state.set(ready(['a', 1], ['b', b]));
    const answer = ask(forward.row.value.localPort, text).catch((thrown: NodeJS.ErrnoException) => thrown.code);
    // The watch is a little behind.
    setTimeout(() => way.state.set(ready(['b', b])), 50);
    return answer;
  };
  expect(await say('GET / HTTP/1.1\r\n\r\n')).toBe('b got GET ');
  await forward.stop();
  const again = await started(way);
  way.state.set(ready(['a', 1], ['b', b]));
  const post = await ask(again.row.value.localPort, 'POST / HTTP/1.1\r\n\r\n').catch((thrown: NodeJS.ErrnoException) => thrown.code);
  expect(post).toBe(error ? 'ECONNRESET' : '');
});

test('a pod that stays and ends connections without a word is seen as it is', async () => {
  let dialled = 0;
  const forward = await started(wayTo(ready(['a', 1], ['b', 2]), async () => {
    dialled += 1;
    return breaking();
  }));
  expect(await ask(forward.row.value.localPort, 'GET / HTTP/1.1\r\n\r\n')).toBe('');
  expect(dialled).toBe(1);
});

test('held while no pod is ready: served by the one that comes, on the same port', async () => {
  const gone = new Failure('POD_GONE', { pod: 'p' }, 'no pod of this name');
  const way = wayTo({ pods: [], none: gone });
  const forward = await started(way);
  expect(forward.row.value).toMatchObject({ state: 'waiting', reason: gone.toData(), readyPods: 0 });
  const answer = ask(forward.row.value.localPort, '');
  await expect.poll(() => forward.row.value).toMatchObject({ state: 'waiting', open: 1, held: 1 });
  way.state.set(ready(['p', await name('at last')]));
  expect(await answer).toBe('at last');
  await expect.poll(() => forward.row.value).toMatchObject({ state: 'listening', open: 0, held: 0, failed: 0 });
});

test('held for no longer than the limit, then reset with the reason', async () => {
  const forward = await started(wayTo({ pods: [], none: new Failure('NO_READY_POD', { kind: 'Pod', name: 'p', seconds: 0 }, 'it has no pods') }), {}, 1_000);
  await expect(ask(forward.row.value.localPort, 'x')).rejects.toThrow('ECONNRESET');
  await expect.poll(() => forward.row.value).toMatchObject({
    state: 'waiting', open: 0, held: 0, failed: 1, lastError: { code: 'NO_READY_POD', params: { kind: 'Pod', name: 'p', seconds: 1 } },
  });
});

test('a cluster that does not answer: the forward says so, and goes on by itself when it does', async () => {
  const unreachable = new Failure('CLUSTER_UNREACHABLE', { context: 'c', server: 's' }, 'ECONNREFUSED');
  const port = await name('back');
  let isUp = true;
  const way = wayTo(ready(['p', port]), async (pod) => {
    if (!isUp) throw unreachable;
    return dialPort(pod);
  });
  const forward = await started(way);
  isUp = false;
  way.state.set({ ...way.state.value, problem: unreachable.toData() });
  expect(forward.row.value).toMatchObject({ state: 'failed', reason: { code: 'CLUSTER_UNREACHABLE' } });
  const answer = ask(forward.row.value.localPort, '');
  await expect.poll(() => forward.row.value.held).toBe(1);
  isUp = true;
  way.state.set(ready(['p', port]));
  expect(await answer).toBe('back');
  await expect.poll(() => forward.row.value.state).toBe('listening');
});

test('sticky: one pod serves for as long as it can; another one that takes over is counted', async () => {
  const [a, b] = [await name('a'), await name('b')];
  const way = wayTo(ready(['a', a], ['b', b]));
  const forward = await started(way);
  const served = async () => ask(forward.row.value.localPort, '');
  expect([await served(), await served()]).toEqual(['a', 'a']);
  way.state.set(ready(['b', b]));
  expect([await served(), await served()]).toEqual(['b', 'b']);
  way.state.set(ready(['a', a], ['b', b]));
  expect([await served(), forward.row.value.reconnects]).toEqual(['b', 1]);
});

test('round-robin: each pod gets its share', async () => {
  const forward = await started(wayTo(ready(['a', await name('a')], ['b', await name('b')], ['c', await name('c')])), { strategy: 'round-robin' });
  const served: string[] = [];
  for (let index = 0; index < 6; index += 1) served.push(await ask(forward.row.value.localPort, ''));
  expect(served).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  expect(forward.row.value.reconnects).toBe(0);
});

test('a busy port is named with its owner and the next free one, and the row says it', async () => {
  const first = await started(wayTo(ready(['p', await name('x')])));
  const { localPort } = first.row.value;
  const second = createForward('g', { ...settings, localPort });
  const failure = await second.start(async () => wayTo(ready())).catch((error: unknown) => error) as Failure<'LOCAL_PORT_IN_USE'>;
  expect(failure).toMatchObject({ code: 'LOCAL_PORT_IN_USE', parameters: { port: localPort } });
  expect(failure.parameters.free).toBeGreaterThan(localPort);
  expect(failure.parameters.owner).toBe('forward');
  expect(second.row.value).toMatchObject({ state: 'failed', reason: failure.toData() });
  await second.start(async () => wayTo(ready(['p', await name('y')])), failure.parameters.free);
  expect(await ask(failure.parameters.free, '')).toBe('y');
  await second.stop();
});

test('stopping ends the connections, the held ones too', async () => {
  const { port } = await podServer((socket) => socket.write('x'));
  const way = wayTo(ready(['p', port]));
  const forward = await started(way);
  const open = connect(forward.row.value.localPort, '127.0.0.1').on('error', () => {});
  await once(open, 'data');
  way.state.set({ pods: [], none: new Failure('POD_GONE', { pod: 'p' }, '') });
  const held = connect(forward.row.value.localPort, '127.0.0.1').on('error', () => {});
  await expect.poll(() => forward.row.value).toMatchObject({ open: 2, held: 1, state: 'connected' });
  const closed = [once(open, 'close'), once(held, 'close')];
  await forward.stop();
  await Promise.all(closed);
  await expect.poll(() => forward.row.value).toMatchObject({ open: 0, held: 0, state: 'stopped', failed: 0 });
});

test('a client that reads slowly does not make the forward buffer the body', async () => {
  const body = 64 * 1024 * 1024;
  let written = 0;
  const { port } = await podServer((socket) => {
    const chunk = Buffer.alloc(64 * 1024);
    const fill = () => {
      while (written < body && !socket.destroyed) {
        written += chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', fill);
      }
    };
    fill();
  });
  const forward = await started(wayTo(ready(['p', port])));
  const client = connect(forward.row.value.localPort, '127.0.0.1');
  await once(client, 'readable'); // Never read: what is in flight sits in sockets and buffers on the way.
  let before = -1;
  // Until nothing moves any more: then everything on the way is full.
  await expect.poll(() => { const same = before === written; before = written; return same; }, { interval: 200, timeout: 20_000 }).toBe(true);
  // The kernel's loopback buffers take some MB; the rest of the 64 MB must wait in the pod.
  expect(written).toBeLessThan(32 * 1024 * 1024);
  client.destroy();
});
