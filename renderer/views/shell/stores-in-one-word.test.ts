import { expect, test } from 'vitest';
import { storesInOneWord } from './stores-in-one-word.ts';
import type { StoreWord } from './stores-in-one-word.ts';

test.each<[('yes' | 'no' | 'unknown')[], StoreWord]>([
  [[], 'unknown-store'],
  [['yes'], 'shares'],
  [['no', 'no'], 'own-store'],
  [['yes', 'no'], 'mixed'],
  [['yes', 'unknown'], 'unknown-store'],
])('%j', (answers, expected) => {
  expect(storesInOneWord(answers.map((sharesDocker) => ({ store: { kind: 'generic', sharesDocker, known: 'no-evidence' } })))).toBe(expected);
});
