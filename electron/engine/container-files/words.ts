// What the programs in a container say when they cannot (the C library's words for errno, in English: scripts set LC_ALL=C), as a failure.
import { Failure } from '../../../shared/contract/failures.ts';

/**
 * @param otherwise where the words say nothing that is known
 * @param said stderr; where it is empty, `exit` stands for it
 */
export function failureOfWords(
  { path, container }: { readonly path: string; readonly container: string },
  otherwise: 'FILE_IN_CONTAINER_NOT_READ' | 'FILE_IN_CONTAINER_NOT_WRITTEN',
  said: string,
  exit: string,
): Failure {
  const raw = said.trim() || exit;
  if (/no such file or directory|nonexistent directory/i.test(raw)) return new Failure('FILE_IN_CONTAINER_MISSING', { path, container }, raw);
  if (/read-only file system/i.test(raw)) return new Failure('FILE_IN_CONTAINER_READ_ONLY', { path }, raw);
  if (/no space left on device|quota exceeded/i.test(raw)) return new Failure('FILE_IN_CONTAINER_NO_ROOM', { path }, raw);
  if (/permission denied|operation not permitted/i.test(raw)) return new Failure('FILE_IN_CONTAINER_DENIED', { path, container }, raw);
  if (/not a directory/i.test(raw)) return new Failure('FILE_IN_CONTAINER_NOT_A_FOLDER', { path }, raw);
  if (/is a directory/i.test(raw)) return new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path, kind: 'directory' }, raw);
  if (/\b(?:mv|wc): (?:command )?not found/i.test(raw)) return new Failure('CONTAINER_HAS_NO_TOOLS', { container, tools: 'wc, mv' }, raw);
  return new Failure(otherwise, { path, container }, raw);
}
