import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findTool, programFolders, toolEnvironment } from './find-tool.ts';

const home = await mkdtemp(join(tmpdir(), 'podlab-find-'));
afterAll(() => rm(home, { recursive: true }));

test.each([
  ['linux', { PATH: '/usr/bin:/bin' }, '/home/a', ['/usr/bin', '/usr/local/bin', '/home/a/.local/bin', '/home/a/go/bin', '/snap/bin']],
  // What launchd gives to an app that the Finder starts.
  ['darwin', { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' }, '/Users/a', ['/usr/bin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/Users/a/go/bin']],
  ['win32', { Path: 'C:\\Windows;C:\\Tools', LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local', ProgramFiles: 'C:\\Program Files' }, 'C:\\Users\\a',
    ['C:\\Windows', 'C:\\Tools', 'C:\\Users\\a\\AppData\\Local\\Microsoft\\WinGet\\Links', 'C:\\Program Files\\Kubernetes\\Minikube', 'C:\\ProgramData\\chocolatey\\bin', 'C:\\Users\\a\\scoop\\shims']],
  ['linux', { PATH: '', GOPATH: '/work/go' }, '/home/a', ['/usr/local/bin', '/work/go/bin']],
] as const)('%s: PATH first, then where the tools are usually installed', (platform, env, at, some) => {
  const folders = programFolders({ platform, env, home: at });
  expect(folders).toEqual(expect.arrayContaining([...some]));
  expect(new Set(folders).size).toBe(folders.length);
  expect(folders[0]).toBe(some[0]);
});

test('the present folder is no place of programs, however PATH says it', () => {
  const folders = programFolders({ platform: 'linux', env: { PATH: ':.:bin:/usr/bin' }, home: '/home/a' });
  expect(folders.every((folder) => folder.startsWith('/'))).toBe(true);
});

test('a tool gets the longer PATH under the name that it had', () => {
  expect(toolEnvironment({ platform: 'linux', env: { PATH: '/x', HOME: '/home/a' }, home: '/home/a' })).toMatchObject({ HOME: '/home/a', PATH: expect.stringMatching(/^\/x:\/usr\/local\/bin:/) as unknown });
  expect(Object.keys(toolEnvironment({ platform: 'win32', env: { Path: 'C:\\x' }, home: 'C:\\a' }))).toEqual(['Path']);
});

test('the first file that may be run, in PATH or in ~/go/bin; a folder or a plain file of that name is none', async () => {
  const [first, second, go] = ['first', 'second', 'go/bin'].map((name) => join(home, name));
  for (const folder of [first!, second!, go!]) await mkdir(folder, { recursive: true });
  const surroundings = { platform: 'linux' as const, env: { PATH: `${first}:${second}` }, home };
  const tool = 'podlab-no-such-tool';
  expect(await findTool(tool, surroundings)).toBeUndefined();
  await writeFile(join(go!, tool), '#!/bin/sh\n');
  await chmod(join(go!, tool), 0o755);
  await mkdir(join(first!, tool));
  await writeFile(join(second!, tool), 'no program');
  expect(await findTool(tool, surroundings)).toBe(join(go!, tool));
  await chmod(join(second!, tool), 0o755);
  expect(await findTool(tool, surroundings)).toBe(join(second!, tool));
});
