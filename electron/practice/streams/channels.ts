// WebSockets whose messages begin with the number of a channel, as exec, attach and port-forward speak them
// (k8s.io/apiserver/pkg/util/wsstream; base64: the number is a digit and the rest is encoded, in text messages).
import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

export interface Channels {
  /** The subprotocol that was agreed on; '' when the client named none. */
  readonly protocol: string;
  readonly closed: boolean;
  /** Called with each message. While the promise that it gives is pending, no more is read from the client. */
  onMessage(listener: (channel: number, bytes: Buffer) => Promise<void>): void;
  /** Resolves when there is room for more, or the client has gone. */
  send(channel: number, bytes: Uint8Array): Promise<void>;
  /** Ends it in order. */
  close(): void;
  /** Resolves when the client has gone or the connection was closed. */
  readonly gone: Promise<void>;
}

/** As the kubelet copies: more is sent in pieces. */
const PIECE = 32 * 1024;
const MOST_WAITING = 256 * 1024;
const LONGEST_MESSAGE = 8 * 1024 * 1024;

/**
 * Takes the connection over. Undefined when it did not come to a WebSocket: then the client has its answer, as golang.org/x/net/websocket gives
 * it (403 for subprotocols that are not known).
 * @param protocols that are known; '' for a client that names none
 */
export function acceptChannels(request: IncomingMessage, socket: Duplex, head: Buffer, protocols: readonly string[]): Promise<Channels | undefined> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const protocol = offered.length === 0 && protocols.includes('') ? '' : offered.find((name) => protocols.includes(name));
  if (protocol === undefined) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    return Promise.resolve(undefined);
  }
  const server = new WebSocketServer({
    noServer: true, perMessageDeflate: false, maxPayload: LONGEST_MESSAGE, skipUTF8Validation: true, clientTracking: false, handleProtocols: () => protocol || false,
  });
  return new Promise((resolve) => {
    socket.once('close', () => resolve(undefined));
    server.once('wsClientError', (_error, connection) => {
      connection.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      resolve(undefined);
    });
    server.handleUpgrade(request, socket, head, (webSocket) => resolve(channelsOf(webSocket, protocol)));
  });
}

function channelsOf(webSocket: WebSocket, protocol: string): Channels {
  const base64 = protocol.includes('base64');
  const gone = new Promise<void>((resolve) => {
    webSocket.once('close', () => resolve());
  });
  webSocket.on('error', () => {}); // close follows
  let busy = 0;

  function sendPiece(channel: number, bytes: Uint8Array): Promise<void> {
    if (webSocket.readyState !== WebSocket.OPEN) return Promise.resolve();
    const message = base64 ? `${channel}${Buffer.from(bytes).toString('base64')}` : Buffer.concat([Buffer.from([channel]), bytes]);
    if (webSocket.bufferedAmount < MOST_WAITING) {
      webSocket.send(message, { binary: !base64 });
      return Promise.resolve();
    }
    return new Promise((resolve) => webSocket.send(message, { binary: !base64 }, () => resolve()));
  }

  return {
    protocol,
    gone,
    get closed() {
      return webSocket.readyState !== WebSocket.OPEN;
    },
    onMessage(listener) {
      webSocket.on('message', (data) => {
        const bytes = data as Buffer; // binaryType is nodebuffer
        if (bytes.length === 0) return;
        const channel = base64 ? bytes[0]! - 48 : bytes[0]!;
        const content = base64 ? Buffer.from(bytes.subarray(1).toString('latin1'), 'base64') : bytes.subarray(1);
        busy += 1;
        webSocket.pause();
        void listener(channel, content).catch(() => {}).finally(() => {
          busy -= 1;
          if (busy === 0) webSocket.resume();
        });
      });
    },
    async send(channel, bytes) {
      if (bytes.length === 0) return sendPiece(channel, bytes);
      for (let at = 0; at < bytes.length; at += PIECE) await sendPiece(channel, bytes.subarray(at, at + PIECE));
    },
    close() {
      webSocket.close(1000);
      const deaf = setTimeout(() => webSocket.terminate(), 10_000);
      deaf.unref();
      void gone.then(() => clearTimeout(deaf));
    },
  };
}

/** A plain answer instead of an upgrade, as the kubelet's own errors come. */
export function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/** Whether the client wants a WebSocket; older ones want SPDY. */
export const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';
