import { expect, test } from 'vitest';
import { asksFirst } from './change.ts';
import { confirm, confirmation } from './confirm.svelte.ts';

test.each<[boolean, 'g' | 'y' | 'r', boolean]>([
  [true, 'g', false], [true, 'y', false], [true, 'r', true], [false, 'g', true], [false, 'y', true], [false, 'r', true],
])('local %s, danger %s: asks %s', (isLocal, danger, asks) => expect(asksFirst(isLocal, danger)).toBe(asks));

test('a question is answered once; a newer one refuses the older', async () => {
  const question = (title: string) => ({ title, commands: [], dangerous: false });
  const first = confirm(question('first'));
  const second = confirm(question('second'));
  expect([await first, confirmation.open?.title]).toEqual([false, 'second']);
  confirmation.answer(true);
  expect([await second, confirmation.open]).toEqual([true, undefined]);
});
