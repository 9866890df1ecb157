// The listening end of a forward: one port on one or two addresses of this computer.
import { once } from 'node:events';
import { createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net';
import { Failure } from '../../../shared/contract/failures.ts';
import { portOwner } from './port-owner.ts';

export interface Listening {
  readonly port: number;
  readonly addresses: readonly string[];
  /** Frees the port. Connections that are open stay. */
  close(): Promise<void>;
}

/** `localhost` is both: a browser may try ::1 first, and would reach whoever else listens there. */
const LOCALHOST = ['127.0.0.1', '::1'] as const;
/** How many free ports of the first address may be taken on the second one. */
const FREE_TRIES = 20;
/** How far above a busy port a free one is looked for. */
const NEAR = 100;

/** What forwards listen with, in the whole process. */
const ends = new Set<Server>();

/**
 * @param address `localhost`, or an IP address of this computer
 * @param port 0 for any that is free
 * @param onConnection gets each connection paused, and open on both sides until both have ended
 * @throws Failure PORT_INVALID, ADDRESS_INVALID, ADDRESS_NOT_HERE, LOCAL_PORT_IN_USE with its owner and the next free port, LOCAL_PORT_NOT_ALLOWED
 */
export async function listenOn(address: string, port: number, onConnection: (socket: Socket) => void): Promise<Listening> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Failure('PORT_INVALID', { port: String(port) }, 'a port is a number from 0 to 65535');
  if (address !== 'localhost' && isIP(address) === 0) throw new Failure('ADDRESS_INVALID', { address }, 'neither localhost nor an IP address');
  const addresses = address === 'localhost' ? LOCALHOST : [address];
  for (let left = FREE_TRIES; ; left -= 1) {
    try {
      return await listenOnAll(addresses, port, onConnection);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && port === 0 && left > 0) continue;
      if (code === 'EADDRINUSE') throw new Failure('LOCAL_PORT_IN_USE', { port, free: await nextFree(addresses, port), owner: await ownerOf(error, port) }, error);
      if (code === 'EACCES') throw new Failure('LOCAL_PORT_NOT_ALLOWED', { port }, error);
      if (isAbsent(error)) throw new Failure('ADDRESS_NOT_HERE', { address }, error);
      throw error;
    }
  }
}

async function listenOnAll(addresses: readonly string[], wanted: number, onConnection: (socket: Socket) => void): Promise<Listening> {
  const servers: Server[] = [];
  const heard: string[] = [];
  let port = wanted;
  try {
    for (const address of addresses) {
      // allowHalfOpen: a client that has said all it wants to say still waits for the answer.
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, onConnection);
      const isListening = await listen(server, address, port).catch((error: unknown) => {
        // A computer without IPv6 has no ::1, and then nobody else listens there either.
        if (address === '::1' && heard.length > 0 && isAbsent(error)) return false;
        throw error;
      });
      if (!isListening) continue;
      servers.push(server);
      heard.push(address);
      port = (server.address() as AddressInfo).port;
      ends.add(server);
    }
  } catch (error) {
    await closeAll(servers);
    throw error;
  }
  return { port, addresses: heard, close: () => closeAll(servers) };
}

async function listen(server: Server, host: string, port: number): Promise<true> {
  server.listen({ host, port });
  await once(server, 'listening');
  server.on('error', () => {}); // accept(2) may fail for want of descriptors: the next connection is another try
  return true;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  for (const server of servers) {
    ends.delete(server);
    server.close();
  }
}

/** As `portOwner`, or `forward`: that is known without asking the system, and on systems that do not say. */
async function ownerOf(refused: unknown, port: number): Promise<string> {
  const { address = '' } = refused as { address?: string };
  const isForward = [...ends].some((server) => {
    const end = server.address() as AddressInfo;
    return end.port === port && (end.address === address || isEvery(end.address) || isEvery(address));
  });
  return isForward ? 'forward' : portOwner(port);
}

const isEvery = (address: string) => address === '0.0.0.0' || address === '::';

/** The next port above that can be listened on now, 0 when none near it can. */
async function nextFree(addresses: readonly string[], port: number): Promise<number> {
  for (let candidate = port + 1; candidate <= Math.min(port + NEAR, 65_535); candidate += 1) {
    const probe = await listenOnAll(addresses, candidate, (socket) => socket.destroy()).catch(() => undefined);
    await probe?.close();
    if (probe) return candidate;
  }
  return 0;
}

function isAbsent(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '');
}
