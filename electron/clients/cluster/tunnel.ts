// One TCP connection into a pod over one WebSocket: subprotocol v4.channel.k8s.io of `pods/portforward`
// (k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go). Channel 0 carries data, channel 1 an error as text; each begins with the port.
import { Duplex } from 'node:stream';
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from './api-error.ts';
import type { ClusterConnection } from './connection.ts';
import { type ChannelSocket, openWebSocket } from './websocket.ts';

export interface TunnelTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly signal?: AbortSignal | undefined;
}

const DATA = 0;
const ERROR = 1;
const PORT_BYTES = 2;
const CHUNK = 64 * 1024;
/** The protocol has no half-close. So after the local end we go on reading, until the pod closes or has been silent for so long. */
const SILENT_AFTER_END_MS = 30_000;
/** The same where the pod has answered since the last that it was told: then the client has most likely closed both ways, as browsers do, which TCP shows as the same. */
const SILENT_AFTER_ANSWER_MS = 5_000;

/**
 * Opens a tunnel. It resolves when the server has agreed; that the port is refused shows only afterwards, as the stream's error.
 * Backpressure holds both ways: nothing is read that is not consumed, and a write returns when there is room.
 * The stream fails as PORT_REFUSED_IN_POD, POD_NOT_RUNNING, POD_GONE, HALF_CLOSE_UNSUPPORTED or TUNNEL_FAILED; the call itself also as NOT_ALLOWED, CREDENTIALS_REFUSED, CLUSTER_*.
 * @param silentAfterEndMs how long to wait for more after the local side has ended.
 */
export async function openTunnel(connection: ClusterConnection, target: TunnelTarget, silentAfterEndMs = SILENT_AFTER_END_MS): Promise<Duplex> {
  const { namespace, pod, port, signal } = target;
  try {
    return duplex(await openWebSocket(connection, {
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`,
      query: [['ports', String(port)]],
      protocols: ['v4.channel.k8s.io'],
      signal,
    }), target, silentAfterEndMs);
  } catch (error) {
    throw error instanceof ApiError ? tunnelFailure(target, error.message, error.status === 404) : error;
  }
}

function duplex(socket: ChannelSocket, target: TunnelTarget, silentAfterEndMs: number): Duplex {
  const headers = [PORT_BYTES, PORT_BYTES]; // bytes of the port still to come on each channel
  let open = true;
  let silence: NodeJS.Timeout | undefined;
  let refused: Failure | undefined;
  /** Whether anything came from the pod, and whether it came after the last that was sent. */
  let isAnswered = false;
  let isLastWord = false;

  const stream = new Duplex({
    allowHalfOpen: true,
    readableHighWaterMark: CHUNK,
    writableHighWaterMark: CHUNK,
    read() { socket.resume(); },
    write(chunk: Buffer, _, done) {
      isLastWord = false;
      const next = (from: number) => {
        if (!open) return done(tunnelFailure(target, 'the pod closed the connection'));
        if (from >= chunk.length) return done();
        socket.send(DATA, chunk.subarray(from, from + CHUNK), (error) => (error ? done(tunnelFailure(target, error)) : next(from + CHUNK)));
      };
      next(0);
    },
    final(done) {
      if (open) waitInSilence();
      done();
    },
    destroy(error, done) {
      clearTimeout(silence);
      if (open) socket.terminate();
      done(error);
    },
  });
  // It may fail before the caller had a chance to listen. The failure stays the stream's state; a listener that comes in time hears it.
  stream.on('error', () => {});
  const waitInSilence = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (isAnswered) return socket.close();
      // It may have waited for the end of what was said, which this protocol has no word for.
      refused ??= new Failure('HALF_CLOSE_UNSUPPORTED', { pod: target.pod, port: target.port, seconds: Math.round(silentAfterEndMs / 1000) }, 'half-close is not supported by this server');
      socket.terminate();
    }, isLastWord ? Math.min(silentAfterEndMs, SILENT_AFTER_ANSWER_MS) : silentAfterEndMs);
  };

  socket.start({
    message(channel, bytes) {
      if (channel > ERROR || stream.destroyed) return;
      const skipped = Math.min(headers[channel]!, bytes.length);
      headers[channel]! -= skipped;
      const payload = bytes.subarray(skipped);
      if (payload.length === 0) return;
      if (channel === ERROR) {
        refused ??= tunnelFailure(target, payload.toString('utf8').trim());
        return socket.terminate();
      }
      isAnswered = isLastWord = true;
      if (stream.writableEnded) waitInSilence();
      if (!stream.push(payload)) socket.pause();
    },
    closed(error) {
      open = false;
      clearTimeout(silence);
      if (refused ?? error) stream.destroy(refused ?? tunnelFailure(target, error));
      else stream.push(null);
    },
  });
  return stream;
}

/** What the other end's words mean. They are those of dockershim (socat), containerd, CRI-O or the kubelet itself. */
function tunnelFailure({ pod, port }: TunnelTarget, cause: unknown, notFound = false): Failure {
  const words = cause instanceof Error ? cause.message : String(cause);
  if (/connection refused/i.test(words) && !/dialing backend/i.test(words)) return new Failure('PORT_REFUSED_IN_POD', { pod, port }, cause);
  if (notFound || /pod does not exist|pod not found|pods "[^"]*" not found|failed to find sandbox/i.test(words)) return new Failure('POD_GONE', { pod }, cause);
  if (/not running|does not have a host assigned|sandbox.*(closed|exited|stopped)|network namespace.*closed|no such container/i.test(words)) return new Failure('POD_NOT_RUNNING', { pod }, cause);
  return new Failure('TUNNEL_FAILED', { pod, port }, cause);
}
