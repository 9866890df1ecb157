import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeRedirect } from './open-in-browser.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'podlab-test-')); });
afterEach(() => rm(folder, { recursive: true }));

const url = 'http://127.0.0.1:7000/?token=a"b<c&d';

test('the page leads to the address and only its owner may read it, until it is disposed of', async () => {
  const written = writeRedirect(url, folder);
  expect(await readFile(written.file, 'utf8')).toBe(`<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=http://127.0.0.1:7000/?token=a&quot;b&lt;c&amp;d">
<title>Podlab</title>
<a href="http://127.0.0.1:7000/?token=a&quot;b&lt;c&amp;d">Podlab</a>
`);
  const modes = await Promise.all([written.file, path.dirname(written.file)].map(async (one) => (await stat(one)).mode & 0o777));
  expect(modes).toEqual([0o600, 0o700]);
  written[Symbol.dispose]();
  expect(await readdir(folder)).toEqual([]);
});

test('the end of the process removes it, process.exit included', async () => {
  const program = `
    const { writeRedirect } = await import(process.argv[1]);
    const { file } = writeRedirect('http://127.0.0.1:7000/', process.argv[2]);
    process.stdout.write(file + ' ' + require('node:fs').existsSync(file), () => process.exit(3));
  `;
  const script = path.join(import.meta.dirname, 'open-in-browser.ts');
  const args = ['-e', `(async () => {${program}})()`, script, folder];
  const ended: { code?: number; stdout?: string } = await promisify(execFile)(process.execPath, args)
    .catch((error: { code: number; stdout: string }) => error);
  const [file = '', existed] = ended.stdout?.split(' ') ?? [];
  expect({ code: ended.code, folder: path.dirname(path.dirname(file)), existed, exists: existsSync(file) })
    .toEqual({ code: 3, folder, existed: 'true', exists: false });
});
