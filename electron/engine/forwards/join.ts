// One connection's bytes between a program on this computer and a tunnel into a pod, both ways, each as fast as its reader.
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What the client has said so far, kept until the pod has answered: another pod can still be told the same if this one never took the connection. */
export interface Said {
  readonly chunks: Buffer[];
  /** It was more than is kept, or the pod has answered: it cannot be said again. */
  isOver: boolean;
}

export interface Told {
  fromPod(chunk: Buffer): void;
  toPod(chunk: Buffer): void;
}

const KEPT_BYTES = 64 * 1024;

export const nothingSaid = (): Said => ({ chunks: [], isOver: false });

/** The pod has closed the connection in order, and said nothing at all. */
export class Unanswered extends Error {}

/**
 * Whether the same can be said to another pod although nobody knows whether the first one has read it: nothing was said, or a request that changes
 * nothing, which an intermediary may repeat (RFC 9110, 9.2.2).
 */
export function canSayAgain({ chunks, isOver }: Said): boolean {
  return !isOver && (chunks.length === 0 || /^(?:GET|HEAD|OPTIONS) \S+ HTTP\/1\.[01]\r\n/.test(Buffer.concat(chunks).toString('latin1')));
}

/**
 * Resolves when both sides have ended, or the client is gone; rejects with what broke the tunnel, or Unanswered, the client's end left as it is and
 * paused. The two ends of the client are its own (allowHalfOpen).
 */
export function join(socket: Socket, tunnel: Duplex, said: Said, told: Told): Promise<void> {
  return new Promise((resolve, reject) => {
    let kept = said.chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
    const toPod = (chunk: Buffer) => {
      told.toPod(chunk);
      if (!said.isOver) {
        kept += chunk.length;
        said.isOver = kept > KEPT_BYTES;
        if (said.isOver) said.chunks.length = 0;
        else said.chunks.push(chunk);
      }
      if (!tunnel.write(chunk)) socket.pause();
    };
    const endOfClient = () => void tunnel.end();
    const fill = () => void socket.resume();
    const drain = () => void tunnel.resume();
    const gone = () => {
      leave();
      tunnel.destroy();
      resolve();
    };
    const leave = () => {
      socket.off('data', toPod).off('end', endOfClient).off('drain', drain).off('close', gone);
      socket.pause();
    };

    let isAnswered = false;
    tunnel.on('data', (chunk: Buffer) => {
      isAnswered = said.isOver = true;
      said.chunks.length = 0;
      told.fromPod(chunk);
      if (!socket.write(chunk)) tunnel.pause();
    });
    tunnel.on('drain', fill);
    tunnel.once('error', (error) => {
      leave();
      reject(error);
    });
    tunnel.once('end', () => {
      leave();
      tunnel.destroy();
      if (!isAnswered) return reject(new Unanswered('the pod closed the connection'));
      endOf(socket);
      resolve();
    });
    socket.on('drain', drain).once('close', gone);
    if (socket.destroyed) return gone();
    if (tunnel.errored) {
      leave();
      return reject(tunnel.errored);
    }
    for (const chunk of said.chunks) tunnel.write(chunk);
    if (socket.readableEnded) return endOfClient();
    socket.on('data', toPod).once('end', endOfClient);
    socket.resume();
  });
}

/** Nothing more comes from the pod. */
export function endOf(socket: Socket): void {
  socket.end();
  // Nobody reads what the client still says, and its own end is only seen by reading.
  socket.resume();
}
