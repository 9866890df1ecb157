// Real folders, packed and unpacked again.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Builder } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';
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

test.each<[rules: string, sent: readonly string[]]>([
  ['', ['.dockerignore', 'Dockerfile', 'app', 'app/Main.java', 'app/target', 'app/target/app.jar', 'node_modules', 'node_modules/x.js', 'notes.md']],
  ['node_modules', ['.dockerignore', 'Dockerfile', 'app', 'app/Main.java', 'app/target', 'app/target/app.jar', 'notes.md']],
  // Unlike in .gitignore, a pattern stands for the path from the root.
  ['target', ['.dockerignore', 'Dockerfile', 'app', 'app/Main.java', 'app/target', 'app/target/app.jar', 'node_modules', 'node_modules/x.js', 'notes.md']],
  ['**/target\nnode_modules/', ['.dockerignore', 'Dockerfile', 'app', 'app/Main.java', 'notes.md']],
  // Case counts.
  ['APP\nNode_Modules\n*.MD', ['.dockerignore', 'Dockerfile', 'app', 'app/Main.java', 'app/target', 'app/target/app.jar', 'node_modules', 'node_modules/x.js', 'notes.md']],
  // All but one file inside an excluded folder; the later rule wins.
  ['*\n!app/target/app.jar', ['.dockerignore', 'Dockerfile', 'app/target/app.jar']],
  ['!notes.md\n*.md', ['.dockerignore', 'Dockerfile', 'app', 'app/Main.java', 'app/target', 'app/target/app.jar', 'node_modules', 'node_modules/x.js']],
  ['# comment\n\n  /app  \nnode_modules', ['.dockerignore', 'Dockerfile', 'notes.md']],
  // What Docker itself reads is sent even when it is excluded.
  ['**', ['.dockerignore', 'Dockerfile']],
])('.dockerignore %j', async (rules, sent) => {
  await write({ Dockerfile: 'FROM scratch', 'app/Main.java': '', 'app/target/app.jar': '', 'node_modules/x.js': '', 'notes.md': '', '.dockerignore': rules });
  expect(await paths()).toEqual(sent);
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
