import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createNetwork } from './network.ts';
import type { PodSocket } from './pod-socket.ts';

function connected(): [PodSocket, PodSocket] {
  const network = createNetwork();
  network.addHost('10.0.0.2');
  let far: PodSocket | undefined;
  network.listen('10.0.0.2', 80, { loopback: false, accept: (socket) => (far = socket) });
  const near = network.connect('10.0.0.1', { ip: '10.0.0.2', port: 80 });
  return [near, far!];
}

it('knows who called whom', () => {
  const [near, far] = connected();
  expect([near.remoteAddress, near.remotePort, far.remoteAddress, far.remotePort]).toEqual(['10.0.0.2', 80, '10.0.0.1', near.localPort]);
});

it('ends each direction by itself', async () => {
  const [near, far] = connected();
  near.end('question');
  expect(await text(far)).toBe('question');
  far.end('answer');
  expect(await text(near)).toBe('answer');
});

it('holds a bounded amount of what is not read, and goes on when it is', async () => {
  const [near, far] = connected();
  const chunk = Buffer.alloc(8192);
  let sent = 0;
  while (near.write(chunk)) {
    sent += chunk.length;
    await new Promise(setImmediate);
    expect(sent).toBeLessThan(256 * 1024);
  }
  let received = 0;
  far.on('data', (data: Buffer) => (received += data.length));
  await once(near, 'drain');
  near.end();
  await once(far, 'end');
  expect(received).toBe(sent + chunk.length);
});

it('an end that goes away is an end for the other, and a reset when something was not read', async () => {
  const [near, far] = connected();
  far.destroy();
  expect(await text(near)).toBe('');
  const [client, server] = connected();
  client.write('lost');
  await new Promise(setImmediate);
  const failed = once(client, 'error');
  server.destroy();
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
});

it('refuses what nobody listens on, and a second listener', () => {
  const network = createNetwork();
  network.addHost('10.0.0.2');
  const close = network.listen('10.0.0.2', 80, { loopback: true, accept: () => {} });
  const to = { ip: '10.0.0.2', port: 80 };
  expect(() => network.connect('10.0.0.2', to)).toThrow('connect ECONNREFUSED 10.0.0.2:80');
  expect(network.connect('10.0.0.2', { ip: '127.0.0.1', port: 80 }).remoteAddress).toBe('127.0.0.1');
  expect(() => network.connect('10.0.0.1', { ip: '10.0.0.3', port: 80 })).toThrow('connect EHOSTUNREACH 10.0.0.3:80');
  expect(() => network.listen('10.0.0.2', 80, { loopback: false, accept: () => {} })).toThrow('EADDRINUSE');
  close();
  expect(network.listening('10.0.0.2')).toEqual([]);
});
