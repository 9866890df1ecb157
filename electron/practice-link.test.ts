// The practice cluster's process as its starter sees it; the processes are real ones that do one thing.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { practiceStarter } from './practice-link.ts';
import { forkPractice } from './serve/fork-practice.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'podlab-link-'));
afterAll(() => rm(directory, { recursive: true }));
const patience = () => new AbortController().signal;

/** Starts a process that begins with its folder, and goes on as `text` says on each message. */
async function starter(name: string, text: string) {
  const folder = path.join(directory, name);
  const file = `${folder}.mjs`;
  await writeFile(file, `
    import { mkdirSync, rmSync } from 'node:fs';
    const folder = ${JSON.stringify(folder)};
    mkdirSync(folder);
    process.send({ type: 'folder', folder });
    const ready = (speed) => process.send({ type: 'ready', kubeconfig: folder + '/kubeconfig', dockerHost: 'unix://' + folder, contexts: ['practice'], speed, version: 'v1.34.0' });
    process.on('message', (message) => { ${text} });
  `);
  return { folder, start: practiceStarter(() => forkPractice(file)) };
}

test('it is given its speed, tells where it is, and is followed to its end', async () => {
  const { folder, start } = await starter('good', "if (message.type === 'stop') { rmSync(folder, { recursive: true }); process.exit(0); } ready(message.speed);");
  const practice = await start({ speed: 10 }, patience());
  expect(practice).toMatchObject({ kubeconfig: `${folder}/kubeconfig`, contexts: ['practice'], speed: 10, version: 'v1.34.0' });
  await practice.stop();
  expect([await practice.ended, existsSync(folder)]).toEqual(['its process ended with code 0', false]);
});

test('one that dies leaves no folder, and says why it died where it can', async () => {
  const { folder, start } = await starter('dying', "ready(1); process.send({ type: 'failed', cause: 'a bug' }, () => process.exit(1));");
  const practice = await start({}, patience());
  expect([await practice.ended, existsSync(folder)]).toEqual(['a bug', false]);
});

test('one that is killed is told as one', async () => {
  const { start } = await starter('killed', "ready(1); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);");
  expect(await (await start({}, patience())).ended).toBe('its process was killed');
});

test.for([
  ['cannot listen', "process.send({ type: 'failed', cause: 'no socket' }, () => process.exit(1));", 'no socket'],
  ['ends at once', 'process.exit(3);', 'its process ended with code 3'],
] as const)('one that %s is no start, and leaves nothing', async ([name, text, why]) => {
  const { folder, start } = await starter(name.replaceAll(' ', '-'), text);
  await expect(start({}, patience())).rejects.toThrow(why);
  expect(existsSync(folder)).toBe(false);
});

test('a start that is given up ends the process', async () => {
  const { folder, start } = await starter('slow', "if (message.type === 'stop') process.exit(0);");
  const giveUp = new AbortController();
  const starting = start({}, giveUp.signal);
  giveUp.abort(new Error('left'));
  await expect(starting).rejects.toThrow('left');
  expect(existsSync(folder)).toBe(false);
});
