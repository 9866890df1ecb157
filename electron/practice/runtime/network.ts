// The network of one practice cluster: addresses of pods and what listens there. Nothing of it is a port of the computer.
import { type Address, type PodSocket, socketError, socketPair } from './pod-socket.ts';

export interface Listener {
  /** Only connections from inside the pod reach it: bound to 127.0.0.1. */
  readonly loopback: boolean;
  readonly accept: (socket: PodSocket) => void;
}

export interface Network {
  /** An address where something may listen from now on. */
  addHost(ip: string): void;
  removeHost(ip: string): void;
  /** @throws EADDRINUSE. Gives what closes it. */
  listen(ip: string, port: number, listener: Listener): () => void;
  /**
   * @param from the caller's address: the pod's own for a connection from inside it.
   * @throws ECONNREFUSED, or EHOSTUNREACH where no host has the address.
   */
  connect(from: string, to: Address): PodSocket;
  /** What listens, for `netstat` and messages. */
  listening(ip: string): readonly { readonly port: number; readonly loopback: boolean }[];
}

export function createNetwork(): Network {
  const hosts = new Map<string, Map<number, Listener>>();
  let ephemeral = 32_768;

  return {
    addHost(ip) {
      if (!hosts.has(ip)) hosts.set(ip, new Map());
    },
    removeHost(ip) {
      hosts.delete(ip);
    },
    listen(ip, port, listener) {
      const ports = hosts.get(ip);
      if (ports === undefined) throw socketError('EADDRNOTAVAIL', 'listen', { ip, port });
      if (ports.has(port)) throw socketError('EADDRINUSE', 'listen', { ip: listener.loopback ? '127.0.0.1' : '0.0.0.0', port });
      ports.set(port, listener);
      return () => {
        if (ports.get(port) === listener) ports.delete(port);
      };
    },
    connect(from, to) {
      const inside = to.ip === '127.0.0.1';
      const host = hosts.get(inside ? from : to.ip);
      if (host === undefined) throw socketError('EHOSTUNREACH', 'connect', to);
      const listener = host.get(to.port);
      if (listener === undefined || (listener.loopback && !inside)) throw socketError('ECONNREFUSED', 'connect', to);
      ephemeral = ephemeral === 60_999 ? 32_768 : ephemeral + 1;
      const [near, far] = socketPair({ ip: inside ? '127.0.0.1' : from, port: ephemeral }, to);
      listener.accept(far);
      return near;
    },
    listening: (ip) => [...(hosts.get(ip) ?? [])].map(([port, { loopback }]) => ({ port, loopback })),
  };
}
