// What the listing script tells, read back; and the script itself by this computer's own shell.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LIST_SCRIPT, parseListing } from './list-folder.ts';

const told = (...parts: readonly string[]) => parts.map((part) => `${part}\0`).join('');

test('names with line ends, of which stat says each its line', () => {
  const stat = '81a4 5 1700000000 ./a\n81a4 6 1700000001 ./line\n81a4 9 1 ./a\nend\n';
  expect(parseListing(told('./a', './line\n81a4 9 1 ./a\nend', '', stat, 'file', 'file'))?.entries).toEqual([
    { name: 'a', kind: 'file', size: 5, modifiedAt: '2023-11-14T22:13:20.000Z', mode: 'rw-r--r--' },
    { name: 'line\n81a4 9 1 ./a\nend', kind: 'file', size: 6, modifiedAt: '2023-11-14T22:13:21.000Z', mode: 'rw-r--r--' },
  ]);
});

test.each<[string, string, unknown]>([
  ['an empty folder', '', { entries: [], isCut: false }],
  ['more than is told', `${told('./a', '', '', 'file')}cut`, { entries: [{ name: 'a', kind: 'file' }], isCut: true }],
  ['a file that went away between name and stat', told('./gone', './b', '', '81a4 1 0 ./b\n', 'other', 'file'), {
    entries: [{ name: 'b', kind: 'file', size: 1, modifiedAt: '1970-01-01T00:00:00.000Z', mode: 'rw-r--r--' }, { name: 'gone', kind: 'other' }], isCut: false,
  }],
  ['links, without stat; folders come first', told('./l', './d', './x', '', '', 'link', 'directory', 'there', 'directory', 'link', 'none', ''), {
    entries: [{ name: 'd', kind: 'directory' }, { name: 'l', kind: 'link', targetKind: 'directory', target: 'there' }, { name: 'x', kind: 'link', targetKind: 'none', target: '' }], isCut: false,
  }],
  ['a device by its mode', told('./null', '', '21b6 0 0 ./null\n', 'other'), { entries: [{ name: 'null', kind: 'other', size: 0, modifiedAt: '1970-01-01T00:00:00.000Z', mode: 'rw-rw-rw-' }], isCut: false }],
  ['words of something else', 'sh: not found\n', undefined],
  ['a listing that broke off', told('./a', '', ''), undefined],
])('%s', (_, text, expected) => {
  expect(parseListing(text)).toEqual(expected);
});

test.skipIf(process.platform === 'win32').each(['sh', 'bash'])('the script, by %s', async (shell) => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-list-'));
  try {
    const names = ['a', '-n', ' b ', '*', 'quote\'"$(id)', 'line\nend\n', '.hidden', '..dots', '한국어'];
    for (const name of names) await writeFile(join(folder, name), 'x');
    await mkdir(join(folder, 'folder'));
    await symlink('folder', join(folder, 'to-folder'));
    const list = async (most: number) => parseListing((await promisify(execFile)(shell, ['-c', LIST_SCRIPT, 'sh', folder, String(most)])).stdout);
    const all = await list(2000);
    expect(all?.entries.map(({ name, kind }) => [name, kind])).toEqual([['folder', 'directory'], ['to-folder', 'link'], ...[...names].sort().map((name) => [name, 'file'])]);
    expect([all?.isCut, all?.entries.find(({ name }) => name === 'line\nend\n')?.size]).toEqual([false, process.platform === 'linux' ? 1 : undefined]);
    expect(await list(3)).toMatchObject({ entries: { length: 3 }, isCut: true });
  } finally {
    await rm(folder, { recursive: true });
  }
});
