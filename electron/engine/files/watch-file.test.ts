// Real files in a folder of the test.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FileState } from '../../../shared/contract/files.ts';
import { watchFile } from './watch-file.ts';

async function scene(text?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-watch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'pod.yaml');
  if (text !== undefined) await writeFile(path, text);
  return { folder, path };
}

/** What is told next: what it is about, and no more. */
function follow(path: string) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const states = watchFile(path, stop.signal);
  return {
    stop,
    async next(): Promise<string> {
      const { value } = await states.next();
      const state = value as FileState;
      return state.state === 'text' ? state.text : state.state === 'gone' ? 'gone' : `unreadable: ${state.failure.code}`;
    },
    /** Until it is told: an editor's steps may be told one by one. */
    async until(wanted: string): Promise<void> {
      for (let told = await this.next(); told !== wanted; told = await this.next()) void told;
    },
    ended: async () => (await states.next()).done,
  };
}

test('the text, then each change: written in place, by rename as editors do, deleted, made again', async () => {
  const { folder, path } = await scene('one');
  const it = follow(path);
  expect(await it.next()).toBe('one');
  await writeFile(path, 'two');
  await it.until('two');
  await writeFile(join(folder, '.pod.yaml.swp'), 'three');
  await rename(join(folder, '.pod.yaml.swp'), path);
  await it.until('three');
  await rm(path);
  await it.until('gone');
  await writeFile(path, 'four');
  await it.until('four');
  // The one that was renamed into place is watched as well as the first.
  await writeFile(path, 'five');
  await it.until('five');
});

test('another file of the folder, and the same text again, are no news', async () => {
  const { folder, path } = await scene('one');
  const it = follow(path);
  expect(await it.next()).toBe('one');
  const next = it.next();
  await writeFile(join(folder, 'other.yaml'), 'x');
  await writeFile(path, 'one');
  await writeFile(path, 'two');
  // Truncated for a moment, at most.
  expect(['', 'two']).toContain(await next);
});

test('a file that is not there yet, in a folder that is not there yet', async () => {
  const { folder } = await scene();
  const path = join(folder, 'deep', 'pod.yaml');
  const it = follow(path);
  expect(await it.next()).toBe('gone');
  await mkdir(join(folder, 'deep'));
  await writeFile(path, 'here');
  await it.until('here');
  await rm(join(folder, 'deep'), { recursive: true });
  await it.until('gone');
});

test('a link to a file of another folder', async () => {
  const { folder, path } = await scene();
  await mkdir(join(folder, 'real'));
  await writeFile(join(folder, 'real', 'a.yaml'), 'one');
  await symlink(join(folder, 'real', 'a.yaml'), path);
  const it = follow(path);
  expect(await it.next()).toBe('one');
  await writeFile(join(folder, 'real', 'a.yaml'), 'two');
  await it.until('two');
});

test('what is no text of a manifest: a folder, bytes that are no UTF-8, one that is too large; and it may become one', async () => {
  const { path } = await scene();
  await mkdir(path);
  const it = follow(path);
  expect(await it.next()).toBe('unreadable: FILE_UNREADABLE');
  await rm(path, { recursive: true });
  await it.until('gone');
  await writeFile(path, Buffer.from([0xff, 0xfe, 0x41]));
  await it.until('unreadable: FILE_UNREADABLE');
  await writeFile(path, 'a'.repeat(3 * 1024 * 1024 + 1));
  await it.until('unreadable: FILE_TOO_LARGE');
  await writeFile(path, 'small');
  await it.until('small');
});

test('ends with its signal', async () => {
  const { path } = await scene('one');
  const it = follow(path);
  expect(await it.next()).toBe('one');
  const ended = it.ended();
  it.stop.abort();
  expect(await ended).toBe(true);
});
