// One HTTP request from inside a container, for curl and wget: on Node's own client over a connection of the practice's network.
import { type IncomingMessage, request } from 'node:http';
import type { ProgramContext } from '../program.ts';
import type { PodSocket } from '../pod-socket.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface HttpAnswer {
  readonly message: IncomingMessage;
  readonly socket: PodSocket;
}

/** The answer with its body still to come. @throws as ProgramContext.connect, and what the connection ends with. */
export async function send(context: ProgramContext, { url, method, headers, body }: HttpRequest): Promise<HttpAnswer> {
  const socket = await context.connect(url.hostname.replace(/^\[(.*)\]$/, '$1'), portOf(url));
  return new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => socket,
      method,
      path: url.pathname + url.search,
      setHost: false,
      headers: { Host: url.host, ...headers, ...(body && { 'Content-Length': String(body.length) }) },
    });
    asked.on('response', (message) => {
      // Its end comes to whoever reads; without a listener it would be nobody's.
      message.on('error', () => {});
      resolve({ message, socket });
    });
    asked.on('error', reject);
    context.signal.addEventListener('abort', () => asked.destroy(), { once: true });
    asked.end(body);
  });
}

export const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

/** A text as URL the way both tools do: without a scheme it is HTTP. */
export function readUrl(text: string): URL | undefined {
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    return undefined;
  }
}
