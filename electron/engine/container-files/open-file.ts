// The content of one file of a container: through tar, whose header tells its kind and size before any of it is read; else through cat. A file of /proc says
// that it is empty and is not, so what seems empty is read by cat, too.
import { extract } from 'tar-stream';
import { MOST_MOVED } from '../../../shared/container-files/limits.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { ExecStream } from '../../clients/cluster/exec-stream.ts';
import { kindOfMode } from './file-mode.ts';
import { hasNoTools, runIn, samePod, streamIn, withProgram, type Place } from './place.ts';
import { failureOfWords } from './words.ts';

export interface OpenFile extends AsyncDisposable {
  /** Absent where nobody tells it. */
  readonly bytes: number | undefined;
  /** Its size and time as the script of an upload compares them; '' where they are not known. */
  readonly stamp: string;
  readonly program: 'tar' | 'cat';
  /** Its content, once; fails where it could not be read to its end. May be left before. */
  readonly chunks: AsyncIterable<Buffer>;
}

/** What tells no size and does not end in this time has no end. */
const ENDLESS_SECONDS = 20;

/**
 * @throws Failure FILE_IN_CONTAINER_MISSING, _NOT_A_FILE, _DENIED, _NOT_READ; CONTAINER_HAS_NO_TOOLS; POD_GONE, POD_REPLACED; as `execInPod` does. While
 * it is read the same, and FILE_IN_CONTAINER_ENDLESS
 */
export async function openFile(place: Place, signal: AbortSignal): Promise<OpenFile> {
  if (place.name === '') throw new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path: place.path, kind: 'directory' }, 'it is the root directory');
  await samePod(place, signal);
  try {
    const file = await withProgram(place, ['tar', '-chf', '-', '-C', place.folder, `./${place.name}`], (command) => throughTar(place, command, signal));
    if (file.bytes !== 0) return file;
    await file[Symbol.asyncDispose]();
    // An image without cat has no file that is not as empty as it says.
    return await throughCat(place, signal, file.stamp).catch((error: unknown) => { if (hasNoTools(error)) return emptyFile(file.stamp); throw error; });
  } catch (error) {
    if (!hasNoTools(error)) throw error;
    return await withoutTar(place, signal).catch((second: unknown) => {
      throw hasNoTools(second) ? new Failure('CONTAINER_HAS_NO_TOOLS', { container: place.container, tools: 'tar, cat' }, error) : second;
    });
  }
}

function emptyFile(stamp: string): OpenFile {
  async function* nothing(): AsyncGenerator<Buffer, void, void> {}
  return { bytes: 0, stamp, program: 'tar', chunks: nothing(), async [Symbol.asyncDispose]() {} };
}

async function throughTar(place: Place, command: readonly string[], signal: AbortSignal): Promise<OpenFile> {
  const stream = await streamIn(place, command, signal);
  const reader = extract();
  const fed = feed(stream, reader);
  const entries = reader[Symbol.asyncIterator]();
  const end = async () => {
    stream[Symbol.dispose]();
    reader.destroy();
    await fed;
  };
  try {
    const first = await nextEntry(entries);
    if (!first) throw await complaint(place, stream);
    const { type, size, mtime } = first.header;
    if (type !== 'file' && type !== 'contiguous-file') {
      throw new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path: place.path, kind: type === 'directory' ? 'directory' : 'other' }, `tar says: ${type ?? 'unknown'}`);
    }
    async function* content() {
      let received = 0;
      try {
        for await (const chunk of first as unknown as AsyncIterable<Buffer>) {
          received += chunk.length;
          yield chunk;
        }
        await nextEntry(entries);
      } catch {
        // What broke off: how the program ended says why.
      }
      const { exitCode, stderr } = await stream.ended;
      // GNU tar ends with 1 where a file grew: what it gave is as long as it had said.
      const isWhole = received === size && (exitCode === 0 || /file changed as we read it/.test(stderr));
      if (!isWhole) throw failureOfWords(place, 'FILE_IN_CONTAINER_NOT_READ', stderr, `tar ended with exit code ${exitCode} after ${received} of ${size} bytes`);
    }
    return { bytes: size, stamp: mtime ? `${size} ${Math.floor(mtime.getTime() / 1000)}` : '', program: 'tar', chunks: content(), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The next one; undefined at the end, and where what came is no archive. */
async function nextEntry<Item>(entries: AsyncIterator<Item>): Promise<Item | undefined> {
  try {
    const { value, done } = await entries.next() as IteratorResult<Item, unknown>;
    return done ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Why there is no entry. */
async function complaint(place: Place, { ended }: ExecStream): Promise<Failure> {
  const { exitCode, stderr } = await ended;
  return failureOfWords(place, 'FILE_IN_CONTAINER_NOT_READ', stderr, `tar ended with exit code ${exitCode} and gave no archive`);
}

/** Reads the program's output to its end, as fast as the archive is read; what no archive is, is dropped. Never fails. */
async function feed({ stdout }: ExecStream, reader: ReturnType<typeof extract>): Promise<void> {
  let isOver = false;
  const over = new Promise<void>((resolve) => { reader.on('close', resolve).on('error', () => resolve()); }).then(() => { isOver = true; });
  for await (const chunk of stdout) {
    if (!isOver && !reader.write(chunk)) await Promise.race([new Promise<void>((resolve) => { reader.once('drain', resolve); }), over]);
  }
  if (!isOver) reader.end(null);
}

/** Devices and the like are told apart by stat, where the image has it. */
async function withoutTar(place: Place, signal: AbortSignal): Promise<OpenFile> {
  const { path } = place;
  const known = await runIn(place, ['stat', '-L', '-c', '%f %s %Y', path], signal).catch((error: unknown) => { if (hasNoTools(error)) return undefined; throw error; });
  const [, mode = '', size, modified] = /^([0-9a-f]+) (\d+) (-?\d+)\n/.exec(known?.stdout ?? '') ?? [];
  if (known && known.exitCode !== 0) throw failureOfWords(place, 'FILE_IN_CONTAINER_NOT_READ', known.stderr, `stat ended with exit code ${known.exitCode}`);
  const kind = mode === '' ? 'file' : kindOfMode(Number.parseInt(mode, 16));
  if (kind !== 'file') throw new Failure('FILE_IN_CONTAINER_NOT_A_FILE', { path, kind }, `stat says: mode ${mode}`);
  return throughCat(place, signal, size === undefined ? '' : `${size} ${modified}`, size === undefined || size === '0' ? undefined : Number(size));
}

async function throughCat(place: Place, signal: AbortSignal, stamp: string, bytes?: number): Promise<OpenFile> {
  const { path } = place;
  const { stream, first } = await withProgram(place, ['cat', path], async (command) => {
    const opened = await streamIn(place, command, signal);
    const output = opened.stdout[Symbol.asyncIterator]();
    // Whether there is such a program is known with its first output, or with its end.
    const waited = await Promise.race([output.next().then((piece) => ({ piece })), seconds(ENDLESS_SECONDS, signal)]);
    if (waited?.piece.done || waited?.piece.value?.subarray(0, 100).toString('latin1').startsWith('OCI runtime exec failed')) await finish(opened);
    return { stream: opened, first: { piece: waited?.piece, output } };
  });
  async function finish({ ended }: ExecStream) {
    const { exitCode, stderr } = await ended;
    if (exitCode !== 0) throw failureOfWords(place, 'FILE_IN_CONTAINER_NOT_READ', stderr, `cat ended with exit code ${exitCode}`);
  }
  const endless = () => new Failure('FILE_IN_CONTAINER_ENDLESS', { path, limit: MOST_MOVED, seconds: ENDLESS_SECONDS }, 'the file tells no size, and did not end');
  async function* content() {
    const until = bytes === undefined ? AbortSignal.timeout(ENDLESS_SECONDS * 1000) : undefined;
    let { piece } = first;
    let received = 0;
    for (;;) {
      if (piece === undefined) throw endless();
      if (piece.done) break;
      received += piece.value.length;
      if (received > MOST_MOVED || until?.aborted) throw endless();
      yield piece.value;
      piece = (await Promise.race([first.output.next().then((next) => ({ piece: next })), ...(until ? [seconds(ENDLESS_SECONDS, until)] : [])]))?.piece;
    }
    await finish(stream);
  }
  return { bytes, stamp, program: 'cat', chunks: content(), async [Symbol.asyncDispose]() { stream[Symbol.dispose](); } };
}

/** Resolves after that time, or when the signal aborts. */
function seconds(count: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, count * 1000, undefined);
    timer.unref();
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(undefined); }, { once: true });
  });
}
