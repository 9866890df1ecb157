import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { runTool, type ToolRun } from './run-tool.ts';
import { isAlive } from './test-tools.ts';

const folder = await mkdtemp(join(tmpdir(), 'podlab-run-'));
afterAll(() => rm(folder, { recursive: true }));

// Each starts programs, which takes its time on a busy computer.
vi.setConfig({ testTimeout: 30_000 });

const idle = () => new AbortController().signal;
/** Runs a piece of JavaScript as the tool. */
const tool = (script: string, more: Partial<ToolRun> = {}) =>
  runTool({ tool: 'kind', path: process.execPath, args: ['-e', script], env: process.env, signal: idle(), ...more });

const written = async (file: string) => {
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toMatch(/\n$/), { timeout: 10_000 });
  return (await readFile(file, 'utf8')).trim().split('\n').map(Number);
};

test('gives what it printed; both streams are told as they come, and its input is what it was given', async () => {
  const told: string[] = [];
  const printed = await tool(`process.stderr.write('working\\n'); process.stdin.on('data', (text) => process.stdout.write('got ' + text))`, { input: 'nodes: 2\n', onOutput: (text) => told.push(text) });
  expect(printed).toBe('got nodes: 2\n');
  expect(told.join('')).toContain('working\n');
  expect(told.join('')).toContain('got nodes: 2\n');
});

test('one that asks something gets the end of its input instead of waiting', async () => {
  expect(await tool(`process.stdin.on('end', () => process.stdout.write('nobody there')).resume()`)).toBe('nobody there');
});

test('a failure has the tool’s own words: those of stderr, else of stdout, else how it ended', async () => {
  const failure = (cause: string) => ({ code: 'TOOL_FAILED', parameters: { tool: 'kind', command: expect.stringMatching(/^kind -e /) as unknown }, raw: cause });
  await expect(tool(`console.log('Creating'); console.error('ERROR: no such image'); process.exit(1)`)).rejects.toMatchObject(failure('ERROR: no such image'));
  await expect(tool(`console.log('X Exiting'); process.exit(69)`)).rejects.toMatchObject(failure('X Exiting'));
  await expect(tool(`process.exit(3)`)).rejects.toMatchObject(failure('kind ended with exit code 3'));
});

test('a file that is not there, or is no program, is a missing tool', async () => {
  await expect(tool('', { path: join(folder, 'nothing') })).rejects.toMatchObject({ code: 'TOOL_MISSING', parameters: { tool: 'kind' } });
  await writeFile(join(folder, 'text'), 'hello');
  await expect(tool('', { path: join(folder, 'text') })).rejects.toMatchObject({ code: 'TOOL_MISSING' });
});

const family = (file: string, own = '') => `
  const child = require('child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('up')"], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.once('data', () => require('fs').writeFileSync(${JSON.stringify(file)}, process.pid + '\\n' + child.pid + '\\n'));
  ${own}`;

test('cancelling ends it with its children, also one that does not want to end', async () => {
  const file = join(folder, 'cancelled');
  const stop = new AbortController();
  const running = tool(family(file), { signal: stop.signal });
  const ended = running.catch((error: Error) => error.message);
  const pids = await written(file);
  expect(pids.map(isAlive)).toEqual([true, true]);
  stop.abort(new Error('enough'));
  expect(await ended).toBe('enough');
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), { timeout: 5_000 });
});

test('one that does not end when asked is killed', async () => {
  const file = join(folder, 'stubborn');
  const stop = new AbortController();
  const running = tool(family(file, `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`), { signal: stop.signal });
  const ended = running.catch((error: Error) => error.message);
  const pids = await written(file);
  stop.abort(new Error('enough'));
  expect(await ended).toBe('enough');
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), { timeout: 5_000 });
});

test('a quick question has a limit, and what it said until then is kept', async () => {
  await expect(tool(`console.error('asking Docker'); setInterval(() => {}, 1000)`, { timeoutMs: 700 })).rejects.toMatchObject({
    code: 'TOOL_FAILED', raw: expect.stringContaining('kind did not answer within 0.7 s') as unknown,
  });
});

test('something that it leaves running does not hold its answer', async () => {
  const file = join(folder, 'left');
  await expect(tool(family(file, `child.unref(); child.stdout.unref(); const w = setInterval(() => { if (require('fs').existsSync(${JSON.stringify(file)})) { clearInterval(w); process.stdout.write('done'); process.exit(0); } }, 20);`))).resolves.toBe('done');
  const [, left] = await written(file);
  process.kill(left!, 'SIGKILL');
});
