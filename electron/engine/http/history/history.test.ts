import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { SentRequest } from '../../../../shared/contract/requests.ts';
import { waitFor } from '../../topic.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import { noted } from './calls.ts';
import { openRequestHistory } from './history.ts';
import { keepable } from './sent-request.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'podlab-history-'));
  folders.push(folder);
  return folder;
};
const plain: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: true, verifyCertificate: true,
};
const sent = (id: string, change: Partial<HttpRequest> = {}): SentRequest => ({
  id, at: '2026-11-26T12:00:00.000Z', target: { via: 'pod', context: 'kind', namespace: 'default', pod: 'web', port: 8080 }, ...keepable({ ...plain, ...change }),
  outcome: { state: 'answered', status: 200, milliseconds: 3, bodyBytes: 4 },
});
const read = async (folder: string, context: string) => {
  const topic = openRequestHistory(folder).of(context);
  return (await waitFor(topic, (list) => list !== undefined, AbortSignal.timeout(5_000))).map(({ id }) => id);
};

test('the newest 200 of each context are there for the next Podlab, and no one else may read them', async () => {
  const folder = newFolder();
  const history = openRequestHistory(folder);
  for (let at = 1; at <= 205; at += 1) void history.add('kind', sent(String(at)));
  await history.add('https://a.b/c d', sent('other'));
  await history.add('kind', sent('206'));
  const ids = await read(folder, 'kind');
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([200, '206', '7']);
  expect(await read(folder, 'https://a.b/c d')).toEqual(['other']);
  const files = readdirSync(join(folder, 'http-history'));
  expect(files).toHaveLength(2);
  expect(files.every((file) => /^[0-9a-f]{32}\.json$/.test(file))).toBe(true);
});

test('two Podlabs that write in turn lose nothing of one another', async () => {
  const folder = newFolder();
  const [one, two] = [openRequestHistory(folder), openRequestHistory(folder)];
  await one.add('kind', sent('a'));
  await two.add('kind', sent('b'));
  await one.add('kind', sent('c'));
  expect(await read(folder, 'kind')).toEqual(['c', 'b', 'a']);
});

test('one is forgotten, or all of the context', async () => {
  const folder = newFolder();
  const history = openRequestHistory(folder);
  for (const id of ['a', 'b', 'c']) await history.add('kind', sent(id));
  await history.add('other', sent('d'));
  await history.forget('kind', 'b');
  expect(await read(folder, 'kind')).toEqual(['c', 'a']);
  await history.forget('kind');
  expect([await read(folder, 'kind'), await read(folder, 'other')]).toEqual([[], ['d']]);
});

test('what one Podlab forgot, another does not bring back', async () => {
  const folder = newFolder();
  const [one, two] = [openRequestHistory(folder), openRequestHistory(folder)];
  for (const id of ['a', 'b']) await one.add('kind', sent(id));
  await two.add('kind', sent('c'));
  await one.forget('kind');
  await two.add('kind', sent('d'));
  expect(await read(folder, 'kind')).toEqual(['d']);
});

test('what cannot be taken off the disk is told', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  const history = openRequestHistory(file);
  await history.add('kind', sent('a'));
  expect(history.of('kind').value).toHaveLength(1);
  await expect(history.forget('kind')).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
});

test('neither the request as it was typed nor why it failed has the secrets that were sent', async () => {
  const folder = newFolder();
  const history = openRequestHistory(folder);
  const target = { via: 'pod', context: 'kind', namespace: 'default', pod: 'web', port: 80 } as const;
  const request: HttpRequest = { ...plain, path: '/a', auth: { kind: 'api-key', name: 'k', value: '{{key}}', in: 'query' } };
  const failing = noted(history, { row: () => expect.unreachable() }, { target, request, secrets: ['key-6'] }, async () => {
    throw new Failure('REQUEST_FAILED', { url: 'http://localhost/a?k=key-6' }, 'no such key: key-6');
  });
  await expect(failing).rejects.toMatchObject({ raw: 'no such key: key-6' });
  const [kept] = (await waitFor(history.of('kind'), (list) => list?.length === 1, AbortSignal.timeout(5_000)))!;
  expect(kept).toMatchObject({ request: { auth: { value: '{{key}}' } }, leftOut: [], outcome: { failure: { params: { url: 'http://localhost/a?k=...' }, cause: 'no such key: ...' } } });
});

test('no secret comes to the disk, and what is left out is said', async () => {
  const folder = newFolder();
  const history = openRequestHistory(folder);
  const secrets = ['pass-1', 'token-2', 'key-3', 'cookie-4', 'bearer-5'];
  const all: Partial<HttpRequest>[] = [
    { auth: { kind: 'basic', user: 'kim', password: 'pass-1' } }, { auth: { kind: 'bearer', token: 'token-2' } }, { auth: { kind: 'api-key', name: 'X-Key', value: 'key-3', in: 'query' } },
    { headers: [['Cookie', 'cookie-4'], ['authorization', 'Bearer bearer-5'], ['X-Plain', 'stays']] },
  ];
  for (const [at, change] of all.entries()) await history.add('kind', sent(String(at), change));
  const text = readdirSync(join(folder, 'http-history')).map((file) => readFileSync(join(folder, 'http-history', file), 'utf8')).join('');
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).toContain('stays');
  expect(all.map((change) => keepable({ ...plain, ...change }).leftOut)).toEqual([['secrets'], ['secrets'], ['secrets'], ['secrets']]);
});

test('a body of more than 64 KiB is left out, whatever its kind', () => {
  const large = 'x'.repeat(70_000);
  const bodies: HttpRequest['body'][] = [
    { kind: 'json', text: large }, { kind: 'form', fields: [['a', large]] }, { kind: 'multipart', parts: [{ name: 'a', value: large }] }, { kind: 'file', file: '/large' }, { kind: 'text', text: 'small' },
  ];
  expect(bodies.map((body) => keepable({ ...plain, body }))).toMatchObject([
    { request: { body: { kind: 'json', text: '' } }, leftOut: ['body'] }, { request: { body: { kind: 'form', fields: [] } }, leftOut: ['body'] },
    { request: { body: { kind: 'multipart', parts: [] } }, leftOut: ['body'] }, { request: { body: { kind: 'file', file: '/large' } }, leftOut: [] }, { request: { body: { kind: 'text', text: 'small' } }, leftOut: [] },
  ]);
});
