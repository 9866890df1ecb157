// Real sockets of this computer.
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Failure } from '../../../shared/contract/failures.ts';
import { listenOn, type Listening } from './listen.ts';

const hangUp = (socket: { destroy(): void }) => socket.destroy();
async function listening(address: string, port = 0): Promise<Listening> {
  const one = await listenOn(address, port, hangUp);
  onTestFinished(() => one.close());
  return one;
}
const outcome = (address: string, port: number) => listenOn(address, port, hangUp).then(async (one) => one.close().then(() => 'opened'), (error: Failure) => [error.code, error.parameters]);
const hasIpv6 = await listenOn('::1', 0, hangUp).then((one) => one.close().then(() => true), () => false);

test('localhost is both addresses, and a closed one is free at once', async () => {
  const one = await listening('localhost');
  expect(one.addresses).toEqual(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']);
  await one.close();
  expect((await listening('localhost', one.port)).port).toBe(one.port);
});

test.runIf(hasIpv6)('a port that somebody has on ::1 alone is busy, too: a browser would reach that one', async () => {
  const other = createServer().listen(0, '::1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const [code, parameters] = await outcome('localhost', port);
  expect([code, parameters]).toEqual(['LOCAL_PORT_IN_USE', { port, free: expect.any(Number), owner: expect.any(String) }]);
  // Nothing is left of the half that could be had.
  await listening('127.0.0.1', port);
});

describe('who has a busy port', () => {
  const owner = async (address: string, port: number) => (await listenOn(address, port, hangUp).catch((error: Failure<'LOCAL_PORT_IN_USE'>) => error) as Failure<'LOCAL_PORT_IN_USE'>).parameters.owner;

  test.each([['localhost', 'localhost'], ['127.0.0.1', 'localhost'], ['0.0.0.0', '127.0.0.1'], ['127.0.0.1', '0.0.0.0']])('a forward on %s, asked for %s', async (had, wanted) => {
    expect(await owner(wanted, (await listening(had)).port)).toBe('forward');
  });

  test('no forward once it is stopped, even while a connection of it stays', async () => {
    const one = await listenOn('127.0.0.1', 0, (socket) => onTestFinished(() => void socket.destroy()));
    const client = connect(one.port, '127.0.0.1');
    await once(client, 'connect');
    await one.close();
    const other = createServer().listen(one.port, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    expect(await owner('127.0.0.1', one.port)).not.toBe('forward');
    client.destroy();
  });

  // macOS has only 127.0.0.1 until more are set up.
  test.runIf(process.platform !== 'darwin')('a forward on another address of the same port does not have it', async () => {
    const one = await listening('127.0.0.2');
    const other = createServer().listen(one.port, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    expect(await owner('127.0.0.1', one.port)).not.toBe('forward');
  });

  test.runIf(process.platform === 'linux')('Podlab itself, not as a forward', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    expect(await owner('localhost', (other.address() as AddressInfo).port)).toBe('podlab');
  });

  test.runIf(process.platform === 'linux')('another program, by its name: of Node that is not MainThread', async () => {
    const script = "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void other.kill());
    const [line] = (await once(other.stdout, 'data')) as [Buffer];
    expect(await owner('127.0.0.1', Number(String(line)))).toBe(`${basename(process.execPath)} (process ${other.pid})`);
  });
});

test('all addresses: only where they are asked for', async () => {
  expect((await listening('0.0.0.0')).addresses).toEqual(['0.0.0.0']);
});

test.each([
  ['70000', 'localhost', 70_000, ['PORT_INVALID', { port: '70000' }]],
  ['a negative one', 'localhost', -1, ['PORT_INVALID', { port: '-1' }]],
  ['half a port', 'localhost', 80.5, ['PORT_INVALID', { port: '80.5' }]],
  ['no address', 'example.com', 0, ['ADDRESS_INVALID', { address: 'example.com' }]],
  // TEST-NET-1, RFC 5737: nobody has it.
  ['the address of another computer', '192.0.2.1', 0, ['ADDRESS_NOT_HERE', { address: '192.0.2.1' }]],
])('refused: %s', async (_, address, port, expected) => {
  expect(await outcome(address, port)).toEqual(expected);
});

test('a port below 1024 is refused to who is not root, with the reason', async () => {
  // Linux says from where on ports are free for all (ip(7), ip_unprivileged_port_start); a container may have it at 0.
  const freeFrom = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  const answer = await outcome('localhost', 81);
  if (isRoot) process.seteuid?.(0);
  expect(answer).toEqual(freeFrom > 81 ? ['LOCAL_PORT_NOT_ALLOWED', { port: 81 }] : 'opened');
});
