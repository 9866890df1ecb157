import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, ownedBy, ownerHere, ownerIn, startOf, unowned } from './owner.ts';

test('an owner lives as long as its engine and its process, and the next one of that number is another', async () => {
  const here = ownerHere();
  const own = await here.owner();
  expect(await isAlive(own)).toBe(true);
  here[Symbol.dispose]();
  expect(await isAlive(own)).toBe(false);

  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const started = (await startOf(pid)) ?? '';
  expect(await isAlive({ pid, started, engine: 'a' })).toBe(true);
  // Where nobody knows when it was started, the number decides.
  expect(await isAlive({ pid, started: '', engine: 'a' })).toBe(true);
  expect(await isAlive({ pid, started: '1.00000000', engine: 'a' })).toBe(started === '');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(await isAlive({ pid, started, engine: 'a' })).toBe(false);
});

test.skipIf(process.platform !== 'linux')('two processes that run have different starts or numbers, and the command may have any name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-owner-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const command = join(folder, 'a) R 1 2 (');
  await symlink('/bin/sleep', command);
  const child = spawn(command, ['60'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  expect(await startOf(child.pid ?? 0)).toMatch(/^\d+\.[0-9a-f]{8}$/);
  expect(await startOf(process.pid)).not.toBe(await startOf(1));
});

test('the owner in a name is read back, and taken out again', () => {
  const owner = { pid: 12, started: '345.ab12cd34', engine: '0a1b2c3d' };
  const name = ownedBy('/x/2026-web.open.yaml', owner, '.open.yaml');
  expect(name).toBe('/x/2026-web.by-12-345.ab12cd34-0a1b2c3d.open.yaml');
  expect([ownerIn(name), unowned(name)]).toEqual([owner, '/x/2026-web.open.yaml']);
  expect(ownedBy(name, { ...owner, pid: 13 }, '.open.yaml')).toBe('/x/2026-web.by-13-345.ab12cd34-0a1b2c3d.open.yaml');
  expect(ownerIn(ownedBy('a.json', { ...owner, started: '' }, '.json'))).toEqual({ ...owner, started: '' });
  expect([ownerIn('/x/2026-web.open.yaml'), unowned('/x/2026-web.open.yaml')]).toEqual([undefined, '/x/2026-web.open.yaml']);
});
