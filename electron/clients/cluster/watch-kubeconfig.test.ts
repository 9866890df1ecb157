import { mkdir, mkdtemp, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import type { Kubeconfig } from './kubeconfig.ts';
import { happenings } from './test-happenings.ts';
import { nextToAppear, watchKubeconfig } from './watch-kubeconfig.ts';

const source = (context: string, ca = '') => `
clusters: [{ name: c, cluster: { server: "https://localhost:1", certificate-authority: "${ca}" } }]
contexts: [{ name: ${context}, context: { cluster: c, user: u } }]
`;
const names = (kubeconfig: Kubeconfig) => kubeconfig.contexts.map((context) => context.name);

test('a file replaced by a rename, written in place, and one that appears with its folder are seen', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-watch-'));
  const present = join(folder, 'config');
  const later = join(folder, 'not', 'yet', 'config');
  await writeFile(present, source('one'));
  const seen = happenings<Kubeconfig>();
  await using watched = await watchKubeconfig({ env: { KUBECONFIG: [present, later].join(delimiter) } }, seen.push);
  expect(names(watched.current)).toEqual(['one']);

  await writeFile(`${present}.new`, source('two'));
  await rename(`${present}.new`, present);
  expect(names(await seen.next())).toEqual(['two']);

  await writeFile(present, source('three'));
  expect(names(await seen.next())).toEqual(['three']);

  await mkdir(join(folder, 'not', 'yet'), { recursive: true });
  await writeFile(later, source('four'));
  expect(names(await seen.next())).toEqual(['three', 'four']);
  expect(names(watched.current)).toEqual(['three', 'four']);
});

test('the same content is no change; a new certificate is one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-watch-'));
  const file = join(folder, 'config');
  const link = join(folder, 'link', 'config');
  await mkdir(join(folder, 'link'));
  await symlink(file, link);
  await writeFile(join(folder, 'ca.crt'), 'old');
  await writeFile(file, source('one', join(folder, 'ca.crt')));
  const seen = happenings<Kubeconfig>();
  await using watched = await watchKubeconfig({ file: link }, seen.push);

  await writeFile(file, source('one', join(folder, 'ca.crt')));
  await writeFile(join(folder, 'ca.crt'), 'new');
  expect(names(await seen.next())).toEqual(['one']);
  await writeFile(file, source('two')); // through the link
  expect(names(await seen.next())).toEqual(['two']);
  expect({ more: seen.waiting, now: names(watched.current) }).toEqual({ more: 0, now: ['two'] });
});

test('a closed watch says nothing more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-watch-'));
  const file = join(folder, 'config');
  await writeFile(file, source('one'));
  const closedSaw = happenings<Kubeconfig>();
  const openSaw = happenings<Kubeconfig>();
  const closing = await watchKubeconfig({ file }, closedSaw.push);
  await using _open = await watchKubeconfig({ file }, openSaw.push);
  await closing[Symbol.asyncDispose]();
  await writeFile(file, source('two'));
  expect(names(await openSaw.next())).toEqual(['two']); // by when the closed one would have spoken too
  expect(closedSaw.waiting).toBe(0);
});

test.each<[file: string, there: string[], path: typeof posix, expected: string | undefined]>([
  ['/home/me/.kube/config', ['/', '/home', '/home/me', '/home/me/.kube'], posix, '/home/me/.kube/config'],
  ['/home/me/.kube/config', ['/', '/home'], posix, '/home/me'],
  ['Z:\\kube\\config', ['C:\\', 'Z:\\'], win32, 'Z:\\kube'],
  ['Z:\\kube\\config', ['C:\\'], win32, undefined],
])('what has to appear first for %s where %j exist', (file, there, path, expected) => {
  expect(nextToAppear(file, (folder) => there.includes(folder), path.dirname)).toBe(expected);
});
