// The mode of a file (POSIX <sys/stat.h>, the numbers of Linux) in words.
import type { FileKind } from '../../../shared/contract/container-files.ts';

const FORMAT = 0o170000;
const KINDS: Readonly<Record<number, FileKind>> = { 0o100000: 'file', 0o040000: 'directory', 0o120000: 'link' };

export function kindOfMode(mode: number): FileKind {
  return KINDS[mode & FORMAT] ?? 'other';
}

/** `rwxr-xr-x`, with s, S, t and T for the three special bits, as `ls -l` writes it. */
export function modeLetters(mode: number): string {
  const three = (bits: number, isSpecial: boolean, letter: string) =>
    `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${isSpecial ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-'}`;
  return three(mode >> 6, (mode & 0o4000) !== 0, 's') + three(mode >> 3, (mode & 0o2000) !== 0, 's') + three(mode, (mode & 0o1000) !== 0, 't');
}
