// Writes one file of a container, by a shell: to a temporary name beside it, which gets the file's name when all is there. The program that takes the bytes
// is told how many there are (head -c): servers before Kubernetes 1.30 cannot tell it that its input has ended, and GNU tar, which ends at its archive's end,
// waits for the end of its input all the same (sys_drain_input_pipe in src/system.c).
import { randomBytes } from 'node:crypto';
import { Failure } from '../../../shared/contract/failures.ts';
import { execInPod } from '../../clients/cluster/exec.ts';
import { runIn, samePod, shellScript, streamIn, withProgram, type Place } from './place.ts';
import { failureOfWords } from './words.ts';

const NO_FOLDER = 41;
const EXISTS = 42;
const NOT_WRITTEN = 43;
const SHORT = 44;
const CHANGED = 45;
const IS_LINK = 46;
const IS_FOLDER = 47;
const IS_OTHER = 48;
const NO_HEAD = 49;

/**
 * $1 the folder, $2 the temporary name, $3 the name, $4 how many bytes come, $5 `overwrite` or `new`, $6 the size and time that the file has to have, ''
 * for any. Removes the temporary file however it ends. It is cat that writes: busybox's head does not tell why it could not.
 *
 * Prints what went wrong, or the size and time of the new one, and last of all how it ends. Where that is no success it then reads on until the connection is
 * closed: a kubelet on containerd does not tell the end of a program that has left some of its input unread, or cuts the connection.
 * stderr stays open (as 3): where one of the outputs ends, containerd was seen to close the input, too.
 */
export const WRITE_SCRIPT = `
LC_ALL=C; export LC_ALL
exec 3>&2 2>&1
temporary=
trap 'code=$?; [ -z "$temporary" ] || rm -f "$temporary"; printf "\\nended %s\\n" "$code"; [ $code -eq 0 ] || cat > /dev/null' EXIT
cd "$1" || { [ -d "$1" ] || exit ${NO_FOLDER}; exit ${NOT_WRITTEN}; }
file=./$3
stamp() { command -v stat >/dev/null 2>&1 && stat -c '%s %Y' "$file"; }
look() {
  [ ! -h "$file" ] || exit ${IS_LINK}
  [ ! -d "$file" ] || exit ${IS_FOLDER}
  if [ -e "$file" ]; then
    [ -f "$file" ] || exit ${IS_OTHER}
    [ "$2" = overwrite ] || exit ${EXISTS}
    [ -z "$3" ] || [ "$(stamp)" = "$3" ] || exit ${CHANGED}
  else
    [ -z "$3" ] || exit ${CHANGED}
  fi
}
look - "$5" "$6"
command -v head >/dev/null 2>&1 && command -v cat >/dev/null 2>&1 || exit ${NO_HEAD}
temporary=./$2
trap 'exit ${SHORT}' HUP INT TERM PIPE
head -c "$4" | cat > "$temporary" || exit ${NOT_WRITTEN}
[ "$(wc -c < "$temporary")" -eq "$4" ] || exit ${SHORT}
if [ -e "$file" ] && command -v stat >/dev/null 2>&1; then
  chown "$(stat -c '%u:%g' "$file")" "$temporary" 2>/dev/null
  chmod "$(stat -c '%a' "$file")" "$temporary"
fi
look - "$5" "$6"
mv -f "$temporary" "$file" || exit ${NOT_WRITTEN}
stamp
exit 0
`;

/** $1 the folder, $2 the name, $3 the size and time that the file has to have. */
const REMOVE_SCRIPT = `
LC_ALL=C; export LC_ALL
cd "$1" || exit ${NO_FOLDER}
file=./$2
[ -f "$file" ] && [ ! -h "$file" ] && [ "$(stat -c '%s %Y' "$file")" = "$3" ] || exit ${CHANGED}
rm -f "$file" || exit ${NOT_WRITTEN}
`;

export interface Written {
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly overwrite: boolean;
  /** The file has to be as it was then; '' for any. */
  readonly stamp: string;
}

const CLEANUP_MS = 15_000;

/**
 * Gives the stamp of what was written, '' where the image has no stat. Nothing is changed when it fails; only where the connection broke when all bytes were
 * sent the file may have been written.
 * @throws Failure FILE_IN_CONTAINER_*, CONTAINER_HAS_NO_TOOLS; as `execInPod` does; what `chunks` throws
 */
export async function writeFile(place: Place, { bytes, chunks, overwrite, stamp }: Written, onBytes: (sent: number) => void, signal: AbortSignal): Promise<string> {
  const { path, folder, name, container } = place;
  if (name === '') throw new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path, kind: 'directory' }, 'it is the root directory');
  await samePod(place, signal);
  // The shell is looked for with nothing at stake: what is sent can be sent only once.
  const client = await place.session.client();
  const shell = await withProgram(place, ['sh', '-c', ':'], async (command) => {
    await execInPod(client, { namespace: place.ref.namespace, pod: place.ref.name, container, command, signal });
    return command.slice(0, -2);
  });
  const temporary = `.${randomBytes(6).toString('hex')}.podlab`;
  const stop = new AbortController();
  const stream = await streamIn(place, [...shell, ...shellScript(WRITE_SCRIPT, folder, temporary, name, String(bytes), overwrite ? 'overwrite' : 'new', stamp).slice(1)], AbortSignal.any([signal, stop.signal]), true);
  let isSettled = false;
  const settled = stream.ended.then(() => { isSettled = true; }, () => { isSettled = true; });
  const output = ending(stream.stdout);
  try {
    let sent = 0;
    for await (const chunk of untilEnded(chunks, output)) {
      await Promise.race([stream.write(chunk), output]);
      onBytes((sent += chunk.length));
    }
    const told = await output;
    const { exitCode, stderr } = told.exitCode === undefined ? await stream.ended : { exitCode: told.exitCode, stderr: told.text };
    if (exitCode !== 0) throw refusal(place, exitCode, stderr);
    return /^\d+ -?\d+$/m.exec(told.text)?.[0] ?? '';
  } catch (error) {
    stop.abort();
    await settled;
    // The script removes it itself; not so where it was ended from outside.
    if (!(error instanceof Failure) || error.code === 'CLUSTER_UNREACHABLE') {
      await runIn(place, ['rm', '-f', `${folder === '/' ? '' : folder}/${temporary}`], AbortSignal.timeout(CLEANUP_MS)).catch(() => {});
    }
    throw error;
  } finally {
    if (!isSettled) stream[Symbol.dispose]();
  }

  /** What comes until the program has ended. */
  async function* untilEnded(all: AsyncIterable<Uint8Array>, over: Promise<unknown>): AsyncGenerator<Uint8Array, void, void> {
    const source = all[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([source.next(), over.then(() => undefined)]);
      if (next === undefined || next.done) return;
      yield next.value;
    }
  }
  function refusal(at: Place, exitCode: number, stderr: string): Failure {
    const raw = stderr.trim() || `exit code ${exitCode}`;
    switch (exitCode) {
      case NO_FOLDER: return failureOfWords({ path: folder, container }, 'FILE_IN_CONTAINER_NOT_WRITTEN', stderr || 'No such file or directory', '');
      case EXISTS: return new Failure('FILE_IN_CONTAINER_EXISTS', { path }, raw);
      case CHANGED: return new Failure('FILE_IN_CONTAINER_CHANGED', { path }, raw);
      case IS_LINK: return new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path, kind: 'link' }, raw);
      case IS_FOLDER: return new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path, kind: 'directory' }, raw);
      case IS_OTHER: return new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path, kind: 'other' }, raw);
      case NO_HEAD: return new Failure('CONTAINER_HAS_NO_TOOLS', { container, tools: 'head, cat' }, raw);
      default: return failureOfWords(at, 'FILE_IN_CONTAINER_NOT_WRITTEN', stderr, `exit code ${exitCode}`);
    }
  }
}

/** Removes a file that is as it was written. @throws Failure FILE_IN_CONTAINER_CHANGED; as `writeFile` does */
export async function removeFile(place: Place, stamp: string, signal: AbortSignal): Promise<void> {
  await samePod(place, signal);
  const { exitCode, stderr } = await runIn(place, shellScript(REMOVE_SCRIPT, place.folder, place.name, stamp), signal);
  if (exitCode === 0) return;
  if (exitCode === CHANGED) throw new Failure('FILE_IN_CONTAINER_CHANGED', { path: place.path }, stderr.trim() || `exit code ${exitCode}`);
  throw failureOfWords(place, 'FILE_IN_CONTAINER_NOT_WRITTEN', stderr, `exit code ${exitCode}`);
}

/** What the script said, without its last line, and that line's exit code; undefined where the output ended without one. */
async function ending(stdout: AsyncIterable<Buffer>): Promise<{ text: string; exitCode?: number }> {
  let text = '';
  for await (const piece of stdout) {
    text += piece.toString('utf8');
    const end = /\nended (\d+)\n$/.exec(text);
    if (end) return { text: text.slice(0, end.index).trim(), exitCode: Number(end[1]) };
  }
  return { text: text.trim() };
}
