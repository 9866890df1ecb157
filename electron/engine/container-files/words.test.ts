import { expect, test } from 'vitest';
import { failureOfWords } from './words.ts';

test.each([
  ['tar: ./x: No such file or directory\ntar: error exit delayed from previous errors', 'FILE_IN_CONTAINER_MISSING'],
  ['sh: cd: line 2: can\'t cd to /x: No such file or directory', 'FILE_IN_CONTAINER_MISSING'],
  ['tar: ./secret: Cannot open: Permission denied', 'FILE_IN_CONTAINER_DENIED'],
  ['mv: can\'t rename \'./.a\': Operation not permitted', 'FILE_IN_CONTAINER_DENIED'],
  ['sh: 23: cannot create ./.a.podlab: Read-only file system', 'FILE_IN_CONTAINER_READ_ONLY'],
  ['cat: write error: No space left on device', 'FILE_IN_CONTAINER_NO_ROOM'],
  ['cat: write error: Disk quota exceeded', 'FILE_IN_CONTAINER_NO_ROOM'],
  ['cat: /etc: Is a directory', 'FILE_IN_CONTAINER_NOT_A_FILE'],
  ['cat: /etc/hosts/x: Not a directory', 'FILE_IN_CONTAINER_NOT_A_FOLDER'],
  ['sh: line 20: wc: not found', 'CONTAINER_HAS_NO_TOOLS'],
  ['mv: can\'t rename \'./.a\': Device or resource busy', 'FILE_IN_CONTAINER_NOT_WRITTEN'],
])('%s', (said, code) => {
  const failure = failureOfWords({ path: '/x', container: 'app' }, 'FILE_IN_CONTAINER_NOT_WRITTEN', `${said}\n`, 'exit code 1');
  expect([failure.code, failure.raw]).toEqual([code, said]);
});

test('where nothing is said, the exit code stands for it', () => {
  expect(failureOfWords({ path: '/x', container: 'app' }, 'FILE_IN_CONTAINER_NOT_READ', ' \n', 'exit code 7')).toMatchObject({ code: 'FILE_IN_CONTAINER_NOT_READ', raw: 'exit code 7' });
});
