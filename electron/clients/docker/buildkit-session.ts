// A BuildKit session over the Engine API (`POST /session`, upgraded to h2c): the daemon's side is the client, and asks us for files, for
// registry credentials and whether we are well. Without the last it ends the session after two questions, about ten seconds
// (moby/buildkit session/grpc.go monitorHealth; https://github.com/apocas/dockerode/issues/845).
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { Metadata, MethodDefinition, ServerDuplexStream, ServiceDefinition, UntypedHandleCall, handleUnaryCall } from '@grpc/grpc-js';
import type Dockerode from 'dockerode';
import protobuf from 'protobufjs/minimal.js';
import { causeText } from '../../../shared/contract/failures.ts';
import { contextEntries } from './build-context.ts';
import type { ContextEntry } from './build-context.ts';
import { sendFiles } from './buildkit-files.ts';
import type { DockerSurroundings } from './endpoint.ts';
import { credentialsFor } from './registry-credentials.ts';

export interface BuildKitSession extends Disposable {
  readonly id: string;
  /** Why the files could not be sent, if they could not: the daemon only has the words. */
  failure(): unknown;
}

export interface SessionOptions {
  readonly folder: string;
  readonly dockerfile: string;
  readonly surroundings: DockerSurroundings;
  readonly signal: AbortSignal;
}

/** Rejects with docker-modem's or the socket's error. Disposing it ends it at once, and the build with it. */
export async function openSession(docker: Dockerode, options: SessionOptions): Promise<BuildKitSession> {
  const id = randomUUID();
  const failures: unknown[] = [];
  const services = [health(), auth(options), fileSync(options, error => failures.push(error))];
  const socket = await upgrade(docker, {
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': basename(options.folder),
    // The daemon keeps what it was sent under this key, for the next build of the same folder.
    'X-Docker-Expose-Session-Sharedkey': createHash('sha256').update(`${hostname()}:${resolve(options.folder)}`).digest('hex'),
    'X-Docker-Expose-Session-Grpc-Method': services.flatMap(({ definition }) => Object.values(definition).map(({ path }) => path)),
  }, options.signal);
  socket.on('error', () => {}); // the build's own answer says what went wrong
  const server = new Server();
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(socket);
  return {
    id,
    failure: () => failures[0],
    [Symbol.dispose]() {
      server.forceShutdown();
      socket.destroy();
    },
  };
}

function upgrade(docker: Dockerode, headers: Readonly<Record<string, string | readonly string[]>>, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolveSocket, reject) => {
    docker.modem.dial(
      { path: '/session', method: 'POST', hijack: true, headers: { ...headers, Upgrade: 'h2c' }, abortSignal: signal, statusCodes: { 101: true, 200: true } },
      (error, socket) => {
        if (error) reject(error);
        // A Docker without sessions answers instead of changing the protocol.
        else if (typeof (socket as Partial<Duplex>).destroy !== 'function') reject(new Error('Docker opened no session'));
        else resolveSocket(socket as Duplex);
      },
    );
  });
}

interface Service { readonly definition: ServiceDefinition; readonly implementation: Record<string, UntypedHandleCall> }

/** A service of one method, its messages left as bytes. */
function service(name: string, method: string, implementation: UntypedHandleCall, streams = false): Service {
  const same = (bytes: Buffer) => bytes;
  const definition: MethodDefinition<Buffer, Buffer> = {
    path: `/${name}/${method}`, requestStream: streams, responseStream: streams,
    requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same,
  };
  return { definition: { [method]: definition }, implementation: { [method]: implementation } };
}

/** https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
function health(): Service {
  const SERVING = 1;
  const check: handleUnaryCall<Buffer, Buffer> = (_call, answer) => answer(null, Buffer.from(protobuf.Writer.create().uint32(8).int32(SERVING).finish()));
  return service('grpc.health.v1.Health', 'Check', check);
}

/** moby/buildkit session/auth/auth.proto: CredentialsRequest { Host = 1 }, CredentialsResponse { Username = 1, Secret = 2 }. */
function auth({ surroundings, signal }: SessionOptions): Service {
  const credentials: handleUnaryCall<Buffer, Buffer> = ({ request }, answer) => {
    credentialsFor(hostOf(request), surroundings, signal).then(found => {
      const writer = protobuf.Writer.create();
      if (found?.username) writer.uint32(10).string(found.username);
      if (found) writer.uint32(18).string(found.secret);
      answer(null, Buffer.from(writer.finish()));
    }, (error: unknown) => answer({ code: status.UNAVAILABLE, details: causeText(error) }));
  };
  return service('moby.filesync.v1.Auth', 'Credentials', credentials);
}

function hostOf(request: Buffer): string {
  const reader = protobuf.Reader.create(request);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 10) return reader.string();
    reader.skipType(tag & 7);
  }
  return '';
}

/** moby/buildkit session/filesync: the daemon names one of the two folders that `docker build` has, "dockerfile" and "context". */
function fileSync(options: SessionOptions, onFailure: (error: unknown) => void): Service {
  const { folder, dockerfile, signal } = options;
  async function answer(call: ServerDuplexStream<Buffer, Buffer>): Promise<void> {
    const closed = new AbortController();
    call.on('cancelled', () => closed.abort()).on('close', () => closed.abort());
    const until = AbortSignal.any([signal, closed.signal]);
    const below = call.metadata.get('dir-name')[0] === 'dockerfile' ? dirname(join(folder, dockerfile)) : folder;
    const only = namesOf(call.metadata, dockerfile);
    const entries = only ? namedEntries(below, only) : contextEntries({ folder, dockerfile, builder: 'buildkit', signal: until });
    await sendFiles(below, entries, {
      // The answer still has to be sent when the last packet is read.
      received: call.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
      async send(packet) {
        if (!call.write(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength))) await once(call, 'drain', { signal: until });
      },
    });
    call.end();
  }
  return service('moby.filesync.v1.FileSync', 'DiffCopy', (call: ServerDuplexStream<Buffer, Buffer>) => {
    answer(call).catch((error: unknown) => {
      if (call.cancelled) return; // the daemon has left; its answer to the build says why
      onFailure(error);
      call.emit('error', { code: status.UNKNOWN, details: causeText(error) });
    });
  }, true);
}

/**
 * Two files are asked for apart: the Dockerfile with its own ignore file, and `.dockerignore`. Of the context the daemon names what COPY needs
 * (`include-patterns`, `followpaths`, joined by ", " here): everything that is not ignored is listed then, and it takes what it needs.
 */
function namesOf(metadata: Metadata, dockerfile: string): readonly string[] | undefined {
  if (metadata.get('dir-name')[0] === 'dockerfile') return [basename(dockerfile), `${basename(dockerfile)}.dockerignore`];
  const asked = [...metadata.get('include-patterns'), ...metadata.get('followpaths')];
  return asked.length > 0 && asked.every(name => name === '.dockerignore') && metadata.get('exclude-patterns').length === 0 ? ['.dockerignore'] : undefined;
}

async function* namedEntries(folder: string, names: readonly string[]): AsyncGenerator<ContextEntry, void> {
  for (const name of names) {
    // A link stands for its file here: that is what the person sees as the Dockerfile.
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) yield { path: name, type: 'file', mode: found.mode & 0o7777, size: found.size, mtime: found.mtime };
  }
}
