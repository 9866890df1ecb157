// Real files in a folder of the test.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { Collection } from '../../../../shared/contract/requests.ts';
import { fileNames, isRequestFile } from './file-names.ts';
import { watchCollection } from './collection.ts';
import { saveRequest, saveVariables } from './save.ts';

const request: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 30_000, followRedirects: true, verifyCertificate: true,
};

async function scene() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'podlab-requests-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function follow(folder: string, most?: Parameters<typeof watchCollection>[2]) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const states = watchCollection(folder, stop.signal, most);
  const next = async () => (await states.next()).value as Collection;
  return {
    stop, next,
    async until(accept: (state: Collection) => boolean): Promise<Collection> {
      for (;;) {
        const state = await next();
        if (accept(state)) return state;
      }
    },
    ended: async () => (await states.next()).done,
  };
}
const names = (state: Collection) => (state.state === 'read' ? state.requests.map(({ name }) => name) : []);

test('the requests by name and the variables, then each change on disk', async () => {
  const folder = await scene();
  await writeFile(join(folder, 'b.request.yaml'), 'path: /b\n');
  await writeFile(join(folder, 'notes.txt'), 'no request');
  const it = follow(folder);
  expect(await it.next()).toMatchObject({
    state: 'read', folder, requests: [{ file: 'b.request.yaml', name: 'b', request: { ...request, path: '/b' }, checks: [] }], variables: { values: {} }, problems: [], isCut: false,
  });
  await writeFile(join(folder, 'variables.yaml'), 'version: 1.10\nempty:\n');
  expect(await it.until((state) => state.state === 'read' && state.variables.hash !== undefined)).toMatchObject({ variables: { values: { version: '1.10', empty: '' } } });
  await writeFile(join(folder, 'a.request.yml'), 'name: A first\n');
  expect(names(await it.until((state) => names(state).length === 2))).toEqual(['A first', 'b']);
  await rm(join(folder, 'b.request.yaml'));
  expect(names(await it.until((state) => names(state).length === 1))).toEqual(['A first']);
  it.stop.abort();
  expect(await it.ended()).toBe(true);
});

test('a file that says something else is told with its line, and the others are there', async () => {
  const folder = await scene();
  await writeFile(join(folder, 'good.request.yaml'), 'path: /\n');
  await writeFile(join(folder, 'bad.request.yaml'), 'path: /\nheaders: [\n');
  await writeFile(join(folder, 'large.request.yaml'), 'x'.repeat(300_000));
  await writeFile(join(folder, 'latin.request.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff]));
  await mkdir(join(folder, 'folder.request.yaml'));
  await writeFile(join(folder, 'variables.yaml'), 'a: 1\na b: 2\n');
  const state = await follow(folder).next();
  expect(names(state)).toEqual(['good']);
  expect(state).toMatchObject({
    problems: [
      { file: 'bad.request.yaml', failure: { code: 'REQUEST_FILE_INVALID' } }, { file: 'folder.request.yaml', failure: { code: 'FILE_UNREADABLE' } },
      { file: 'large.request.yaml', failure: { code: 'REQUEST_FILE_INVALID', params: { line: 0 } } }, { file: 'latin.request.yaml', failure: { code: 'FILE_UNREADABLE' } },
      { file: 'variables.yaml', failure: { code: 'REQUEST_FILE_INVALID', params: { line: 2 } } },
    ],
  });
});

test('a folder that is not there is told, and read when it comes', async () => {
  const folder = join(await scene(), 'later');
  const it = follow(folder);
  expect(await it.next()).toMatchObject({ state: 'unreadable', failure: { code: 'FOLDER_UNREADABLE' } });
  await mkdir(folder);
  expect(await it.next()).toMatchObject({ state: 'read', requests: [] });
  await rename(folder, `${folder}-moved`);
  expect(await it.until((state) => state.state === 'unreadable')).toMatchObject({ failure: { code: 'FOLDER_UNREADABLE' } });
  expect(await follow('relative/folder').next()).toMatchObject({ state: 'unreadable', failure: { code: 'FOLDER_UNREADABLE' } });
});

test('no more is read than a folder of requests has', async () => {
  const folder = await scene();
  for (let at = 0; at < 6; at += 1) await writeFile(join(folder, `${at}.request.yaml`), `name: n${at}\n`);
  const most = { entries: 100, files: 4, bytes: 1000 };
  const state = await follow(folder, most).next();
  expect([names(state), state.state === 'read' && state.isCut]).toEqual([['n0', 'n1', 'n2', 'n3'], true]);
  expect(names(await follow(folder, { ...most, bytes: 15 }).next())).toEqual(['n0', 'n1']);
});

test('what is saved is read, in a new file each time, and a file that is named is changed', async () => {
  const folder = await scene();
  const first = await saveRequest({ folder, name: 'Say hello!', request: { ...request, path: '/hello' } });
  const second = await saveRequest({ folder, name: 'say HELLO', request, checks: [{ kind: 'status' }] });
  expect([first.file, second.file]).toEqual(['say-hello.request.yaml', 'say-hello-2.request.yaml']);
  const third = await saveRequest({ folder, into: second, name: 'say HELLO', request: { ...request, path: '/x' } });
  const state = await follow(folder).next();
  expect(state).toMatchObject({
    requests: [{ file: 'say-hello-2.request.yaml', hash: third.hash, request: { path: '/x' }, checks: [{ kind: 'status' }] }, { name: 'Say hello!', hash: first.hash, request: { path: '/hello' } }],
  });
  expect((await readdir(folder)).toSorted()).toEqual(['say-hello-2.request.yaml', 'say-hello.request.yaml']);
});

test('twenty that are saved at once under one name are twenty files', async () => {
  const folder = await scene();
  const saved = await Promise.all(Array.from({ length: 20 }, (_, at) => saveRequest({ folder, name: 'same', request: { ...request, path: `/${at}` } })));
  expect(new Set(saved.map(({ file }) => file)).size).toBe(20);
  const state = await follow(folder).next();
  expect(state.state === 'read' && new Set(state.requests.map((each) => each.request.path)).size).toBe(20);
});

test('a file that somebody else changed meanwhile is not written', async () => {
  const folder = await scene();
  const saved = await saveRequest({ folder, name: 'a', request });
  await writeFile(join(folder, saved.file), 'name: theirs\n');
  await expect(saveRequest({ folder, into: saved, name: 'a', request })).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  expect(await readFile(join(folder, saved.file), 'utf8')).toBe('name: theirs\n');
  await rm(join(folder, saved.file));
  await expect(saveRequest({ folder, into: saved, name: 'a', request })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('nothing is written outside the folder', async () => {
  const outside = await scene();
  const folder = await scene();
  await writeFile(join(outside, 'x.request.yaml'), '');
  const { hash } = await saveRequest({ folder: outside, name: 'y', request });
  for (const file of ['../x.request.yaml', join(outside, 'y.request.yaml'), '..', 'variables.yaml', '.request.yaml', 'a\\b.request.yaml']) {
    await expect(saveRequest({ folder, into: { file, hash }, name: 'x', request })).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
  }
  await symlink(join(outside, 'y.request.yaml'), join(folder, 'link.request.yaml'));
  await expect(saveRequest({ folder, into: { file: 'link.request.yaml', hash }, name: 'x', request })).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
  const saved = await saveRequest({ folder, name: '../../etc/passwd', request });
  expect([saved.file, await readdir(folder)]).toEqual(['etc-passwd.request.yaml', ['etc-passwd.request.yaml', 'link.request.yaml']]);
  await expect(saveRequest({ folder: join(folder, 'nowhere'), name: 'a', request })).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
  await expect(saveRequest({ folder: 'relative', name: 'a', request })).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE' });
});

test('a secret is never in a file, but its variable is', async () => {
  const folder = await scene();
  const secret = await saveRequest({ folder, name: 'a', request: { ...request, auth: { kind: 'bearer', token: 'secret-1' }, headers: [['Cookie', 'secret-2'], ['A', 'stays']] } });
  const named = await saveRequest({ folder, into: secret, name: 'a', request: { ...request, auth: { kind: 'bearer', token: '{{token}}' } } });
  expect([secret.hadSecrets, named.hadSecrets]).toEqual([true, false]);
  expect(await readFile(join(folder, 'a.request.yaml'), 'utf8')).toContain('{{token}}');
  await saveRequest({ folder, name: 'b', request: { ...request, auth: { kind: 'basic', user: 'kim', password: 'secret-3' } } });
  const texts = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')));
  expect(texts.join('')).not.toMatch(/secret-/);
});

test('variables: made, changed with their comments, not over what somebody else wrote, and read by their owner only', async () => {
  const folder = await scene();
  const file = join(folder, 'variables.yaml');
  const made = await saveVariables({ folder, values: { token: 'a: b', n: '1.10' } });
  expect(await readFile(file, 'utf8')).toBe('token: "a: b"\nn: "1.10"\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await expect(saveVariables({ folder, values: {} })).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  await writeFile(file, '# of the test cluster\ntoken: x # old\nn: 1.10\ngone: 1\n');
  await expect(saveVariables({ folder, hash: made.hash, values: {} })).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  const hash = createHash('sha256').update(await readFile(file)).digest('hex');
  await saveVariables({ folder, hash, values: { token: 'y', n: '1.10', 이름: '값' } });
  expect(await readFile(file, 'utf8')).toBe('# of the test cluster\ntoken: y # old\nn: 1.10\n이름: 값\n');
  await expect(saveVariables({ folder: await scene(), values: { 'a b': '1' } })).rejects.toMatchObject({ code: 'REQUEST_FILE_INVALID' });
});

test.each([
  ['Say hello!', 'say-hello.request.yaml'], ['안녕 세계', '안녕-세계.request.yaml'], ['', 'request.request.yaml'], ['...', 'request.request.yaml'], ['CON', 'request-con.request.yaml'],
  ['a/../b', 'a-b.request.yaml'], ['\0', 'request.request.yaml'], ['GET /users?id=1', 'get-users-id-1.request.yaml'],
])('%j is called %s', (name, file) => {
  expect(fileNames(name).next().value).toBe(file);
  expect(isRequestFile(file)).toBe(true);
});

test('a long name fits into every file system', () => {
  expect(Buffer.byteLength(fileNames('😀가'.repeat(500)).next().value)).toBeLessThan(255);
});
