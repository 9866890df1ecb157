// Real files.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openKeptForwards, type KeptForward } from './kept-forwards.ts';
import { settings } from './test-way.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'podlab-forwards-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}
const kept = (since: string, isOn = true): KeptForward => ({ settings, isOn, since });

test('what is kept comes back in its order, whoever wrote it; what is dropped does not', async () => {
  const path = await folder();
  const [one, other] = [openKeptForwards(path), openKeptForwards(path)];
  await Promise.all([one.put('b', kept('2')), one.put('a', kept('3')), other.put('c', kept('1', false)), one.put('d', kept('4'))]);
  await other.drop('d');
  expect([...await openKeptForwards(path).read()]).toEqual([['c', kept('1', false)], ['b', kept('2')], ['a', kept('3')]]);
  expect((await stat(join(path, 'forwards', 'a.json'))).mode & 0o777).toBe(0o600);
  expect((await readdir(join(path, 'forwards'))).length).toBe(3);
});

test('files that are no forwards, and a folder that is not there, are passed over', async () => {
  const path = await folder();
  expect((await openKeptForwards(path).read()).size).toBe(0);
  await openKeptForwards(path).put('a', kept('1'));
  await writeFile(join(path, 'forwards', 'half.json'), '{"settings":');
  await writeFile(join(path, 'forwards', 'other.json'), '{"settings":{"context":1}}');
  await writeFile(join(path, 'forwards', 'note.txt'), 'x');
  expect([...(await openKeptForwards(path).read()).keys()]).toEqual(['a']);
});

test('idle: what was asked for before is on the disk', async () => {
  const path = await folder();
  const forwards = openKeptForwards(path);
  for (let index = 0; index < 50; index += 1) void forwards.put(`f${index}`, kept('1'));
  await forwards.idle();
  expect((await readdir(join(path, 'forwards'))).length).toBe(50);
});

test('where nothing can be written, nothing fails', async () => {
  const path = await folder();
  await writeFile(join(path, 'forwards'), 'a file in the place of the folder');
  const forwards = openKeptForwards(path);
  await forwards.put('a', kept('1'));
  await forwards.drop('a');
  expect((await forwards.read()).size).toBe(0);
});
