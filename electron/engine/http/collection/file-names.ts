// Which files of a folder are saved requests, and how a new one is called.
import { isAbsolute, normalize } from 'node:path';
import { Failure } from '../../../../shared/contract/failures.ts';
import { atHome } from '../../builds/home-path.ts';

export const VARIABLES_FILE = 'variables.yaml';
const ENDING = '.request.yaml';
/** File systems take 255 bytes; a letter takes up to 4. */
const MOST_LETTERS = 48;
/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file: whatever ending they have. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name and no path. */
export function isRequestFile(name: string): boolean {
  return /^[^./\\:\0][^/\\:\0]*\.request\.ya?ml$/i.test(name);
}

/** The first file to try, then others: letters and digits of any language, and hyphens for all else. */
export function* fileNames(name: string): Generator<string, never, void> {
  const words = name.normalize('NFC').toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}_]+/gu, '-').replaceAll(/^-|-$/g, '');
  const base = Array.from(words).slice(0, MOST_LETTERS).join('').replace(/-$/, '');
  const safe = base === '' || DEVICE.test(base) ? `request${base && '-'}${base}` : base;
  yield `${safe}${ENDING}`;
  for (let number = 2; ; number += 1) yield `${safe}-${number}${ENDING}`;
}

/** A name for people, where the file has none. */
export const nameOfFile = (file: string): string => file.replace(/\.request\.ya?ml$/i, '');

/** A full path, or one below `~`. @throws Failure FOLDER_UNREADABLE */
export function folderPath(written: string): string {
  const path = normalize(atHome(written.trim()));
  if (!isAbsolute(path) || path.includes('\0')) throw new Failure('FOLDER_UNREADABLE', { folder: written }, `${path} is not a full path`);
  return path;
}
