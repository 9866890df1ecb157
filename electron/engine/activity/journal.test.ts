import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { openJournal } from './journal.ts';
import { ownerHere } from './owner.ts';
import type { JournalRecord } from './journal-file.ts';

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'podlab-journal-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Linux gives none above 4194304 (proc(5): pid_max), others fewer. */
const NO_PROCESS = 4_194_305;

const record: JournalRecord = {
  change: 'recreate', context: 'c', server: 'https://127.0.0.1:6443', namespace: 'n', pod: 'spring-pod', uid: 'u',
  restore: { kind: 'Pod', metadata: { name: 'spring-pod', annotations: { 한글: '😀\n# not a comment' } } },
  make: { kind: 'Pod', metadata: { name: 'spring-pod', annotations: { 'ends a line in YAML 1.1': 'a\u2028kind: Job\u0085kind: Job\ufeff' } } },
};

test('a record can be read back whole, by its owner alone', async () => {
  const directory = await folder();
  const journal = openJournal(directory, () => new Date('2026-11-24T10:00:00Z'));
  const file = await journal.write(record);
  const text = await readFile(file, 'utf8');
  const { restore, ...about } = record;
  // The file is a manifest for kubectl; what it is about stands in a comment.
  expect(parse(text)).toEqual(restore);
  const { started } = await ownerHere().owner();
  expect(JSON.parse(text.split('\n')[0]?.slice(2) ?? '')).toEqual({ instance: { pid: process.pid, started, engine: expect.any(String) }, at: '2026-11-24T10:00:00.000Z', ...about });
  expect(text.split('\n')[0]).not.toMatch(/[\u0085\u2028\ufeff]/);
  expect([(await stat(file)).mode & 0o777, (await stat(join(directory, 'journal'))).mode & 0o777]).toEqual([0o600, 0o700]);
});

test('a closed record stays under another ending, and only the newest fifty stay', async () => {
  const directory = await folder();
  let seconds = 0;
  const journal = openJournal(directory, () => new Date(Date.UTC(2026, 10, 24, 10, 0, seconds++)));
  for (let i = 0; i < 52; i++) await journal.close(await journal.write(record));
  const open = await journal.write(record);
  const names = (await readdir(join(directory, 'journal'))).sort();
  expect(names.filter((name) => name.endsWith('.done.yaml'))).toHaveLength(50);
  expect(names.filter((name) => !name.endsWith('.done.yaml'))).toEqual([open.slice(open.lastIndexOf('/') + 1)]);
});

test('a file that is gone when it is closed is no failure: the change itself is done', async () => {
  const journal = openJournal(await folder());
  const file = await journal.write(record);
  await rm(file);
  expect(await journal.close(file)).toBe(file);
});

test('what is left open is offered here at once, and to nobody else as long as its Podlab lives', async () => {
  const directory = await folder();
  const [one, other] = [openJournal(directory), openJournal(directory)];
  const running = await one.write(record);
  const failed = await one.write({ ...record, change: 'delete', make: undefined });
  await one.leave(failed);
  expect((await one.look()).map(({ file }) => file)).toEqual([failed]);
  expect(await other.look()).toEqual([]);
  one[Symbol.dispose]();
  const found = await other.look();
  expect(found.map(({ file }) => file)).toEqual([running, failed]);
  expect(found[0]).toEqual({ ...record, id: found[0]?.id, at: found[0]?.at, file: running });
  expect(other.unfinished.value).toEqual(found);
});

test('of two that take the same change one has it; given up, it is offered again, and closed, to nobody', async () => {
  const directory = await folder();
  const dead = openJournal(directory);
  await dead.write(record);
  dead[Symbol.dispose]();
  const [one, other] = [openJournal(directory), openJournal(directory)];
  const id = (await one.look())[0]?.id ?? '';
  const both = await Promise.allSettled([one.claim(id), other.claim(id)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'UNFINISHED_GONE' } });
  const [winner, loser] = both[0]?.status === 'fulfilled' ? [one, other] : [other, one];
  expect([await winner.look(), await loser.look()]).toEqual([[], []]);
  const taken = both.find((each) => each.status === 'fulfilled')?.value;
  const given = await winner.leave(taken?.file ?? '');
  expect((await winner.look()).map((each) => each.file)).toEqual([given]);
  const again = await winner.claim(id);
  winner[Symbol.dispose]();
  // Its owner died with it in its hands.
  expect((await loser.look()).map((each) => each.file)).toEqual([again.file]);
  const done = await loser.close((await loser.claim(id)).file);
  expect(await loser.look()).toEqual([]);
  expect(await readdir(join(directory, 'journal'))).toEqual([done.slice(done.lastIndexOf('/') + 1)]);
});

test('a file of the first format is offered once no process has its number; one that was cut off, and one that is none, never are', async () => {
  const directory = await folder();
  const { change, context, namespace, pod, uid } = record;
  const head = (instance: number) => `# ${JSON.stringify({ instance, at: '2026-11-24T10:00:00.000Z', change, context, namespace, pod, uid })}\n`;
  const definition = 'kind: Pod\nmetadata: {name: spring-pod}\n';
  await mkdir(join(directory, 'journal'));
  const write = (name: string, text: string) => writeFile(join(directory, 'journal', name), text);
  await write('1-dead.open.yaml', `${head(NO_PROCESS)}${definition}`);
  await write('2-alive.open.yaml', `${head(process.ppid)}${definition}`);
  await write('3-cut.open.yaml', head(NO_PROCESS).slice(0, 40));
  await write('4-other.open.yaml', 'hello: world\n');
  await write(`5-half.by-${NO_PROCESS}-1.a-b.new`, head(NO_PROCESS));
  const { make: _, ...first } = { ...record, server: '', restore: { kind: 'Pod', metadata: { name: 'spring-pod' } } };
  expect(await openJournal(directory).look()).toEqual([{ id: '1-dead', at: '2026-11-24T10:00:00.000Z', file: join(directory, 'journal', '1-dead.open.yaml'), ...first }]);
  expect(await readdir(join(directory, 'journal'))).not.toContain(expect.stringContaining('half'));
});

test('the longest name of a pod fits into the name of a file, and a dot in it is no ending', async () => {
  const directory = await folder();
  const journal = openJournal(directory);
  const pod = `a.by-1-2-3.${'x'.repeat(242)}`;
  await journal.leave(await journal.write({ ...record, pod, restore: { kind: 'Pod', metadata: { name: pod } } }));
  const [found] = await journal.look();
  expect(found?.pod).toBe(pod);
  expect((await journal.claim(found?.id ?? '')).id).toBe(found?.id);
});

test('a folder that cannot be made: refused with the file that could not be written, and nothing is left', async () => {
  const directory = await folder();
  await writeFile(join(directory, 'journal'), 'a file where the folder should be');
  await expect(openJournal(directory).write(record)).rejects.toMatchObject({ code: 'JOURNAL_NOT_WRITTEN', parameters: { file: expect.stringMatching(/spring-pod\.open\.yaml$/) } });
});
