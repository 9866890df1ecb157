// The servers of the catalogue.
import type { IncomingMessage } from 'node:http';
import type { Program, ProgramContext } from '../program.ts';
import { serveSite, type Site } from './http-site.ts';

const mebibyte = 1024 * 1024;

/** Combined log format's beginning, as most servers write it. */
function accessLine(request: IncomingMessage, status: number, bytes: number): string {
  const when = new Date();
  const [, month, day, year] = when.toUTCString().match(/^\w+, (\d+) (\w+) (\d+)/)!;
  const time = `${month!}/${day!}/${year!}:${when.toISOString().slice(11, 19)} +0000`;
  return `${request.socket.remoteAddress ?? '-'} - - [${time}] "${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}" ${String(status)} ${String(bytes)}`;
}

/** `--port 9090`, `--port=9090`, or PORT in the environment. */
export function option(context: ProgramContext, name: string, variable: string, otherwise: number): number {
  const index = context.argv.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = context.argv[index]?.split('=')[1] ?? context.argv[index + 1];
  const value = index === -1 ? context.env.get(variable) : word;
  return value === undefined || !/^\d+$/.test(value) ? otherwise : Number(value);
}

/** Without it a container's first process would not end for SIGTERM (pid_namespaces(7)): what people write does, a Java program with this code. */
export function endOnTerm(context: ProgramContext): void {
  context.onSignal('TERM', () => context.exit(143));
}

async function plainServer(context: ProgramContext, site: Partial<Site> = {}): Promise<number> {
  endOnTerm(context);
  const port = option(context, 'port', 'PORT', site.port ?? 8080);
  await context.takeMemory(12 * mebibyte);
  await context.stdout.write(`listening on ${site.loopback ? '127.0.0.1' : '0.0.0.0'}:${String(port)}\n`);
  return serveSite(context, { title: context.env.get('TITLE') ?? 'http-server', accessLog: accessLine, ...site, port, farewell: 'stopping' });
}

export const httpServer: Program = (context) => plainServer(context);

export const localhostOnly: Program = (context) => plainServer(context, { loopback: true, title: 'localhost-only' });

/** Its image says 8080. */
export const otherPort: Program = (context) => plainServer(context, { port: 9090, title: 'other-port' });

export const failingProbe: Program = (context) => plainServer(context, { health: () => 500, title: 'failing-probe' });

export const slowStart: Program = async (context) => {
  endOnTerm(context);
  const seconds = option(context, 'seconds', 'START_SECONDS', 20);
  await context.stdout.write(`starting, ready in ${String(seconds)} s\n`);
  await context.sleep(seconds * 1000);
  return plainServer(context, { title: 'slow-start' });
};

/** As a Spring Boot program tells its start. */
export const springServer: Program = async (context) => {
  endOnTerm(context);
  const port = option(context, 'server.port', 'SERVER_PORT', 8080);
  const started = context.clock.elapsed();
  const line = (level: string, thread: string, logger: string, text: string) =>
    context.stdout.write(
      `${new Date().toISOString()}  ${level} ${String(context.pid)} --- [spring-server] [${thread.padStart(15)}] ${logger.padEnd(40)} : ${text}\n`,
    );
  await context.takeMemory(96 * mebibyte);
  await context.stdout.write('\n :: Spring Boot ::                (v3.4.1)\n\n');
  await line('INFO', 'main', 'com.example.SpringServerApplication', `Starting SpringServerApplication v1.0.0 using Java 21.0.5 with PID ${String(context.pid)}`);
  await line('INFO', 'main', 'com.example.SpringServerApplication', 'No active profile set, falling back to 1 default profile: "default"');
  await context.sleep(600);
  await context.takeMemory(48 * mebibyte);
  await line('INFO', 'main', 'o.s.b.w.embedded.tomcat.TomcatWebServer', `Tomcat initialized with port ${String(port)} (http)`);
  await context.sleep(300);
  await line('INFO', 'main', 'o.s.b.w.embedded.tomcat.TomcatWebServer', `Tomcat started on port ${String(port)} (http) with context path '/'`);
  const seconds = ((context.clock.elapsed() - started) / 1000).toFixed(3);
  await line('INFO', 'main', 'com.example.SpringServerApplication', `Started SpringServerApplication in ${seconds} seconds (process running for ${seconds})`);
  return serveSite(context, { port, title: 'spring-server', accessLog: accessLine, farewell: 'Commencing graceful shutdown. Waiting for active requests to complete' });
};

export const nginx: Program = async (context) => {
  await context.takeMemory(8 * mebibyte);
  await context.stderr.write(`${new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/')} [notice] ${String(context.pid)}#${String(context.pid)}: nginx/1.27.3\n`);
  const code = await serveSite(context, { port: 80, title: 'nginx', accessLog: accessLine });
  // It ends by itself, with 0.
  return code === 143 ? 0 : code;
};
