import { expect, test } from 'vitest';
import { kindOfMode, modeLetters } from './file-mode.ts';

test.each([
  [0o100644, 'file', 'rw-r--r--'], [0o040755, 'directory', 'rwxr-xr-x'], [0o120777, 'link', 'rwxrwxrwx'], [0o041777, 'directory', 'rwxrwxrwt'], [0o041776, 'directory', 'rwxrwxrwT'],
  [0o104755, 'file', 'rwsr-xr-x'], [0o102644, 'file', 'rw-r-Sr--'], [0o020666, 'other', 'rw-rw-rw-'], [0o060660, 'other', 'rw-rw----'], [0o010644, 'other', 'rw-r--r--'], [0o140755, 'other', 'rwxr-xr-x'],
])('%o', (mode, kind, letters) => {
  expect([kindOfMode(mode), modeLetters(mode)]).toEqual([kind, letters]);
});
