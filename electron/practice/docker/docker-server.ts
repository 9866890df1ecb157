// The practice Docker: the Engine API on a unix socket (or a named pipe), as far as images, events, containers and exec.
// https://docs.docker.com/reference/api/engine/
import { chmod, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ImageStore } from '../runtime/runtime.ts';
import { containerRoutes } from './container-routes.ts';
import { DockerError } from './docker-error.ts';
import { watchEvents } from './docker-events.ts';
import { apiMinor, dockerVersion } from './docker-host.ts';
import type { DockerHost } from './docker-host.ts';
import { sendJson } from './docker-route.ts';
import type { Docker } from './docker-parts.ts';
import type { Route } from './docker-route.ts';
import { execRoutes } from './exec-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { OLDEST_API, systemRoutes } from './system-routes.ts';

export interface DockerOptions {
  /** In a folder that only its owner can enter: there is no other protection. On Windows the name of a pipe. */
  readonly socketPath: string;
  readonly images: ImageStore;
  readonly host: DockerHost;
}

interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly api: number;
}

/** Listens until it is disposed of. Rejects when the path cannot be listened on. */
export async function listenDocker({ socketPath, images, host }: DockerOptions): Promise<AsyncDisposable> {
  const version = dockerVersion(host);
  const newest = apiMinor(version);
  const events = watchEvents(images, host);
  const docker: Docker = { images, host, events };
  const execs = execRoutes(docker);
  const routes: readonly Route[] = [...systemRoutes(docker), ...imageRoutes(docker), ...containerRoutes(docker), ...execs.routes];
  const upgraded = new Set<Duplex>();

  /** @throws DockerError for a version that is not spoken */
  function asked({ url = '/' }: IncomingMessage): Asked {
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const versioned = /^\/v(\d+)\.(\d+)(\/.*)$/.exec(path);
    const api = versioned ? Number(versioned[2]) : newest;
    if (versioned && versioned[1] !== '1') throw new DockerError(404, 'page not found');
    if (api > newest) throw new DockerError(400, `client version 1.${api} is too new. Maximum supported API version is 1.${newest}`);
    if (api < OLDEST_API) {
      throw new DockerError(400, `client version 1.${api} is too old. Minimum supported API version is 1.${OLDEST_API}, please upgrade your client to a newer version`);
    }
    return { path: versioned?.[3] ?? path, query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)), api };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of [['Api-Version', `1.${newest}`], ['Docker-Experimental', 'false'], ['Ostype', 'linux'], ['Server', `Docker/${version} (linux)`]] as const) {
      response.setHeader(name, value);
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const { path, query, api } = asked(request);
      for (const route of routes) {
        const match = route.method === request.method ? route.path.exec(path) : null;
        if (!match) continue;
        await route.answer({ request, response, query, api, names: match.slice(1).map(decoded), signal: gone.signal });
        return;
      }
      throw new DockerError(404, 'page not found');
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sendJson(response, error instanceof DockerError ? error.status : 500, { message: (error as Error).message });
    }
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => {}); // the client has gone; close follows
    try {
      const { path, api } = asked(request);
      const start = /^\/exec\/([^/]+)\/start$/.exec(path);
      if (request.method !== 'POST' || !start) throw new DockerError(501, 'the practice Docker builds no images yet');
      await execs.startUpgraded(decoded(start[1] ?? ''), request, socket, head, api);
    } catch (error) {
      const status = error instanceof DockerError ? error.status : 500;
      const body = `${JSON.stringify({ message: (error as Error).message })}\n`;
      socket.end(`HTTP/1.1 ${status} ${status === 404 ? 'Not Found' : 'Error'}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.on('upgrade', (request, socket: Duplex, head) => void upgrade(request, socket, head));
  server.requestTimeout = 0; // an archive may take its time
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const isPipe = process.platform === 'win32';
  if (!isPipe) await chmod(socketPath, 0o600);

  return {
    async [Symbol.asyncDispose]() {
      events[Symbol.dispose]();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await closed;
      if (!isPipe) await rm(socketPath, { force: true });
    },
  };
}

/** What is not to be decoded is a name that nothing has. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
