// Real folders, packed and unpacked again.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Builder } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { IGNORE_TABLE, writeIgnoreFolder } from '../../../test/fixtures/docker-ignore.ts';
import { contextEntries, findDockerfile, packContext } from './build-context.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'podlab-context-')); });
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
const paths = async (builder: Builder = 'classic', dockerfile = 'Dockerfile') => (await Array.fromAsync(contextEntries({ folder, dockerfile, builder }))).map(({ path }) => path);

describe.skipIf(process.platform !== 'linux')('.dockerignore, as the docker CLI was seen to read it', () => {
  const sent = async (builder: Builder) =>
    (await Array.fromAsync(contextEntries({ folder, dockerfile: 'Dockerfile', builder }))).filter(({ type }) => type !== 'directory').map(({ path }) => path).sort();

  test.each(IGNORE_TABLE)('$rules', async ({ rules, classic, buildkit }) => {
    await writeIgnoreFolder(folder, rules);
    expect(await sent('classic')).toEqual(classic);
    expect(await sent('buildkit')).toEqual(buildkit);
    expect(await sent('buildx')).toEqual(buildkit);
  });
});

test('Dockerfile.dockerignore goes before .dockerignore, but the classic builder does not know it', async () => {
  await write({ Dockerfile: 'FROM scratch', 'Dockerfile.dockerignore': 'a', '.dockerignore': 'b', a: '', b: '' });
  expect(await paths('buildkit')).toEqual(['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'b']);
  expect(await paths('classic')).toEqual(['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'a']);
});

test('the archive keeps modes, links and contents, belongs to root, and follows no link out', async () => {
  const long = `${'d'.repeat(90)}/${'f'.repeat(90)}`;
  await write({ Dockerfile: 'FROM scratch', 'run.sh': '#!/bin/sh\n', [long]: 'long', empty: '', big: 'x'.repeat(300_000) });
  await chmod(join(folder, 'run.sh'), 0o751);
  await symlink('/etc/passwd', join(folder, 'out'));
  await symlink('run.sh', join(folder, 'inside'));
  await mkdir(join(folder, 'nothing'), { mode: 0o700 });
  const socket = createServer().listen(join(folder, 'a.sock'));
  const reader = extract();
  packContext({ folder, dockerfile: 'Dockerfile', builder: 'classic' }).pipe(reader);
  const found: Record<string, unknown> = {};
  for await (const entry of reader) {
    const { name, type, mode, linkname, uid, gid } = entry.header;
    found[name] = { type, mode: mode.toString(8), linkname, owner: `${uid}:${gid}`, text: (await buffer(entry as AsyncIterable<Buffer>)).toString().slice(0, 20) };
  }
  socket.close();
  const file = (mode: string, text: string) => ({ type: 'file', mode, linkname: null, owner: '0:0', text });
  const link = (linkname: string) => ({ type: 'symlink', mode: '777', linkname, owner: '0:0', text: '' });
  const directory = (mode: string) => ({ type: 'directory', mode, linkname: null, owner: '0:0', text: '' });
  const plain = (0o666 & ~process.umask()).toString(8);
  const open = (0o777 & ~process.umask()).toString(8);
  expect(found).toEqual({
    Dockerfile: file(plain, 'FROM scratch'),
    big: file(plain, 'x'.repeat(20)),
    [`${'d'.repeat(90)}/`]: directory(open),
    [long]: file(plain, 'long'),
    empty: file(plain, ''),
    inside: link('run.sh'),
    'nothing/': directory('700'),
    out: link('/etc/passwd'),
    'run.sh': file('751', '#!/bin/sh\n'),
  });
});

test('a reader that leaves early closes the archive', async () => {
  await write({ Dockerfile: 'FROM scratch', big: 'x'.repeat(10_000_000) });
  const archive = packContext({ folder, dockerfile: 'Dockerfile', builder: 'classic' });
  for await (const chunk of archive) {
    expect((chunk as Buffer).length).toBeGreaterThan(0);
    break;
  }
  expect(archive.destroyed).toBe(true);
});

test('what cannot be read is the stream\'s error', async () => {
  await write({ Dockerfile: 'FROM scratch' });
  await mkdir(join(folder, '.dockerignore'));
  const error: unknown = await buffer(packContext({ folder, dockerfile: 'Dockerfile', builder: 'classic' })).catch((reason: unknown) => reason);
  expect(error instanceof Failure && error.toData()).toEqual({
    code: 'FILE_UNREADABLE', params: { file: join(folder, '.dockerignore') }, cause: 'EISDIR: illegal operation on a directory, read',
  });
});

test('a Dockerfile that is named is inside the folder', async () => {
  await write({ 'docker/app.Dockerfile': 'FROM scratch' });
  expect(await findDockerfile(folder, 'docker/app.Dockerfile')).toBe('docker/app.Dockerfile');
  expect(await findDockerfile(folder, join(folder, 'docker/../docker/app.Dockerfile'))).toBe('docker/app.Dockerfile');
  for (const named of ['docker', 'docker/Dockerfile', '../Dockerfile']) {
    await expect(findDockerfile(folder, named)).rejects.toMatchObject({ code: 'DOCKERFILE_MISSING', parameters: { folder } });
  }
});

test('the classic builder is sent a Dockerfile in an ignored folder, BuildKit gets it apart', async () => {
  await write({ 'docker/Dockerfile': 'FROM scratch', 'docker/x': '', '.dockerignore': 'docker', a: '' });
  expect(await paths('classic', 'docker/Dockerfile')).toEqual(['.dockerignore', 'a', 'docker/Dockerfile']);
  expect(await paths('buildkit', 'docker/Dockerfile')).toEqual(['.dockerignore', 'a']);
});

test('a walk ends with its signal, and counts the files that are left out', async () => {
  await write({ Dockerfile: '', '.dockerignore': 'node_modules\n*.log', 'node_modules/a/b.js': '', 'node_modules/c.js': '', 'x.log': '', app: '' });
  let ignored = 0;
  await Array.fromAsync(contextEntries({ folder, dockerfile: 'Dockerfile', builder: 'classic', onIgnored: () => { ignored++; } }));
  expect(ignored).toBe(3);
  const entries = contextEntries({ folder, dockerfile: 'Dockerfile', builder: 'classic', signal: AbortSignal.abort(new Error('enough')) });
  await expect(entries.next()).rejects.toThrow('enough');
});

test('findDockerfile says what is wrong with the folder', async () => {
  const failure = async (path: string) => {
    const error: unknown = await findDockerfile(path).catch((reason: unknown) => reason);
    return error instanceof Failure ? error.toData() : error;
  };
  expect(await failure(join(folder, 'gone'))).toEqual({
    code: 'FOLDER_UNREADABLE', params: { folder: join(folder, 'gone') }, cause: `ENOENT: no such file or directory, scandir '${join(folder, 'gone')}'`,
  });
  expect(await failure(folder)).toEqual({ code: 'DOCKERFILE_MISSING', params: { folder }, cause: `no Dockerfile in ${folder}` });
  await mkdir(join(folder, 'Dockerfile'));
  expect(await failure(folder)).toMatchObject({ code: 'DOCKERFILE_MISSING' });
  await write({ dockerfile: 'FROM scratch' });
  expect(await findDockerfile(folder)).toBe('dockerfile');
});
