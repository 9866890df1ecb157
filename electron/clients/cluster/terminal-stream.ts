// One program in a container with its input and output as they are, byte by byte: exec and attach over one WebSocket. Subprotocol v5.channel.k8s.io
// (k8s.io/apiserver/pkg/util/proxy/streamtranslator.go; the end of input can be told) or v4 (k8s.io/kubelet/pkg/cri/streaming/remotecommand).
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';
import { endingOf, execFailure, exitOf } from './exec.ts';
import { type ChannelSocket, openWebSocket } from './websocket.ts';

export interface TerminalTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** What to run; absent: the container's own program is attached to. */
  readonly command?: readonly string[];
  readonly hasTerminal: boolean;
  readonly takesInput: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface TerminalStream {
  /** Whether the end of input can be told (v5). */
  readonly canEndInput: boolean;
  /** Begins to give the output, stdout and stderr as they come. The bytes are a piece of a larger buffer: who keeps them for long copies them. */
  start(onOutput: (bytes: Buffer, isStderr: boolean) => void): void;
  /** Sends bytes, after those of earlier calls; resolves when there is room for more. Bytes for a program that has ended go nowhere. */
  write(bytes: Uint8Array): Promise<void>;
  /** @throws Failure END_OF_INPUT_NOT_SUPPORTED */
  endInput(): Promise<void>;
  /** Tells the size, at once and then at most every 50 ms, the last one always. What is no size is ignored. */
  resize(columns: number, rows: number): void;
  /** Stops reading, so that the program waits once the pipes on the way are full. */
  pause(): void;
  resume(): void;
  /** Cuts the connection; the program may live on. */
  terminate(): void;
  /**
   * The program's exit code; undefined where nobody told it (attach), or after `terminate`. Rejects with the failure for which the program was not run
   * (COMMAND_NOT_IN_IMAGE, CONTAINER_NOT_FOUND, POD_NOT_RUNNING, API_ERROR), or TERMINAL_LOST where the connection broke.
   */
  readonly ended: Promise<number | undefined>;
}

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
/** Of v5 only: the channel whose number follows is at its end. */
const CLOSE = 255;
const V5 = 'v5.channel.k8s.io';
const PIECE = 32 * 1024;
const RESIZE_MS = 50;
/** As much of the first output as the runtime's complaint may be long. */
const MOST_COMPLAINT = 4 * 1024;

/** Opens it; resolves when the server has agreed. Fails as `execInPod` does. */
export async function openTerminalStream(connection: ClusterConnection, target: TerminalTarget): Promise<TerminalStream> {
  const { namespace, pod, container, command, hasTerminal, takesInput, signal } = target;
  const words = { pod, container, command: command ?? [] };
  const socket = await openWebSocket(connection, {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/${command ? 'exec' : 'attach'}`,
    query: [
      ['container', container], ['stdin', String(takesInput)], ['stdout', 'true'], ['stderr', String(!hasTerminal)], ['tty', String(hasTerminal)],
      ...(command ?? []).map((part) => ['command', part] as const),
    ],
    protocols: [V5, 'v4.channel.k8s.io'],
    signal,
  }).catch((error: unknown) => { throw error instanceof ApiError ? execFailure(words, error.message, error) : error; });
  return streamOver(socket, connection.context.name, target, words);
}

function streamOver(socket: ChannelSocket, context: string, { pod, hasTerminal }: TerminalTarget, words: Parameters<typeof execFailure>[0]): TerminalStream {
  const canEndInput = socket.protocol === V5;
  let status = '';
  let first = '';
  let isOpen = true;
  let isTerminated = false;
  let sizing: NodeJS.Timeout | undefined;
  let over = () => {};
  const gone = new Promise<void>((resolve) => (over = resolve));
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | undefined>();
  ended.catch(() => {}); // whoever waits for it hears it

  const onClosed = (error: Error | undefined) => {
    isOpen = false;
    clearTimeout(sizing);
    over();
    if (isTerminated) return resolve(undefined);
    const ending = endingOf(status);
    if (!ending) return reject(new Failure('TERMINAL_LOST', { pod }, error ?? 'the connection ended before the program did'));
    const isRun = words.command.length > 0;
    try {
      // What a program that was attached to writes is its own, and no complaint.
      const exitCode = exitOf(words, ending, isRun ? first : '');
      resolve(isRun ? exitCode : undefined);
    } catch (failure) {
      reject(failure instanceof ApiError ? failure.toFailure() : failure);
    }
  };

  let last = Promise.resolve();
  const send = (channel: number, bytes: Uint8Array) => new Promise<void>((done) => {
    if (!isOpen) return done();
    // What cannot be sent any more is told by `closed`.
    socket.send(channel, bytes, () => done());
  });
  const inOrder = (work: () => Promise<void>): Promise<void> => (last = Promise.race([last.then(work), gone]));

  let wanted = '';
  let told = '';
  const tellSize = () => {
    sizing = undefined;
    if (!isOpen || wanted === told) return;
    told = wanted;
    void send(RESIZE, Buffer.from(told));
    sizing = setTimeout(tellSize, RESIZE_MS);
  };

  return {
    canEndInput,
    start: (onOutput) => socket.start({
      message(channel, bytes) {
        if (channel === STATUS) status += bytes.toString('utf8');
        if ((channel !== STDOUT && channel !== STDERR) || bytes.length === 0) return;
        if (first.length < MOST_COMPLAINT) first += bytes.subarray(0, MOST_COMPLAINT).toString('latin1');
        onOutput(bytes, channel === STDERR);
      },
      closed: onClosed,
    }),
    write: (bytes) => inOrder(async () => {
      for (let from = 0; from < bytes.length && isOpen; from += PIECE) await send(STDIN, bytes.subarray(from, from + PIECE));
    }),
    async endInput() {
      if (!canEndInput) throw new Failure('END_OF_INPUT_NOT_SUPPORTED', { context }, `the server chose ${socket.protocol}`);
      await inOrder(() => send(CLOSE, Buffer.from([STDIN])));
    },
    resize(columns, rows) {
      if (!hasTerminal || !(columns >= 1 && rows >= 1)) return;
      // Go reads numbers of 16 bits: k8s.io/client-go/tools/remotecommand/resize.go
      wanted = JSON.stringify({ Width: Math.min(Math.floor(columns), 65_535), Height: Math.min(Math.floor(rows), 65_535) });
      if (!sizing) tellSize();
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    terminate() {
      isTerminated = true;
      socket.terminate();
    },
    ended,
  };
}
