// The streams of a command over a WebSocket: exec and attach (k8s.io/kubelet/pkg/cri/streaming/remotecommand/websocket.go; v5, which the API
// server itself speaks since 1.30: k8s.io/apiserver/pkg/util/proxy/streamtranslator.go).
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { badRequest } from '../api/api-error.ts';
import type { Status } from '../api/api-error.ts';
import type { SubresourceAnswer } from '../api/subresources.ts';
import type { Execution } from '../runtime/runtime.ts';
import { acceptChannels, isWebSocket, refuse } from './channels.ts';
import type { Channels } from './channels.ts';
import { writeTo } from './flow.ts';
import { isSet } from './pod-target.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** Of v5 only: the channel whose number follows is at its end. */
const CLOSE = 255;

const V5 = 'v5.channel.k8s.io';
const KUBELET_PROTOCOLS = ['', 'channel.k8s.io', 'base64.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

export interface CommandStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export function streamsOf(query: URLSearchParams): CommandStreams {
  const tty = isSet(query, 'tty');
  return { stdin: isSet(query, 'stdin'), stdout: isSet(query, 'stdout'), stderr: isSet(query, 'stderr') && !tty, tty };
}

export interface RemoteCommand {
  readonly minor: number;
  readonly streams: CommandStreams;
  /** Why the kubelet refuses it before any stream is open; undefined when it does not. */
  readonly refusal: string | undefined;
  /** Rejects with the words for what cannot be started. */
  start(): Promise<Execution>;
  /** What is told at the end; undefined exit code: of attach. */
  ended(exitCode: number): ExitStatus;
}

export interface ExitStatus {
  readonly exitCode: number;
  /** The runtime's words about an exit code that is not 0. */
  readonly words: string;
}

/** @throws ApiError for what is no upgrade to a WebSocket */
export async function serveCommand(request: IncomingMessage, answer: SubresourceAnswer, command: RemoteCommand): Promise<void> {
  if (answer.kind === 'response') throw badRequest('Upgrade request required');
  if (!isWebSocket(request)) throw badRequest(`unable to upgrade: this server speaks WebSocket only, not ${request.headers.upgrade}`);
  const { socket, head } = answer;
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const translated = command.minor >= 30 && offered.includes(V5);
  const { stdin, stdout, stderr } = command.streams;
  if (!stdin && !stdout && !stderr) return refuse(socket, 400, 'you must specify at least 1 of stdin, stdout, stderr');
  // With v5 the API server has agreed with the client before it asks the kubelet.
  if (command.refusal !== undefined && !translated) return refuse(socket, 500, command.refusal);
  const channels = await acceptChannels(request, socket, head, translated ? [V5] : KUBELET_PROTOCOLS);
  if (!channels) return;
  // An empty message tells the client that the streams are there.
  await channels.send(stdout ? STDOUT : stderr ? STDERR : ERROR, Buffer.alloc(0));
  const status = command.refusal === undefined ? await run(channels, command) : internal(`unable to upgrade connection: ${command.refusal}`);
  await tell(channels, translated ? translatedStatus(status) : status);
  channels.close();
}

/** Runs it to its end. When the client leaves, the command's input ends, and its output is not read any more, so that it waits instead of running for nobody. */
async function run(channels: Channels, { streams, start, ended }: RemoteCommand): Promise<CommandStatus> {
  let execution: Execution | undefined;
  const early: { rows: number; columns: number }[] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => { begin = resolve; });
  channels.onMessage(async (channel, bytes) => {
    if (channel === RESIZE) {
      const size = sizeOf(bytes);
      if (size && execution) execution.resize(size.columns, size.rows);
      else if (size) early.push(size);
      return;
    }
    if (!streams.stdin) return;
    if (channel === CLOSE && channels.protocol === V5 && bytes[0] === STDIN) {
      await begun;
      execution?.stdin.end();
    } else if (channel === STDIN) {
      await begun;
      if (execution) await writeTo(execution.stdin, bytes);
    }
  });
  try {
    execution = await start();
  } catch (error) {
    return internal(`error executing command in container: ${(error as Error).message}`);
  } finally {
    begin();
  }
  const { stdin, stdout, stderr, exit } = execution;
  stdin.on('error', () => {}); // a command that reads no more
  for (const { columns, rows } of early) execution.resize(columns, rows);
  void channels.gone.then(() => stdin.end());
  const copied = Promise.all([copy(stdout, channels, streams.stdout ? STDOUT : undefined), copy(stderr, channels, streams.stderr ? STDERR : undefined)]);
  const exitCode = await Promise.race([exit, channels.gone]);
  if (exitCode === undefined) return { status: 'Success' };
  await Promise.race([copied, channels.gone]);
  const { exitCode: told, words } = ended(exitCode);
  if (told === 0) return { status: 'Success' };
  return {
    status: 'Failure', message: `command terminated with non-zero exit code: ${words}`, reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(told) }] },
  };
}

async function copy(source: Readable, channels: Channels, channel: number | undefined): Promise<void> {
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (channels.closed) return;
    if (channel !== undefined) await channels.send(channel, chunk);
  }
}

function sizeOf(bytes: Buffer): { rows: number; columns: number } | undefined {
  try {
    const size = Object.entries(JSON.parse(bytes.toString('utf8')) as object).map(([name, value]) => [name.toLowerCase(), Number(value)] as const);
    const { width: columns = 0, height: rows = 0 } = Object.fromEntries(size) as { width?: number; height?: number };
    return columns > 0 && rows > 0 && columns < 65_536 && rows < 65_536 ? { rows, columns } : undefined;
  } catch {
    return undefined;
  }
}

type CommandStatus = Pick<Status, 'status' | 'message' | 'reason'> & { details?: { causes: { reason?: string; message: string }[] }; code?: number };

const internal = (words: string): CommandStatus => ({
  status: 'Failure', message: `Internal error occurred: ${words}`, reason: 'InternalError', details: { causes: [{ message: words }] }, code: 500,
});

/** What the API server makes of the kubelet's status, which it has read as a client. */
function translatedStatus(status: CommandStatus): CommandStatus {
  const exitCode = status.reason === 'NonZeroExitCode' ? status.details?.causes[0]?.message : undefined;
  if (exitCode !== undefined) return { ...status, message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}` };
  return status.reason === 'InternalError' && !status.message?.includes('unable to upgrade connection') ? internal(status.message ?? '') : status;
}

/** Versions before v4 tell a failure as text, and success by saying nothing. */
async function tell(channels: Channels, status: CommandStatus): Promise<void> {
  const asStatus = /^v[45]\./.test(channels.protocol);
  const text = asStatus ? JSON.stringify({ metadata: {}, ...status }) : status.message;
  if (text) await channels.send(ERROR, Buffer.from(text));
}
