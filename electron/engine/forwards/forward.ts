// One port forward: a listener on this computer that stays until it is stopped, whatever becomes of the pod. Each connection is led
// to the pod that has the name at that moment, through a tunnel of its own.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import type { ForwardRow } from '../../../shared/contract/forwards.ts';
import { Failure, type FailureData } from '../../../shared/contract/failures.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { createTopic, type Topic } from '../topic.ts';

/** What a connection is led to, resolved anew for each one. */
export interface Dialled {
  readonly tunnel: Duplex;
  readonly pod: { readonly name: string; readonly uid: string };
}

export interface ForwardTarget {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly podPort: number;
}

export interface Forward {
  readonly row: Topic<ForwardRow>;
  /** Says whether a pod of the name is running now; told by the watch. */
  podRunning(running: boolean): void;
  /** Ends its connections and frees the port. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1.
 * @param localPort 0 for any free one
 * @param dial opens a tunnel to the pod; called once a connection
 * @throws Failure LOCAL_PORT_IN_USE with the next free port, LOCAL_PORT_NOT_ALLOWED
 */
export async function openForward(id: string, target: ForwardTarget, localPort: number, dial: (signal: AbortSignal) => Promise<Dialled>): Promise<Forward> {
  const life = new AbortController();
  const sockets = new Set<Socket>();
  // allowHalfOpen: a client that has said all it wants to say still waits for the answer.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  await listen(server, localPort);
  const row = createTopic<ForwardRow>({
    id,
    ...target,
    localPort: (server.address() as AddressInfo).port,
    state: 'listening',
    open: 0,
    total: 0,
    bytesIn: 0,
    bytesOut: 0,
  });
  let running = true;
  let lastError: FailureData | undefined;
  const change = (part: Partial<ForwardRow>) => {
    const { lastError: _, ...rest } = { ...row.value, ...part };
    const state = rest.open > 0 ? 'connected' : !running ? 'waiting' : lastError ? 'failed' : 'listening';
    row.set({ ...rest, state, ...(lastError ? { lastError } : {}) });
  };
  const serve = async (socket: Socket) => {
    sockets.add(socket);
    change({ open: sockets.size, total: row.value.total + 1 });
    socket.once('close', () => {
      sockets.delete(socket);
      change({ open: sockets.size });
    });
    socket.on('error', () => {}); // The person's program broke its own connection; 'close' follows.
    try {
      const { tunnel, pod } = await dial(life.signal);
      if (socket.destroyed) return void tunnel.destroy();
      change({ servingPod: { ...pod } });
      await join(socket, tunnel, {
        in: (bytes) => row.set({ ...row.value, bytesIn: row.value.bytesIn + bytes }),
        out: (bytes) => row.set({ ...row.value, bytesOut: row.value.bytesOut + bytes }),
        answered: () => {
          lastError = undefined;
        },
      });
    } catch (error) {
      const failure = failureOf(error) ?? new Failure('TUNNEL_FAILED', { pod: target.pod, port: target.podPort }, error);
      lastError = failure.toData();
      // A reset, not an orderly end: the program on this side must not take it for an empty answer.
      socket.resetAndDestroy();
    }
    change({});
  };
  server.on('connection', (socket) => void serve(socket));
  return {
    row,
    podRunning(now) {
      if (now === running) return;
      running = now;
      if (now) lastError = undefined;
      change({});
    },
    async close() {
      life.abort();
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Copies both ways with backpressure until both sides have ended; rejects with what broke the tunnel. */
function join(socket: Socket, tunnel: Duplex, told: { in(bytes: number): void; out(bytes: number): void; answered(): void }): Promise<void> {
  return new Promise((resolve, reject) => {
    tunnel.on('data', (chunk: Buffer) => {
      told.answered();
      told.in(chunk.length);
    });
    socket.on('data', (chunk: Buffer) => told.out(chunk.length));
    // `pipe` ends the other side when one side ends, and pauses the source while the sink is full.
    tunnel.pipe(socket);
    socket.pipe(tunnel);
    tunnel.once('error', reject);
    tunnel.once('close', () => {
      // Broken: the caller resets the socket, which is no longer possible once its end was sent (uv_tcp_close_reset).
      if (tunnel.errored) return;
      if (!socket.destroyed) socket.end();
      // Nobody reads the socket now, and its own end is only seen by reading.
      socket.resume();
      resolve();
    });
    socket.once('close', () => {
      tunnel.destroy();
      resolve();
    });
  });
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new Failure('LOCAL_PORT_IN_USE', { port, free: await nextFree(port) }, error);
    if (code === 'EACCES') throw new Failure('LOCAL_PORT_NOT_ALLOWED', { port }, error);
    throw error;
  }
}

/** The next port above that can be listened on now, 0 when none of the next hundred can. */
async function nextFree(port: number): Promise<number> {
  for (let candidate = port + 1; candidate <= Math.min(port + 100, 65_535); candidate++) {
    const probe = createServer();
    probe.listen(candidate, '127.0.0.1');
    const free = await once(probe, 'listening').then(() => true, () => false);
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return candidate;
  }
  return 0;
}
