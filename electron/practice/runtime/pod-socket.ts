// The two ends of a connection inside the practice cluster. They behave as TCP does where programs can tell: what is written waits until the
// other end reads (bounded memory), each direction ends by itself, and an end that goes away leaves the other with its end or a reset.
import { Duplex } from 'node:stream';

export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** How much an end holds that nobody has read. */
const held = 64 * 1024;

export class PodSocket extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  #peer: PodSocket | undefined;
  /** Tells the writing end that this one reads again. */
  #drained: ((error?: Error | null) => void) | undefined;

  constructor(local: Address, remote: Address) {
    super({ readableHighWaterMark: held, writableHighWaterMark: 16 * 1024, allowHalfOpen: true });
    this.localAddress = local.ip;
    this.localPort = local.port;
    this.remoteAddress = remote.ip;
    this.remotePort = remote.port;
  }

  join(peer: PodSocket): void {
    this.#peer = peer;
  }

  override _read(): void {
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    if (peer === undefined || peer.destroyed) return done(socketError('EPIPE', 'write'));
    if (peer.push(chunk)) done();
    else peer.#drained = done;
  }

  override _final(done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    if (peer !== undefined && !peer.destroyed) peer.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    this.#peer = undefined;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.(socketError('EPIPE', 'write'));
    if (peer !== undefined && !peer.destroyed) {
      // What was received and not read is lost: the kernel answers that with a reset, else with an end.
      if (error !== null || this.readableLength > 0) peer.destroy(socketError('ECONNRESET', 'read'));
      else if (!this.writableFinished) peer.push(null);
    }
    done(error);
  }

  // What node:http calls on a real socket.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** A connection from `client` to `server`: [the client's end, the server's end]. */
export function socketPair(client: Address, server: Address): [PodSocket, PodSocket] {
  const near = new PodSocket(client, server);
  const far = new PodSocket(server, client);
  near.join(far);
  far.join(near);
  return [near, far];
}

/** An error as node:net gives it. */
export function socketError(code: string, syscall: string, address?: Address): NodeJS.ErrnoException & Partial<{ address: string; port: number }> {
  const message = address === undefined ? `${syscall} ${code}` : `${syscall} ${code} ${address.ip}:${String(address.port)}`;
  return Object.assign(new Error(message), { code, syscall }, address && { address: address.ip, port: address.port });
}
