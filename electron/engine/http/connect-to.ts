// A TCP connection to a port of this computer.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Rejects with what the system says, or when `signal` aborts: nothing is left of it then. */
export async function connectTo(port: number, address: string, signal: AbortSignal): Promise<Socket> {
  const socket = connect(port, address);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    // It may still fail, and nobody else listens.
    socket.on('error', () => {}).destroy();
    throw error;
  }
}
