import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isDockerfile, listFolder } from './list-folder.ts';

const quiet = () => new AbortController().signal;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'podlab-list-'));
  for (const folder of ['app10', 'app9', '.git', 'lower']) await mkdir(join(root, folder));
  await writeFile(join(root, 'app9/Dockerfile'), 'FROM scratch\n');
  await writeFile(join(root, 'lower/dockerfile'), 'FROM scratch\n');
  await mkdir(join(root, 'app10/Dockerfile')); // a folder of that name is none
  for (const file of ['Dockerfile.dev', 'Dockerfile.dockerignore', 'web.Dockerfile', 'README']) await writeFile(join(root, file), '');
  await symlink(join(root, 'app9'), join(root, 'link'));
  await symlink(root, join(root, 'circle'));
  await symlink(join(root, 'nowhere'), join(root, 'broken'));
});
afterAll(() => rm(root, { recursive: true }));

test('only folders, in the order that people count in; which of them a build would take', async () => {
  const listing = await listFolder(root, quiet());
  expect(listing.folders.map(({ name, hasDockerfile }) => [name, hasDockerfile])).toEqual([
    ['app9', true],
    ['app10', false],
    ['circle', false],
    ['link', true],
    ['lower', true],
  ]);
  expect(listing).toMatchObject({ path: root, parent: dirname(root), hasDockerfile: false, dockerfiles: ['Dockerfile.dev', 'web.Dockerfile'], isCut: false });
});

test('a link is gone into under its own name, and the way up leads back', async () => {
  const listing = await listFolder(join(root, 'link'), quiet());
  expect(listing).toMatchObject({ path: join(root, 'link'), parent: root, hasDockerfile: true, dockerfiles: ['Dockerfile'] });
});

test('the home folder, the top', async () => {
  for (const written of [undefined, '', '~']) expect((await listFolder(written, quiet())).path).toBe(homedir());
  expect('parent' in (await listFolder('/', quiet()))).toBe(false);
});

test.each(['nowhere', 'README', 'broken'])('%s cannot be read', async (name) => {
  await expect(listFolder(join(root, name), quiet())).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE', parameters: { folder: join(root, name) } });
});

test('a path from nowhere is refused', async () => {
  await expect(listFolder(basename(root), quiet())).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE' });
});

test('a folder of very many says that it was cut', async () => {
  const listing = await listFolder(root, quiet(), { folders: 2, entries: 1000 });
  expect(listing.folders.map(({ name }) => name)).toEqual(['app9', 'app10']);
  expect(listing.isCut).toBe(true);
  expect((await listFolder(root, quiet(), { folders: 1000, entries: 3 })).isCut).toBe(true);
});

test.each<[string, boolean]>([
  ['Dockerfile', true], ['dockerfile', true], ['Dockerfile.dev', true], ['api.Dockerfile', true], ['Containerfile', true],
  ['Dockerfile.dockerignore', false], ['.dockerignore', false], ['Dockerfiles', false], ['docker-compose.yml', false],
])('%s is a Dockerfile by its name: %s', (name, is) => expect(isDockerfile(name)).toBe(is));
