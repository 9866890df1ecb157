import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openKeptCopies } from './kept-copies.ts';

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'podlab-kept-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}
const nothing = () => {};
const folders = (of: string) => readdir(join(of, 'removed-images')).catch(() => []);

test('an archive is kept for nobody else to read, and can be read again', async () => {
  const copies = openKeptCopies(await directory());
  const told: number[] = [];
  const kept = await copies.keep(Readable.from([Buffer.from('ab'), Buffer.from('c')]), (bytes) => told.push(bytes));
  expect([await text(kept.read()), told, (await stat(kept.file)).mode & 0o777]).toEqual(['abc', [2, 3], 0o600]);
});

test('what is not needed any more goes, and all of it with Podlab', async () => {
  const of = await directory();
  const copies = openKeptCopies(of);
  const [first, second] = [await copies.keep(Readable.from(['a']), nothing), await copies.keep(Readable.from(['b']), nothing)];
  await first.discard();
  expect([existsSync(first.file), existsSync(second.file)]).toEqual([false, true]);
  await copies[Symbol.asyncDispose]();
  expect(await folders(of)).toEqual([]);
});

test('what could not be brought back stays when Podlab ends', async () => {
  const of = await directory();
  const copies = openKeptCopies(of);
  const kept = await copies.keep(Readable.from(['a']), nothing);
  const file = await kept.rescue();
  expect([await kept.rescue(), await text(kept.read())]).toEqual([file, 'a']);
  await copies[Symbol.asyncDispose]();
  expect(await readFile(file, 'utf8')).toBe('a');
});

test('what nobody can ask for any more goes, but not what was rescued', async () => {
  const copies = openKeptCopies(await directory());
  const [first, second] = [await copies.keep(Readable.from(['a']), nothing), await copies.keep(Readable.from(['b']), nothing)];
  const file = await second.rescue();
  await Promise.all([first.forget(), second.forget()]);
  expect([existsSync(first.file), await readFile(file, 'utf8')]).toEqual([false, 'b']);
});

test('an archive that breaks off leaves nothing', async () => {
  const of = await directory();
  const copies = openKeptCopies(of);
  const broken = Readable.from((async function* () {
    yield Buffer.from('a');
    await Promise.resolve();
    throw new Error('the other end hung up');
  })());
  await expect(copies.keep(broken, nothing)).rejects.toThrow('the other end hung up');
  const [own] = await folders(of);
  expect(await readdir(join(of, 'removed-images', own ?? ''))).toEqual([]);
});

test('a disk that takes nothing: said in its words', async () => {
  const of = await directory();
  await writeFile(join(of, 'removed-images'), 'in the way');
  await expect(openKeptCopies(of).keep(Readable.from(['a']), nothing)).rejects.toThrow(/ENOTDIR|EEXIST/);
});

test('the next Podlab deletes what one that ended left, and nothing of one that runs', async () => {
  const of = await directory();
  // 2^22 is the highest number that Linux gives to a process; this one is above it.
  for (const name of ['99999999-1', `${process.ppid}-1`, 'not-ours']) {
    await mkdir(join(of, 'removed-images', name), { recursive: true });
    await writeFile(join(of, 'removed-images', name, '1.tar'), 'a');
  }
  await using _ = openKeptCopies(of);
  await expect.poll(() => folders(of)).toEqual([`${process.ppid}-1`, 'not-ours'].sort());
});
