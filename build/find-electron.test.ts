import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findElectron, run, type Machine } from './find-electron.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'podlab-electron-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder that looks like the npm package `electron` 45.4.1, with a binary and an installer that are shell and Node scripts. */
async function electronPackage(name: string, { version, binary, installer }: { version?: string; binary?: string; installer?: string }) {
  const home = path.join(folder, name);
  await mkdir(path.join(home, 'dist'), { recursive: true });
  await writeFile(path.join(home, 'package.json'), '{"version":"45.4.1"}');
  if (version) await writeFile(path.join(home, 'dist/version'), version);
  if (binary) await script(path.join(home, 'dist/electron'), binary);
  await writeFile(path.join(home, 'install.js'), installer ?? 'process.exit(1)');
  return home;
}

async function script(file: string, text: string) {
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
}

const machine = (home: string, change: Partial<Machine> = {}): Machine => ({
  env: { DISPLAY: ':0' }, platform: 'linux', isRoot: false, electronPackage: home, run, ...change,
});

test.each<[string, Record<string, string>, string]>([
  ['CI', { CI: 'true', DISPLAY: ':0' }, 'CI is set'],
  ['no display', {}, 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)'],
  ['nothing downloaded, and none wanted', { DISPLAY: ':0', PODLAB_NO_DOWNLOAD: '1' },
    'its binary is not downloaded yet and PODLAB_NO_DOWNLOAD is set'],
  ['a folder of one\'s own without it', { WAYLAND_DISPLAY: 'w', ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' },
    'ELECTRON_OVERRIDE_DIST_PATH is a folder without it'],
])('no window: %s', async (_, env, why) => {
  expect(await findElectron(machine(await electronPackage('empty', {}), { env }))).toEqual({ why });
});

test('a binary that answers --version is found; root needs it without the sandbox', async () => {
  const home = await electronPackage('whole', { version: 'v45.4.1', binary: 'echo v45.4.1' });
  const binary = path.join(home, 'dist/electron');
  expect(await findElectron(machine(home))).toEqual({ binary, args: [] });
  expect(await findElectron(machine(home, { isRoot: true }))).toEqual({ binary, args: ['--no-sandbox'] });
});

test('a binary that lacks a library is no window, and says which library', async () => {
  const home = await electronPackage('broken', {
    version: '45.4.1',
    binary: 'echo "electron: error while loading shared libraries: libnss3.so: cannot open shared object file" >&2; exit 127',
  });
  expect(await findElectron(machine(home))).toEqual({
    why: 'it does not run here (electron: error while loading shared libraries: libnss3.so: cannot open shared object file)',
  });
});

test('the binary of another version is downloaded anew, once', async () => {
  const home = await electronPackage('old', { version: '44.0.0', binary: 'echo v44.0.0', installer: `
    const fs = require('node:fs');
    fs.appendFileSync(__dirname + '/tries', 'x');
    fs.writeFileSync(__dirname + '/dist/version', '45.4.1');
  ` });
  expect(await findElectron(machine(home))).toEqual({ binary: path.join(home, 'dist/electron'), args: [] });
});

test('a download that fails says why', async () => {
  const home = await electronPackage('offline', { installer: `console.error(new TypeError('fetch failed').stack); process.exit(1)` });
  expect(await findElectron(machine(home))).toEqual({ why: 'it could not be downloaded (TypeError: fetch failed)' });
});

test('a program that hangs is ended when its time is over', async () => {
  expect(await run('sleep', ['600'], 50)).toEqual({ code: null, said: 'it took too long' });
});
