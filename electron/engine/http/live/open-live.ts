// One connection that stays open, whatever it speaks, and how it stands.
import type { Duplex } from 'node:stream';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { LiveProtocol, LiveState } from '../../../../shared/contract/live.ts';
import { Failure } from '../../../../shared/contract/failures.ts';
import { failureOf } from '../../../clients/cluster/api-error.ts';
import { openWebSocket, type OpenWebSocket } from '../../../clients/cluster/pod-websocket.ts';
import type { DiallingWay } from '../exchange.ts';
import { hop } from '../hop.ts';
import { startPhases } from '../phases.ts';
import { hasHeader, type PreparedRequest } from '../request-parts.ts';
import { secure } from '../secure.ts';
import { readEvents } from './event-stream.ts';
import { createMessages, type Messages } from './messages.ts';

export interface LiveParts {
  readonly id: string;
  readonly protocol: LiveProtocol;
  readonly request: HttpRequest;
  readonly prepared: PreparedRequest;
  readonly way: DiallingWay;
  readonly subprotocols: readonly string[];
  /** Knows more of why it failed, where the way does. */
  readonly explain?: (error: unknown) => Promise<unknown>;
}

/** RFC 6455, 7.4.1: it stands for no word of the other side's. */
const NO_GOODBYE = 1006;

export interface OpenLive {
  /** The same object until something changes. */
  state(): LiveState;
  /** @throws Failure LIVE_GONE where it is no open WebSocket */
  send(text: string): Promise<void>;
  close(): void;
  /** Resolves when it was closed in order, or by us. Rejects with what broke it, or kept it from opening. */
  readonly ended: Promise<void>;
}

/** Begins to open it. Ends when `signal` aborts; nothing of it is left then. */
export function openLive(parts: LiveParts, caller: AbortSignal): OpenLive {
  const { id, protocol, request, prepared, way, subprotocols, explain } = parts;
  const messages = createMessages();
  const closing = new AbortController();
  const signal = AbortSignal.any([caller, closing.signal]);
  let now: Omit<LiveState, keyof ReturnType<typeof messages.shown>> = { state: 'opening' };
  let shown: LiveState | undefined;
  let socket: OpenWebSocket | undefined;
  const change = (more: Partial<typeof now>) => {
    now = { ...now, ...more };
    shown = undefined;
  };
  const add: Messages['add'] = (message, bytes) => {
    messages.add(message, bytes);
    shown = undefined;
  };

  const run = async () => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), request.timeoutMilliseconds);
    const opening = AbortSignal.any([signal, timeout.signal]);
    const phases = startPhases();
    const origin = new URL(way.origin);
    let connection: Duplex | undefined;
    try {
      const { socket: plain, servedBy } = await way.dial(phases, opening);
      connection = plain;
      await using closed = { stream: plain, async [Symbol.asyncDispose]() { plain.on('error', () => {}).destroy(); } };
      const stream = origin.protocol === 'http:' ? closed.stream : (await secure(plain, origin.hostname, request.verifyCertificate, opening)).socket;
      const isOpen = (more: Partial<LiveState>) => {
        clearTimeout(timer);
        change({ state: 'open', ...(servedBy ? { servedBy } : {}), ...more });
      };
      if (protocol === 'websocket') {
        const url = `ws://${origin.host}${prepared.path}`;
        socket = await openWebSocket(stream, { url, headers: prepared.headers, subprotocols }, id, (bytes, isBinary) => add({ from: 'pod', kind: isBinary ? 'binary' : 'text' }, bytes), opening);
        isOpen({ subprotocol: socket.subprotocol });
        signal.addEventListener('abort', () => stream.destroy(), { once: true });
        const closed = await socket.ended;
        // A tunnel knows why it broke.
        if (closed.code === NO_GOODBYE && plain.errored instanceof Failure) throw plain.errored;
        change({ closed });
        return;
      }
      const headers = hasHeader(prepared.headers, 'accept') ? prepared.headers : [...prepared.headers, ['Accept', 'text/event-stream'] as const];
      const { response } = await hop({ origin, path: prepared.path, method: request.method, headers, body: prepared.body }, stream, phases, opening);
      const type = response.headers['content-type'] ?? '';
      if (response.statusCode !== 200 || !/^text\/event-stream\b/i.test(type)) throw new Failure('NOT_EVENT_STREAM', { status: response.statusCode ?? 0, type }, `${response.statusCode} ${response.statusMessage}`);
      const encoding = response.headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity') throw new Failure('RESPONSE_NOT_DECODED', { encoding }, `Content-Encoding: ${encoding}`);
      isOpen({});
      signal.addEventListener('abort', () => stream.destroy(), { once: true });
      await readEvents(
        response,
        ({ name, id: eventId, data }) => add({ from: 'pod', kind: 'event', event: name, ...(eventId === undefined ? {} : { eventId }) }, Buffer.from(data)),
        (lastEventId) => change({ lastEventId }),
      );
    } catch (error) {
      if (closing.signal.aborted) return; // the person's own wish
      if (timeout.signal.aborted && !caller.aborted) throw new Failure('REQUEST_TIMED_OUT', { milliseconds: request.timeoutMilliseconds }, error);
      if (caller.aborted) throw caller.reason;
      const known = failureOf(connection?.errored) ?? failureOf(error);
      throw known ?? (now.state === 'open' ? new Failure('LIVE_BROKE_OFF', {}, error) : new Failure('REQUEST_FAILED', { url: `${way.origin}${prepared.path}` }, error));
    } finally {
      clearTimeout(timer);
      change({ state: 'closed' });
    }
  };
  const ended = run().catch(async (error: unknown) => {
    const known = (await explain?.(error)) ?? error;
    const failure = failureOf(known);
    if (failure) change({ failure: failure.toData() });
    throw known;
  });
  ended.catch(() => {}); // who waits for it hears of it
  return {
    state: () => (shown ??= { ...now, ...messages.shown() }),
    async send(text) {
      if (!socket || now.state !== 'open') throw new Failure('LIVE_GONE', { id }, 'it is no open WebSocket');
      await socket.send(text);
      add({ from: 'me', kind: 'text' }, Buffer.from(text));
    },
    close() {
      if (socket && now.state === 'open') socket.close();
      else closing.abort();
    },
    ended,
  };
}
