import { expect, test } from 'vitest';
import { terminalNames } from './terminal-names.ts';

const word = (kind: string) => `<${kind}>`;

test('a terminal is called after its program and its container, and the second of a name is counted', () => {
  const rows = [
    { id: '1', container: 'app', program: '/bin/sh', way: { kind: 'shell' as const } },
    { id: '2', container: 'app', program: '/bin/sh', way: { kind: 'shell' as const } },
    { id: '3', container: 'side', program: '/usr/bin/bash', way: { kind: 'shell' as const } },
    { id: '4', container: 'app', way: { kind: 'shell' as const } },
  ];
  expect([...terminalNames(rows, word).values()]).toEqual(['sh · app', 'sh · app (2)', 'bash · side', '<shell> · app']);
});

test('what is attached to is not called after a program', () => {
  expect(terminalNames([{ id: '1', container: 'app', program: '/bin/app', way: { kind: 'attach' } }], word).get('1')).toBe('<attach> · app');
});
