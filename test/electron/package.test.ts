// Both packages, made of the stand-in distribution: the same files and the same fuses, read back from what was written.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPackage, extractAll } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPackage } from '../../build/check-package.ts';
import { writeFakeDistribution } from '../../build/fake-distribution.ts';
import { electronVersion, fuses } from '../../build/packaging.ts';
import { bin } from '../../build/programs.ts';

const root = path.resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(path.join(tmpdir(), 'podlab-packages-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Made {
  folder: string;
  said: string;
}
const made = {} as Record<'electron-builder' | 'Forge', Made>;

beforeAll(async () => {
  await writeFakeDistribution(path.join(directory, 'electron'), electronVersion);
  made['electron-builder'] = make('builder', process.execPath, ['build/run.mjs', 'package', '--stand-in'], 'linux-unpacked');
  made.Forge = make('forge', bin('electron-forge'), ['package'], `Podlab-linux-${process.arch}`);
}, 180_000);

function make(name: string, command: string, args: string[], folder: string): Made {
  const output = path.join(directory, name);
  const env = { ...process.env, PODLAB_PACKAGE_OUTPUT: output, PODLAB_ELECTRON_DIST: path.join(directory, 'electron'), NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, env, encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  return { folder: path.join(output, folder), said: stdout };
}

const check = (folder: string) => checkPackage(path.join(folder, 'podlab'), path.join(folder, 'resources'));

/** What the archive has to hold, file by file: the build without the browser shell's entry. */
function built(): string[] {
  const parts = ['dist/electron', 'dist/preload', 'dist/renderer'].flatMap((part) =>
    readdirSync(path.join(root, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `/${path.relative(root, path.join(entry.parentPath, entry.name))}`));
  return ['/package.json', ...parts.filter((file) => file !== '/dist/electron/serve.js')].toSorted();
}

test.for(['electron-builder', 'Forge'] as const)("%s's package holds the build and nothing else, and its fuses are set", async (maker) => {
  const { folder } = made[maker];
  const contents = await check(folder);
  expect(contents.files).toEqual(built());
  expect(contents.fuses).toEqual(fuses);
  expect(contents.manifest).toMatchObject({ name: 'podlab', main: 'dist/electron/main.js', type: 'module' });
  expect(contents.manifest).not.toHaveProperty('devDependencies');
  expect(statSync(path.join(folder, 'podlab')).mode & 0o111).toBe(0o111);
  expect(existsSync(path.join(folder, 'resources/icon.png'))).toBe(true);
});

test('npm run package says that a stand-in was used', () => {
  expect(made['electron-builder'].said).toContain('Electron: A STAND-IN (it was asked for). This package shows that packaging works; it cannot run.');
});

test.for<[string, (folder: string) => Promise<void>, RegExp]>([
  ['a source', (folder) => repack(folder, (app) => put(app, 'electron/main.ts')), /\/electron\/main\.ts is in the archive and should not be/],
  ['a module', (folder) => repack(folder, (app) => put(app, 'node_modules/ws/index.js')), /\/node_modules\/ws\/index\.js is in the archive/],
  ["the browser shell's entry", (folder) => repack(folder, (app) => put(app, 'dist/electron/serve.js')), /serve\.js is in the archive/],
  ['no page', (folder) => repack(folder, (app) => rmSync(path.join(app, 'dist/renderer/index.html'))), /index\.html is not in the archive/],
  [
    'a fuse the wrong way',
    async (folder) => void (await flipFuses(path.join(folder, 'podlab'), { version: FuseVersion.V1, [FuseV1Options.RunAsNode]: true })),
    /The fuse RunAsNode is on and should be off/,
  ],
])('a package with %s is refused', async ([name, spoil, complaint]) => {
  const folder = path.join(directory, 'spoiled', name);
  cpSync(made.Forge.folder, folder, { recursive: true });
  await spoil(folder);
  await expect(check(folder)).rejects.toThrow(complaint);
});

async function repack(folder: string, change: (app: string) => void): Promise<void> {
  const archive = path.join(folder, 'resources/app.asar');
  const app = path.join(folder, 'app');
  extractAll(archive, app);
  change(app);
  rmSync(archive);
  await createPackage(app, archive);
}

function put(app: string, file: string): void {
  mkdirSync(path.dirname(path.join(app, file)), { recursive: true });
  writeFileSync(path.join(app, file), '//');
}
