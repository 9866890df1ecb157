// What is in a folder of a container, by a shell and, where the image has them, stat and readlink. No output of `ls` is read: a name may hold anything but a
// slash and a NUL, so NULs part what is told.
import type { ContainerFile, ContainerFolder } from '../../../shared/contract/container-files.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { MOST_ENTRIES } from '../../../shared/container-files/limits.ts';
import { kindOfMode, modeLetters } from './file-mode.ts';
import { execLine, runIn, shellScript, type Place } from './place.ts';
import { failureOfWords } from './words.ts';

const NOT_THERE = 41;
const NO_FOLDER = 42;
const CLOSED = 43;

/**
 * $1 the folder, $2 how many entries are told. Told in portions of at most 100: the names, each with a NUL after it, and one NUL; what stat says of them, a
 * NUL; then of each name its kind, and of a link what is there and where it leads. At last `cut` where there are more.
 */
export const LIST_SCRIPT = `
LC_ALL=C; export LC_ALL
cd "$1" 2>/dev/null || {
  ls -ld "$1" >/dev/null
  [ -e "$1" ] || exit ${NOT_THERE}
  [ -d "$1" ] || exit ${NO_FOLDER}
  cd "$1"
  exit ${CLOSED}
}
[ -r . ] || { ls . >/dev/null; exit ${CLOSED}; }
most=$2; count=0; stat=
command -v stat >/dev/null 2>&1 && stat=yes
show() {
  printf '%s\\0' "$@"; printf '\\0'
  [ -z "$stat" ] || stat -c '%f %s %Y %n' "$@" 2>/dev/null
  printf '\\0'
  for each; do
    if [ -h "$each" ]; then
      if [ -d "$each" ]; then at=directory; elif [ -e "$each" ]; then at=file; else at=none; fi
      printf 'link\\0%s\\0%s\\0' "$at" "$(readlink "$each" 2>/dev/null)"
    elif [ -d "$each" ]; then printf 'directory\\0'
    elif [ -f "$each" ]; then printf 'file\\0'
    else printf 'other\\0'; fi
  done
}
set --
for found in ./* ./.[!.]* ./..?*; do
  case $found in './*'|'./.[!.]*'|'./..?*') [ -e "$found" ] || [ -h "$found" ] || continue;; esac
  count=$((count + 1))
  [ $count -le $most ] || break
  set -- "$@" "$found"
  [ $# -lt 100 ] || { show "$@"; set --; }
done
[ $# -eq 0 ] || show "$@"
[ $count -le $most ] || printf 'cut'
exit 0
`;

/** An entry tells its name twice, and its link's target: 4 KiB is the longest of those (PATH_MAX). */
const MOST_OUTPUT = MOST_ENTRIES * 5 * 1024;

/**
 * Folders first, then by name.
 * @throws Failure FILE_IN_CONTAINER_MISSING, _NOT_A_FOLDER, _DENIED, _NOT_READ; CONTAINER_HAS_NO_TOOLS; as `execInPod` does
 */
export async function listFolder(place: Place, signal: AbortSignal): Promise<ContainerFolder> {
  const { path, container } = place;
  const { stdout, stderr, exitCode } = await runIn(place, shellScript(LIST_SCRIPT, path, String(MOST_ENTRIES)), signal, MOST_OUTPUT);
  const raw = stderr.trim() || `exit code ${exitCode}`;
  if (exitCode === NO_FOLDER) throw new Failure('FILE_IN_CONTAINER_NOT_A_FOLDER', { path }, raw);
  if (exitCode === CLOSED) throw new Failure('FILE_IN_CONTAINER_DENIED', { path, container }, raw);
  if (exitCode !== 0) throw failureOfWords(place, 'FILE_IN_CONTAINER_NOT_READ', stderr, `exit code ${exitCode}`);
  const listed = parseListing(stdout);
  if (!listed) throw new Failure('FILE_IN_CONTAINER_NOT_READ', { path, container }, raw);
  return { path, ...listed, command: execLine(place, 'ls', '-la', path) };
}

/** What the script told; undefined where that was something else. */
export function parseListing(told: string): Pick<ContainerFolder, 'entries' | 'isCut'> | undefined {
  const parts = told.split('\0');
  const last = parts.pop();
  if (last !== '' && last !== 'cut') return undefined;
  const entries: ContainerFile[] = [];
  let at = 0;
  while (at < parts.length) {
    const end = parts.indexOf('', at);
    if (end < 0) return undefined;
    const names = parts.slice(at, end);
    const stats = parseStat(parts[end + 1] ?? '', names);
    at = end + 2;
    for (const name of names) {
      const kind = parts[at++];
      if (kind !== 'link' && kind !== 'directory' && kind !== 'file' && kind !== 'other') return undefined;
      const link = kind === 'link' ? { targetKind: targetKindOf(parts[at++]), target: parts[at++] ?? '' } : {};
      entries.push({ name: name.slice(2), kind, ...stats.get(name), ...link });
    }
  }
  return { entries: entries.sort(inOrder), isCut: last === 'cut' };
}

/** Lines of `stat`, each ending with the name, in the order of the names; of a file that went away there is none. A name may have line ends in it. */
function parseStat(text: string, names: readonly string[]): Map<string, Pick<ContainerFile, 'kind' | 'size' | 'modifiedAt' | 'mode'>> {
  const stats = new Map<string, Pick<ContainerFile, 'kind' | 'size' | 'modifiedAt' | 'mode'>>();
  let rest = text;
  for (const name of names) {
    const line = /^([0-9a-f]+) (\d+) (-?\d+) /.exec(rest);
    if (!line || !rest.startsWith(`${name}\n`, line[0].length)) continue;
    rest = rest.slice(line[0].length + name.length + 1);
    const mode = Number.parseInt(line[1] ?? '', 16);
    stats.set(name, { kind: kindOfMode(mode), size: Number(line[2]), modifiedAt: new Date(Number(line[3]) * 1000).toISOString(), mode: modeLetters(mode) });
  }
  return stats;
}

function targetKindOf(word: string | undefined): 'file' | 'directory' | 'none' {
  return word === 'file' || word === 'directory' ? word : 'none';
}

const isFolder = ({ kind, targetKind }: ContainerFile) => kind === 'directory' || targetKind === 'directory';
function inOrder(a: ContainerFile, b: ContainerFile): number {
  return Number(isFolder(b)) - Number(isFolder(a)) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
