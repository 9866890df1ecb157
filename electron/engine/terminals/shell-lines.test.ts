// The lines that a shell is given, run by the shells of this computer; what a container makes of them is proven in test/terminal.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { beginningOf, shellCommand, shellFinders } from './shell-lines.ts';

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);

test('the mark is read off the beginning, with what came before it', () => {
  const shell = { pid: '12', startedAt: '345', program: '/bin/sh' };
  expect(beginningOf(Buffer.from(`x\r\n${ESC}]podlab-shell;12;345;/bin/sh${BEL}$ `))).toEqual({ kind: 'shell', shell, after: Buffer.from('$ ') });
  expect(beginningOf(Buffer.from(`${ESC}]podlab-shell;12;345;/bin`))).toEqual({ kind: 'unknown' });
  expect(beginningOf(Buffer.from('hello'))).toEqual({ kind: 'unknown' });
});

test('a path that is not of Latin letters, or has a semicolon, stays what it is', () => {
  expect(beginningOf(Buffer.from(`${ESC}]podlab-shell;1;2;/집/a;b/sh${BEL}`))).toMatchObject({ shell: { program: '/집/a;b/sh' } });
});

test.each([['sh', ['/bin/sh', '-c']], ['bash', ['/bin/bash', '-c']]])('%s becomes the shell that it tells of, under the same process', async (_, finder) => {
  const [program = '', ...words] = shellCommand(finder);
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end('echo pid $$\n');
  const pieces: Buffer[] = [];
  for await (const piece of child.stdout) pieces.push(piece as Buffer);
  const beginning = beginningOf(Buffer.concat(pieces));
  expect(beginning.kind).toBe('shell');
  if (beginning.kind !== 'shell') return;
  expect(beginning.shell).toMatchObject({ pid: String(child.pid), program: expect.stringMatching(/^\/.*\/bash$/), startedAt: expect.stringMatching(/^\d+$/) });
  expect(beginning.after.toString()).toContain(`pid ${child.pid}`);
});

test('sh is looked for first, and then where PATH leads nowhere', () => {
  expect(shellFinders.map(([program]) => program)).toEqual(['sh', 'bash', '/bin/sh', '/bin/bash', '/busybox/sh']);
});
