import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from './journal.ts';

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'podlab-journal-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const record = { change: 'recreate' as const, context: 'c', namespace: 'n', pod: 'spring-pod', uid: 'u', live: { kind: 'Pod', 한글: '😀' }, restore: { kind: 'Pod' } };

test('a record can be read back whole, by its owner alone', async () => {
  const directory = await folder();
  const file = await openJournal(directory, () => new Date('2026-11-24T10:00:00Z')).write(record);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ instance: process.pid, at: '2026-11-24T10:00:00.000Z', ...record });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a closed record stays under another ending, and only the newest fifty stay', async () => {
  const directory = await folder();
  let seconds = 0;
  const journal = openJournal(directory, () => new Date(Date.UTC(2026, 10, 24, 10, 0, seconds++)));
  for (let i = 0; i < 52; i++) await journal.close(await journal.write(record));
  const open = await journal.write(record);
  const names = (await readdir(join(directory, 'journal'))).sort();
  expect(names.filter((name) => name.endsWith('.done.json'))).toHaveLength(50);
  expect(names.filter((name) => name.endsWith('.open.json'))).toEqual([open.slice(open.lastIndexOf('/') + 1)]);
});
