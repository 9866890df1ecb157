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

test('a likeness of the lists is likely, and one measured node does not make the others sure', () => {
  const likely = { store: { kind: 'shared-docker', sharesDocker: 'yes', known: 'same-images' } } as const;
  const measured = { store: { ...likely.store, known: 'pod-uid-on-container' } } as const;
  expect([storesInOneWord([likely]), storesInOneWord([measured]), storesInOneWord([measured, likely])]).toEqual(['shares-likely', 'shares', 'shares-likely']);
});
