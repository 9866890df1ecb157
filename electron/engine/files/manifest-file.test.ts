import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listManifests } from './list-manifests.ts';
import { readManifestFile, writeManifestFile } from './manifest-file.ts';
import { manifestPath } from './manifest-path.ts';
import { openFileOrigins } from './origins.ts';

async function folderOf(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
const signal = new AbortController().signal;

test('written whole with the same mode, and nothing is left beside it', async () => {
  const folder = await folderOf({ 'a.yaml': 'old\r\n' });
  const path = join(folder, 'a.yaml');
  await chmod(path, 0o640);
  const { hash } = await readManifestFile(path);
  await writeManifestFile(path, 'new\r\n', hash);
  expect(await readFile(path, 'utf8')).toBe('new\r\n');
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(['a.yaml']);
});

test('a link stays one; what it leads to is written', async () => {
  const folder = await folderOf({ 'real.yaml': 'old' });
  await symlink(join(folder, 'real.yaml'), join(folder, 'link.yaml'));
  const path = join(folder, 'link.yaml');
  await writeManifestFile(path, 'new', (await readManifestFile(path)).hash);
  expect(await readFile(join(folder, 'real.yaml'), 'utf8')).toBe('new');
  expect((await stat(path)).isFile()).toBe(true);
});

test('refused where somebody else wrote meanwhile, and where it is gone', async () => {
  const folder = await folderOf({ 'a.yaml': 'old' });
  const path = join(folder, 'a.yaml');
  const { hash } = await readManifestFile(path);
  await writeFile(path, 'theirs');
  await expect(writeManifestFile(path, 'mine', hash)).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  expect(await readFile(path, 'utf8')).toBe('theirs');
  await rm(path);
  await expect(writeManifestFile(path, 'mine', hash)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  expect(await readdir(folder)).toEqual([]);
});

test('bytes that are no UTF-8, a folder and a file that is too large are told, not read', async () => {
  const folder = await folderOf({ 'bytes.yaml': Uint8Array.from([0xc3, 0x28]), 'large.yaml': 'x'.repeat(101) });
  await expect(readManifestFile(join(folder, 'bytes.yaml'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(readManifestFile(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(readManifestFile(join(folder, 'large.yaml'), 100)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE', parameters: { bytes: 101, most: 100 } });
});

test('a path is a full one, and a manifest by its name', () => {
  expect(manifestPath(' /a/../b/x.YML ')).toBe('/b/x.YML');
  expect(() => manifestPath('x.yaml')).toThrow(/FILE_UNREADABLE/);
  expect(() => manifestPath('/etc/passwd')).toThrow(/FILE_NOT_MANIFEST/);
  expect(() => manifestPath('/a.yaml\0.txt')).toThrow(/FILE_UNREADABLE/);
});

test('a folder: its manifests in kubectl’s order, without those below; the kustomization is named and left out', async () => {
  const folder = await folderOf({ 'b.yaml': '', 'A.json': '{}', 'a2.yml': '', 'a10.yml': '', 'kustomization.yaml': '', 'notes.txt': '', '.hidden.yaml': '' });
  await symlink(join(folder, 'nowhere'), join(folder, 'broken.yaml'));
  const listed = await listManifests(folder, signal);
  expect(listed.files.map(({ name }) => name)).toEqual(['A.json', 'a10.yml', 'a2.yml', 'b.yaml']);
  expect(listed.files[0]).toMatchObject({ path: join(folder, 'A.json'), bytes: 2 });
  expect(listed.kustomizations).toEqual(['kustomization.yaml']);
  expect(listed.isCut).toBe(false);
  expect((await listManifests(folder, signal, { entries: 50, shown: 2 })).isCut).toBe(true);
  await expect(listManifests(join(folder, 'nowhere'), signal)).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE' });
});

test('where objects came from is kept for the next start: the newest 500, for nobody else to read, and a broken file is none', async () => {
  const folder = await folderOf();
  const origins = openFileOrigins(folder);
  const origin = (name: string, path = `/${name}.yaml`) => ({ kind: 'Pod', namespace: 'n', name, path });
  await origins.remember('c', [origin('a'), origin('b')]);
  await origins.remember('c', [origin('a', '/other.yaml')]);
  await origins.remember('elsewhere', [origin('a', '/elsewhere.yaml')]);
  const again = openFileOrigins(folder);
  await again.remember('c', []);
  expect(again.all.value?.map(({ context, name, path }) => `${context} ${name} ${path}`)).toEqual(['elsewhere a /elsewhere.yaml', 'c a /other.yaml', 'c b /b.yaml']);
  expect((await stat(join(folder, 'file-origins.json'))).mode & 0o777).toBe(0o600);
  await again.remember('c', Array.from({ length: 600 }, (_, index) => origin(`p${index}`)));
  expect(JSON.parse(await readFile(join(folder, 'file-origins.json'), 'utf8'))).toHaveLength(500);
  await writeFile(join(folder, 'file-origins.json'), '{ broken');
  const broken = openFileOrigins(folder);
  await broken.remember('c', [origin('new')]);
  expect(broken.all.value).toHaveLength(1);
});
