import { mkdtempSync, rmSync, writeFileSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { HttpRequest } from '../../../shared/contract/http.ts';
import { bytesOf, streamOf } from './request-body.ts';
import { prepareRequest } from './request-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'podlab-body-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const request = (change: Partial<HttpRequest>): HttpRequest => ({
  scheme: 'http', method: 'POST', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: true, verifyCertificate: true, ...change,
});
const textOf = async (body: HttpRequest['body']) => {
  const prepared = await prepareRequest(request({ body }));
  const chunks: Buffer[] = [];
  for await (const chunk of streamOf(prepared.body!) as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(prepared.body!.length);
  return { text: bytes.toString(), type: prepared.headers.find(([name]) => name === 'Content-Type')?.[1] };
};

test.each([
  ['no slash', { path: 'x' }, { code: 'REQUEST_INVALID', parameters: { field: 'path' } }],
  ['a blank in the path', { path: '/a b' }, { code: 'REQUEST_INVALID', parameters: { field: 'path' } }],
  ['a line break in the path', { path: '/a\r\nX: y' }, { code: 'REQUEST_INVALID', parameters: { field: 'path' } }],
  ['no time at all', { timeoutMilliseconds: 0 }, { code: 'REQUEST_INVALID', parameters: { field: 'timeoutMilliseconds' } }],
  ['half a millisecond', { timeoutMilliseconds: 0.5 }, { code: 'REQUEST_INVALID', parameters: { field: 'timeoutMilliseconds' } }],
  ['a line break in a value', { headers: [['A', 'b\r\nEvil: 1']] }, { code: 'HEADER_INVALID', parameters: { name: 'A' } }],
  ['a NUL in a value', { headers: [['A', 'b\0']] }, { code: 'HEADER_INVALID', parameters: { name: 'A' } }],
  ['a blank in a name', { headers: [['A B', 'c']] }, { code: 'HEADER_INVALID', parameters: { name: 'A B' } }],
  ['no name', { headers: [['', 'c']] }, { code: 'HEADER_INVALID', parameters: { name: '' } }],
  ['a token with a line break', { auth: { kind: 'bearer', token: 'a\nb' } }, { code: 'HEADER_INVALID', parameters: { name: 'Authorization' } }],
  ['the name of a key that is no header', { auth: { kind: 'api-key', name: 'my key', value: 'v', in: 'header' } }, { code: 'HEADER_INVALID', parameters: { name: 'my key' } }],
  ['a file that is not there', { body: { kind: 'file', file: '/does/not/exist' } }, { code: 'FILE_UNREADABLE', parameters: { file: '/does/not/exist' } }],
  ['a folder', { body: { kind: 'file', file: tmpdir() } }, { code: 'FILE_UNREADABLE', parameters: { file: tmpdir() } }],
] as const)('%s is refused before anything is sent', async (_, change, failure) => {
  await expect(prepareRequest(request(change as unknown as Partial<HttpRequest>))).rejects.toMatchObject(failure);
});

test.each([
  ['/a/../b?x=1#y', { kind: 'none' }, '/a/../b?x=1#y'],
  ['/안녕?q=세계', { kind: 'none' }, '/%EC%95%88%EB%85%95?q=%EC%84%B8%EA%B3%84'],
  ['/', { kind: 'api-key', name: 'key', value: 'a&b', in: 'query' }, '/?key=a%26b'],
  ['/?a=1', { kind: 'api-key', name: 'key', value: 'v', in: 'query' }, '/?a=1&key=v'],
] as const)('the path %s with %o goes out as %s', async (path, auth, sent) => {
  expect((await prepareRequest(request({ path, auth }))).path).toBe(sent);
});

test('authentication becomes a header, and is kept out of what is shown', async () => {
  const basic = await prepareRequest(request({ auth: { kind: 'basic', user: 'kim', password: '비밀' }, headers: [['Cookie', 'session=1']] }));
  expect(basic.headers).toEqual([['Cookie', 'session=1'], ['Authorization', `Basic ${Buffer.from('kim:비밀').toString('base64')}`]]);
  expect(basic.secrets.toSorted()).toEqual([`Basic ${Buffer.from('kim:비밀').toString('base64')}`, 'session=1', '비밀'].toSorted());
  expect((await prepareRequest(request({ auth: { kind: 'bearer', token: 't' } }))).headers).toEqual([['Authorization', 'Bearer t']]);
  expect((await prepareRequest(request({ auth: { kind: 'api-key', name: 'X-Key', value: 'v', in: 'header' } })))).toMatchObject({ headers: [['X-Key', 'v']], secrets: ['v'] });
});

test('a letter beyond ASCII in a header goes out as UTF-8', async () => {
  const { headers } = await prepareRequest(request({ headers: [['X-Name', '안녕']] }));
  expect(Buffer.from(headers[0]![1], 'latin1').toString()).toBe('안녕');
});

test('a body says what it is, unless the person does', async () => {
  expect(await textOf({ kind: 'json', text: '{"a":"가"}' })).toEqual({ text: '{"a":"가"}', type: 'application/json' });
  expect(await textOf({ kind: 'form', fields: [['a b', 'c&d'], ['e', '가']] })).toEqual({ text: 'a+b=c%26d&e=%EA%B0%80', type: 'application/x-www-form-urlencoded' });
  expect((await prepareRequest(request({ body: { kind: 'json', text: '1' }, headers: [['content-type', 'application/vnd.x+json']] }))).headers).toEqual([['content-type', 'application/vnd.x+json']]);
  expect(await textOf({ kind: 'file', file: fileWith('empty', '') })).toEqual({ text: '', type: undefined });
});

test('a multipart body is as the parser of the Fetch Standard reads it', async () => {
  const file = fileWith('a "quoted" 이름.txt', 'of the file');
  const { text, type } = await textOf({ kind: 'multipart', parts: [{ name: 'note', value: '줄\n둘' }, { name: 'up"load', file }] });
  const read = await new Response(text, { headers: { 'content-type': type! } }).formData();
  expect(read.get('note')).toBe('줄\n둘');
  const part = read.get('up"load') as File;
  expect([part.name, await part.text()]).toEqual(['a "quoted" 이름.txt', 'of the file']);
});

test('a file that became shorter meanwhile is told, and what is too large for memory is not read', async () => {
  const file = fileWith('shrinks', 'x'.repeat(100));
  const { body } = await prepareRequest(request({ body: { kind: 'file', file } }));
  expect(await bytesOf(body!, 99)).toBeUndefined();
  expect((await bytesOf(body!, 100))?.length).toBe(100);
  truncateSync(file, 40);
  await expect(bytesOf(body!, 100)).rejects.toMatchObject({ code: 'FILE_CHANGED', parameters: { file } });
});
