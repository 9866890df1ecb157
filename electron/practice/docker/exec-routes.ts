// Programs started in containers by hand: POST /containers/{id}/exec and /exec/{id}/...
// https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Exec
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Duplex, Writable } from 'node:stream';
import type { Execution } from '../runtime/runtime.ts';
import { findContainer } from './containers.ts';
import { DockerError } from './docker-error.ts';
import { dockerVersion } from './docker-host.ts';
import type { DockerContainer } from './docker-host.ts';
import { readJson, sendJson } from './docker-route.ts';
import type { Docker } from './docker-parts.ts';
import type { Route } from './docker-route.ts';
import { writeTo } from '../streams/flow.ts';

interface ExecInstance {
  readonly id: string;
  readonly container: DockerContainer;
  readonly argv: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly env: readonly string[];
  readonly workingDir: string | undefined;
  readonly privileged: boolean;
  state: 'created' | 'running' | 'ended';
  exitCode: number | null;
  execution: Execution | undefined;
}

export interface ExecRoutes {
  readonly routes: readonly Route[];
  /** For `Connection: Upgrade` on /exec/{id}/start: the client and the program have the connection to themselves. @throws DockerError before it has written */
  startUpgraded(id: string, request: IncomingMessage, socket: Duplex, head: Buffer, api: number): Promise<void>;
}

/** Ended ones that can still be asked for their exit code. */
const REMEMBERED = 1000;

export function execRoutes(docker: Docker): ExecRoutes {
  const instances = new Map<string, ExecInstance>();
  const { host, events } = docker;

  function instanceOf(id = ''): ExecInstance {
    const instance = instances.get(id);
    if (!instance) throw new DockerError(404, `No such exec instance: ${id}`);
    return instance;
  }

  function create(container: DockerContainer, body: unknown): ExecInstance {
    const wanted = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const strings = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);
    const argv = typeof wanted.Cmd === 'string' ? [wanted.Cmd] : strings(wanted.Cmd);
    if (argv.length === 0) throw new DockerError(400, 'No exec command specified');
    if (container.state !== 'running') throw new DockerError(409, `container ${container.id} is not running`);
    const instance: ExecInstance = {
      id: randomBytes(32).toString('hex'), container, argv, tty: wanted.Tty === true, stdin: wanted.AttachStdin === true, stdout: wanted.AttachStdout === true,
      stderr: wanted.AttachStderr === true, env: strings(wanted.Env), workingDir: typeof wanted.WorkingDir === 'string' && wanted.WorkingDir ? wanted.WorkingDir : undefined,
      privileged: wanted.Privileged === true, state: 'created', exitCode: null, execution: undefined,
    };
    for (const { id, state } of instances.values()) {
      if (instances.size < REMEMBERED) break;
      if (state !== 'running') instances.delete(id);
    }
    instances.set(instance.id, instance);
    events.container(container, `exec_create: ${argv.join(' ')}`, { execID: instance.id });
    return instance;
  }

  /** Runs it to its end. Rejects with the runtime's words when it does not begin. @param begun told once the program runs */
  async function run(instance: ExecInstance, begun: (execution: Execution) => Promise<unknown>): Promise<void> {
    const { container, argv, tty, stdin, env, workingDir } = instance;
    if (instance.state !== 'created') throw new DockerError(409, `Error: Exec command ${instance.id} has already run`);
    instance.state = 'running';
    events.container(container, `exec_start: ${argv.join(' ')}`, { execID: instance.id });
    try {
      const execution = await container.exec(argv, { tty, stdin, env, ...(workingDir === undefined ? {} : { workingDir }) });
      instance.execution = execution;
      const [exitCode] = await Promise.all([execution.exit, begun(execution)]);
      instance.exitCode = exitCode;
    } catch (error) {
      // Docker 25 and later tell a program that is not there from one that cannot be run, as a shell does.
      const missing = /executable file not found|no such file or directory/.test((error as Error).message);
      instance.exitCode = missing && Number.parseInt(dockerVersion(host), 10) >= 25 ? 127 : 126;
      throw error;
    } finally {
      instance.state = 'ended';
      instance.execution = undefined;
      events.container(container, 'exec_die', { execID: instance.id, exitCode: String(instance.exitCode) });
    }
  }

  /** Connects the program with its client. The client may leave: then the program's input is at its end. */
  async function serve(instance: ExecInstance, input: Readable, output: Writable): Promise<void> {
    const { tty, stdin, stdout, stderr } = instance;
    output.on('error', () => {}); // followed by close
    input.on('error', () => {});
    try {
      await run(instance, (execution) => {
        execution.stdin.on('error', () => {}); // a program that reads no more
        if (stdin) {
          input.pipe(execution.stdin);
          input.once('close', () => execution.stdin.end());
          execution.stdin.once('close', () => input.resume());
        } else input.resume();
        return Promise.all([
          copy(execution.stdout, output, stdout || tty, tty ? undefined : 1),
          copy(execution.stderr, output, stderr, 2),
        ]);
      });
    } catch (error) {
      const message = Buffer.from(`${(error as Error).message}\r\n`);
      if (!output.destroyed) output.write(tty ? message : framed(1, message));
    }
    output.end();
  }

  async function startOptions(body: AsyncIterable<Buffer>): Promise<{ detach: boolean; size: readonly number[] | undefined }> {
    const { Detach, ConsoleSize } = ((await readJson(body)) ?? {}) as { Detach?: unknown; ConsoleSize?: unknown };
    return { detach: Detach === true, size: Array.isArray(ConsoleSize) ? ConsoleSize.map(Number) : undefined };
  }

  const contentType = ({ tty }: ExecInstance, api: number) => `application/vnd.docker.${!tty && api >= 42 ? 'multiplexed' : 'raw'}-stream`;

  function resize(instance: ExecInstance, rows: number, columns: number): void {
    if (rows > 0 && columns > 0) instance.execution?.resize(columns, rows);
  }

  const routes: Route[] = [
    {
      method: 'POST',
      path: /^\/containers\/([^/]+)\/exec$/,
      async answer({ names: [name = ''], request, response }) {
        const container = findContainer(host, name);
        sendJson(response, 201, { Id: create(container, await readJson(request)).id });
      },
    },
    {
      method: 'POST',
      path: /^\/exec\/([^/]+)\/start$/,
      async answer({ names: [id], request, response, api }) {
        const instance = instanceOf(id);
        const { detach } = await startOptions(request);
        if (detach) {
          if (instance.state !== 'created') throw new DockerError(409, `Error: Exec command ${instance.id} has already run`);
          run(instance, async ({ stdin, stdout, stderr }) => {
            stdin.end();
            stdout.resume();
            stderr.resume();
          }).catch(() => {}); // its exit code says it
          response.writeHead(200).end();
          return;
        }
        response.useChunkedEncodingByDefault = false;
        response.writeHead(200, { 'Content-Type': contentType(instance, api), Connection: 'close' });
        response.flushHeaders();
        // Without an upgrade there is no way back: the program's input is at its end.
        await serve(instance, Readable.from([]), response);
      },
    },
    {
      method: 'POST',
      path: /^\/exec\/([^/]+)\/resize$/,
      answer({ names: [id], query, response }) {
        const instance = instanceOf(id);
        if (instance.state === 'ended') throw new DockerError(404, 'no such exec');
        resize(instance, Number(query.get('h')), Number(query.get('w')));
        response.writeHead(200).end();
      },
    },
    {
      method: 'GET',
      path: /^\/exec\/([^/]+)\/json$/,
      answer({ names: [id], response }) {
        const { argv: [entrypoint = '', ...args], ...instance } = instanceOf(id);
        sendJson(response, 200, {
          ID: instance.id, Running: instance.state === 'running', ExitCode: instance.exitCode,
          ProcessConfig: { tty: instance.tty, entrypoint, arguments: args, privileged: instance.privileged },
          OpenStdin: instance.stdin, OpenStderr: instance.stderr, OpenStdout: instance.stdout, CanRemove: false,
          ContainerID: instance.container.id, DetachKeys: '', Pid: 0,
        });
      },
    },
  ];

  return {
    routes,
    async startUpgraded(id, request, socket, head, api) {
      const instance = instanceOf(id);
      const { body, rest } = await bodyOf(request, socket, head);
      const { size } = await startOptions(body);
      if (rest.length > 0) socket.unshift(rest);
      socket.write(`HTTP/1.1 101 UPGRADED\r\nContent-Type: ${contentType(instance, api)}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nApi-Version: 1.${api}\r\n\r\n`);
      const serving = serve(instance, socket, socket);
      if (size) resize(instance, size[0] ?? 0, size[1] ?? 0);
      await serving;
    },
  };
}

const LONGEST_BODY = 1024 * 1024;

/** The body of a request that upgrades: Node leaves it in front of the connection's own bytes. */
async function bodyOf(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<{ body: AsyncIterable<Buffer>; rest: Buffer }> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (!(length >= 0 && length <= LONGEST_BODY)) throw new DockerError(400, 'http: request body too large');
  let read = head;
  while (read.length < length) {
    const chunk = await new Promise<Buffer | undefined>((resolve) => {
      const done = () => {
        socket.off('data', take).off('end', ended).off('close', ended);
        socket.pause();
      };
      const take = (piece: Buffer) => {
        done();
        resolve(piece);
      };
      const ended = () => {
        done();
        resolve(undefined);
      };
      socket.on('data', take).on('end', ended).on('close', ended);
    });
    if (!chunk) throw new DockerError(400, 'unexpected EOF');
    read = Buffer.concat([read, chunk]);
  }
  return { body: Readable.from([read.subarray(0, length)]), rest: read.subarray(length) };
}

/** Docker's frame around a piece of output: the stream's number and the length (Engine API, ContainerAttach, "Stream format"). */
function framed(stream: number, chunk: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(chunk.length, 4);
  return Buffer.concat([header, chunk]);
}

/** All of a program's output to its client, in its pace. Once the client has gone nothing more is read: the program waits instead of writing for nobody. */
async function copy(source: Readable, output: Writable, wanted: boolean, stream: number | undefined): Promise<void> {
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (wanted && !(await writeTo(output, stream === undefined ? chunk : framed(stream, chunk)))) return;
  }
}
