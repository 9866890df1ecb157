import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { openJournal } from './journal.ts';

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'podlab-journal-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const record = { change: 'recreate' as const, context: 'c', namespace: 'n', pod: 'spring-pod', uid: 'u', restore: { kind: 'Pod', metadata: { name: 'spring-pod', annotations: { 한글: '😀\n# not a comment' } } } };

test('a record can be read back whole, by its owner alone', async () => {
  const directory = await folder();
  const file = await openJournal(directory, () => new Date('2026-11-24T10:00:00Z')).write(record);
  const text = await readFile(file, 'utf8');
  const { restore, ...about } = record;
  // The file is a manifest for kubectl; what it is about stands in a comment.
  expect(parse(text)).toEqual(restore);
  expect(JSON.parse(text.split('\n')[0]?.slice(2) ?? '')).toEqual({ instance: process.pid, at: '2026-11-24T10:00:00.000Z', ...about });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a closed record stays under another ending, and only the newest fifty stay', async () => {
  const directory = await folder();
  let seconds = 0;
  const journal = openJournal(directory, () => new Date(Date.UTC(2026, 10, 24, 10, 0, seconds++)));
  for (let i = 0; i < 52; i++) await journal.close(await journal.write(record));
  const open = await journal.write(record);
  const names = (await readdir(join(directory, 'journal'))).sort();
  expect(names.filter((name) => name.endsWith('.done.yaml'))).toHaveLength(50);
  expect(names.filter((name) => name.endsWith('.open.yaml'))).toEqual([open.slice(open.lastIndexOf('/') + 1)]);
});

test('a file that is gone when it is closed is no failure: the change itself is done', async () => {
  const journal = openJournal(await folder());
  const file = await journal.write(record);
  await rm(file);
  expect(await journal.close(file)).toBe(file);
});
