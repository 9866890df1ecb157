import { expect, test } from 'vitest';
import type { Progress } from '../../shared/contract/progress.ts';
import { run } from './running.svelte.ts';

async function logOf(...pieces: string[]): Promise<readonly string[]> {
  const running = run<object>('images.build', async () => (async function* (): AsyncGenerator<Progress<object>> {
    for (const text of pieces) yield { type: 'log', text };
    yield { type: 'done', activityId: '1', result: {} };
  })());
  await running.ended;
  expect(running.state).toBe('done');
  return running.log;
}

test.each<[string, string[], string[]]>([
  ['whole lines', ['Step 1/2\n', 'Step 2/2\n'], ['Step 1/2', 'Step 2/2']],
  ['a line in pieces', ['Step', ' 1/2', '\nStep 2', '/2\n'], ['Step 1/2', 'Step 2/2']],
  ['an unfinished end', ['Step 1/2\nSte'], ['Step 1/2', 'Ste']],
  ['no empty lines', ['\nStep 1/2\n\n', '\n', ' \n', 'Step 2/2\r\n'], ['Step 1/2', 'Step 2/2']],
  ['what a return overwrites', ['10%\r', '50%\r100%\n', 'done\n'], ['100%', 'done']],
  ['the end of a long log', [Array.from({ length: 2500 }, (_, at) => `${at}\n`).join('')], Array.from({ length: 2000 }, (_, at) => String(at + 500))],
])('the log of a build: %s', async (_, pieces, lines) => expect(await logOf(...pieces)).toEqual(lines));
