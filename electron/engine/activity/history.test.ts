import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openHistory, type KeptChange } from './history.ts';

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'podlab-history-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const change = (number: number): KeptChange => ({
  entry: {
    id: `id-${number}`, startedAt: new Date(Date.UTC(2026, 10, 24, 10, 0, number)).toISOString(), finishedAt: '2026-11-24T11:00:00.000Z',
    title: { key: 'activity.delete', params: { pod: 'p' } }, commands: ['kubectl delete pod p'], state: 'done', steps: [], undo: 'offered',
  },
  context: 'c', server: 'https://127.0.0.1:6443', taken: 0,
  ways: [{ type: 'create', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }, file: '/f' }, { type: 'delete', object: { apiVersion: 'v1', kind: 'Pod', name: 'q', uid: 'u' } }],
});

test('a change is there for the next Podlab, whole, and readable by its owner alone', async () => {
  const directory = await folder();
  await (await openHistory(directory)).add(change(1));
  expect((await openHistory(directory)).earlier).toEqual([change(1)]);
  const [name = ''] = await readdir(join(directory, 'undo'));
  expect((await stat(join(directory, 'undo', name))).mode & 0o777).toBe(0o600);
});

test('the newest fifty stay, whichever Podlab wrote them', async () => {
  const directory = await folder();
  const [one, other] = [await openHistory(directory), await openHistory(directory)];
  for (let i = 0; i < 53; i += 1) await (i % 2 ? one : other).add(change(i));
  expect((await openHistory(directory)).earlier.map(({ entry }) => entry.id)).toEqual(Array.from({ length: 50 }, (_, i) => `id-${i + 3}`));
});

test('what was taken back is not offered again, and two Podlabs do not take back the same', async () => {
  const directory = await folder();
  await (await openHistory(directory)).add(change(1));
  const [one, other] = [await openHistory(directory), await openHistory(directory)];
  const both = await Promise.allSettled([one.take('id-1'), other.take('id-1')]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'NOTHING_TO_UNDO' } });
  const taking = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))[0];
  await taking?.undone();
  for (const history of [one, other, await openHistory(directory)]) await expect(history.take('id-1')).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
  expect((await openHistory(directory)).earlier.map(({ entry, ways }) => [entry.undo, ways])).toEqual([['undone', []]]);
});

test('what was taken back half-way goes on from there: for the same Podlab, and for the next one where it died', async () => {
  const directory = await folder();
  await (await openHistory(directory)).add(change(1));
  const one = await openHistory(directory);
  const first = await one.take('id-1');
  await first?.took(1);
  await first?.giveUp();
  const second = await one.take('id-1');
  expect(second?.change.taken).toBe(1);
  one[Symbol.dispose](); // with the change in its hands
  const next = await openHistory(directory);
  expect(next.earlier.map(({ entry, taken }) => [entry.undo, taken])).toEqual([['offered', 1]]);
  expect((await next.take('id-1'))?.change).toEqual({ ...change(1), taken: 1 });
});

test('files that are none of ours are passed over, and a way back that this Podlab does not know is not offered', async () => {
  const directory = await folder();
  await mkdir(join(directory, 'undo'));
  const write = (name: string, text: string) => writeFile(join(directory, 'undo', name), text);
  await write('1.json', '{');
  await write('2.json', '{"entry":{"id":1}}');
  await write('3.json', JSON.stringify({ ...change(3), ways: [{ type: 'of-a-later-version' }] }));
  expect((await openHistory(directory)).earlier.map(({ entry }) => [entry.id, entry.undo])).toEqual([['id-3', 'none']]);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written keeps nothing, and fails no change', async () => {
  const directory = await folder();
  await chmod(directory, 0o500);
  const history = await openHistory(directory);
  await history.add(change(1));
  expect(await history.take('id-1')).toBeUndefined();
});

test('where no folder can be, nothing is kept, and no change fails', async () => {
  const directory = await folder();
  await writeFile(join(directory, 'undo'), 'a file');
  const history = await openHistory(directory);
  await history.add(change(1));
  expect([await history.take('id-1'), await readFile(join(directory, 'undo'), 'utf8')]).toEqual([undefined, 'a file']);
});
