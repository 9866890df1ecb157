// The HTTP tester: one request through a forward's local port, or straight into a pod over a tunnel without any local port.
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpResponse } from '../../../shared/contract/http.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { openTunnel } from '../../clients/cluster/tunnel.ts';
import type { Activity } from '../activity/activity.ts';
import { shellLine } from '../activity/shell-line.ts';
import type { EngineCalls, Input } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Forwards } from '../forwards/calls.ts';

/** More of a body than this is counted, not kept. */
const KEPT_BYTES = 1024 * 1024;

type Request = Input<'http', 'send'>;

/** RFC 9110 9.2.1: the other methods are safe, they ask and change nothing. */
const CHANGING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A request that changes something in a pod of a cluster elsewhere is a change like any other. @throws Failure CHANGES_LOCKED */
function requireChanges(target: Request['target'], sessions: Sessions, forwards: Forwards): void {
  using held = sessions.hold(target.via === 'forward' ? forwards.row(target.forwardId).context : target.context);
  held.session.requireChanges();
}

export function httpCalls(sessions: Sessions, forwards: Forwards, activity: Activity): EngineCalls['http'] {
  return {
    send(input, signal) {
      if (CHANGING.has(input.method)) requireChanges(input.target, sessions, forwards);
      const { url, via } = whereTo(input, forwards);
      return activity.settle(
        {
          title: { key: 'activity.http', params: { method: input.method, url } },
          commands: [curlLine(input, url), ...(via ? [via] : [])],
          endsWithCaller: true,
          run: async (tell, own) => {
            tell.step('step.send-request', { url });
            return { result: await send(input, url, sessions, own) };
          },
        },
        signal,
      );
    },
  };
}

function whereTo({ target, path }: Request, forwards: Forwards): { url: string; via?: string } {
  if (!path.startsWith('/') || /\s/.test(path)) throw new Failure('REQUEST_INVALID', { field: 'path' }, 'a path begins with / and has no blanks');
  if (target.via === 'forward') return { url: `http://127.0.0.1:${forwards.row(target.forwardId).localPort}${path}` };
  // The name that a program in the pod would use; nothing on this computer listens for it.
  return { url: `http://localhost:${target.port}${path}`, via: `# inside the pod ${target.namespace}/${target.pod}` };
}

async function send(input: Request, url: string, sessions: Sessions, caller: AbortSignal): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(input.timeoutMilliseconds);
  const signal = AbortSignal.any([caller, timeout]);
  const startedAt = performance.now();
  using stack = new DisposableStack();
  try {
    const tunnel = input.target.via === 'pod' ? await tunnelTo(input.target, sessions, stack, signal) : undefined;
    const response = await exchange(input, url, tunnel, signal);
    const { body, bodyBytes, whole } = await read(response, timeout);
    return {
      url,
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? '',
      headers: pairs(response.rawHeaders),
      ...decoded(body, response.headers['content-type'] ?? ''),
      bodyBytes,
      truncated: !whole || bodyBytes > body.length,
      milliseconds: Math.round(performance.now() - startedAt),
    };
  } catch (error) {
    if (timeout.aborted) throw new Failure('REQUEST_TIMED_OUT', { milliseconds: input.timeoutMilliseconds }, error);
    if (caller.aborted) throw error;
    throw failureOf(error) ?? new Failure('REQUEST_FAILED', { url }, error);
  }
}

async function tunnelTo(
  { context, namespace, pod, port }: Extract<Request['target'], { via: 'pod' }>,
  sessions: Sessions,
  stack: DisposableStack,
  signal: AbortSignal,
): Promise<Duplex> {
  const { session } = stack.use(sessions.hold(context));
  return stack.adopt(await openTunnel(await session.client(signal), { namespace, pod, port, signal }), (tunnel) => tunnel.destroy());
}

function exchange(input: Request, url: string, tunnel: Duplex | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // One connection a request: what is tested is the way to the pod, not a connection that was open before.
    const agent = new Agent({ keepAlive: false });
    if (tunnel) agent.createConnection = () => tunnel;
    const request = httpRequest(url, { method: input.method, headers: byName(input.headers), agent, signal });
    request.once('response', resolve);
    request.once('error', reject);
    // The tunnel's own failure says more than "socket hang up".
    tunnel?.once('error', reject);
    request.end(input.body === '' ? undefined : input.body);
  });
}

const SECRET = /^(authorization|proxy-authorization|cookie|x-api-key)$/i;
const LINE_BODY = 1000;

function byName(pairs: Request['headers']): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of pairs) (headers[name] ??= []).push(value);
  return headers;
}

async function read(response: IncomingMessage, timeout: AbortSignal): Promise<{ body: Buffer; bodyBytes: number; whole: boolean }> {
  const kept: Buffer[] = [];
  let bodyBytes = 0;
  let whole = true;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      const room = KEPT_BYTES - bodyBytes;
      if (room > 0) kept.push(chunk.subarray(0, room));
      bodyBytes += chunk.length;
    }
  } catch (error) {
    // An answer without an end (server-sent events): the status and what came until the time was up are an answer, too.
    if (!timeout.aborted) throw error;
    whole = false;
  }
  return { body: Buffer.concat(kept), bodyBytes, whole };
}

function decoded(body: Buffer, contentType: string): Pick<HttpResponse, 'body' | 'bodyEncoding'> {
  const charset = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return { body: new TextDecoder(charset, { fatal: true }).decode(body), bodyEncoding: 'text' };
  } catch {
    // No text in that charset (or cut in the middle of a character), or a charset that nobody knows.
    return /^text\/|json|xml/i.test(contentType)
      ? { body: new TextDecoder().decode(body), bodyEncoding: 'text' }
      : { body: body.toString('base64'), bodyEncoding: 'base64' };
  }
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? '']);
}

/** As a person could type it: what is secret or long is left for them to fill in. */
function curlLine({ method, headers, body }: Request, url: string): string {
  const how = method === 'GET' ? [] : method === 'HEAD' ? ['-I'] : ['-X', method];
  return shellLine('curl', '-i', ...how, ...headers.flatMap(([name, value]) => ['-H', `${name}: ${SECRET.test(name) ? '...' : value}`]), ...(body === '' ? [] : ['--data-raw', body.length > LINE_BODY ? `${body.slice(0, LINE_BODY)}...` : body]), url);
}
