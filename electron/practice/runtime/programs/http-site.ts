// A small web server in the container, on Node's own HTTP server: connections are handed to it, so nothing listens on the computer.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ProgramContext } from '../program.ts';

export interface Site {
  readonly port: number;
  readonly loopback?: boolean;
  /** Page at `/`. */
  readonly title: string;
  /** What `/health` answers; 200 without it. */
  readonly health?: () => number;
  /** Lines of the access log; none for undefined. */
  readonly accessLog?: (request: IncomingMessage, status: number, bytes: number) => string;
  /** Called when SIGTERM comes, before it ends with 143. */
  readonly farewell?: string;
}

/** What `/echo` gives back of a body: more is counted, not kept. */
const longestEcho = 1024 * 1024;

/** Listens until SIGTERM; gives the exit code. */
export async function serveSite(context: ProgramContext, site: Site): Promise<number> {
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => void answer(context, site, request, response));
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  try {
    context.listen(site.port, { loopback: site.loopback ?? false }, (socket) => server.emit('connection', socket));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    await context.stderr.write(`listen tcp ${site.loopback ? '127.0.0.1' : '0.0.0.0'}:${String(site.port)}: bind: address already in use\n`);
    return 1;
  }
  return await untilTerminated(context, server, site.farewell);
}

async function untilTerminated(context: ProgramContext, server: Server, farewell: string | undefined): Promise<number> {
  await new Promise<void>((resolve) => {
    context.onSignal('TERM', resolve);
    context.onSignal('INT', resolve);
    context.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  server.closeAllConnections();
  if (farewell !== undefined && !context.signal.aborted) await context.stdout.write(`${farewell}\n`);
  return 143;
}

async function answer(context: ProgramContext, site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://pod');
    const { status, type, body } = await page(context, site, url, request);
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
    if (site.accessLog) await context.stdout.write(`${site.accessLog(request, status, Buffer.byteLength(body))}\n`);
  } catch {
    // The connection or the process has ended.
    response.destroy();
  }
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const text = (status: number, body: string): Page => ({ status, type: 'text/plain; charset=utf-8', body });
const json = (status: number, value: unknown): Page => ({ status, type: 'application/json', body: `${JSON.stringify(value)}\n` });

async function page(context: ProgramContext, site: Site, url: URL, request: IncomingMessage): Promise<Page> {
  const { hostname } = context.machine;
  switch (url.pathname) {
    case '/':
      return { status: 200, type: 'text/html; charset=utf-8', body: greeting(site.title, hostname) };
    case '/health':
    case '/healthz':
    case '/actuator/health': {
      const status = site.health?.() ?? 200;
      return json(status, { status: status < 400 ? 'UP' : 'DOWN' });
    }
    case '/api/hello':
      return json(200, { message: `Hello, ${url.searchParams.get('name') ?? 'world'}!`, pod: hostname });
    case '/echo':
      return json(200, { method: request.method, path: request.url, headers: request.headers, body: await bodyOf(request) });
    case '/slow': {
      const milliseconds = Math.min(Math.max(Number(url.searchParams.get('ms') ?? 1000) || 0, 0), 600_000);
      await context.sleep(milliseconds);
      return text(200, `waited ${String(milliseconds)} ms\n`);
    }
    default:
      return text(404, `404 page not found: ${url.pathname}\n`);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= longestEcho) chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks).toString();
  return size > longestEcho ? `${body}... (${String(size)} bytes)` : body;
}

function greeting(title: string, hostname: string): string {
  const name = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>${name}</title></head>\n<body>\n<h1>Hello from ${name}</h1>\n<p>Served by the pod ${hostname}.</p>\n</body>\n</html>\n`;
}
