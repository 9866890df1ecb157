// The two ways to the engine: a MessagePort that the Electron shell hands over, or the browser shell's WebSocket.

export interface Transport {
  readonly channel: { readonly kind: 'port'; readonly port: MessagePort } | { readonly kind: 'websocket'; readonly socket: WebSocket };
  /** Settles when the other side is gone. */
  readonly closed: Promise<void>;
}

declare global {
  interface Window {
    /** Put there by electron/preload.ts; absent in the browser shell. */
    podlab?: { shell: 'electron'; requestPort(): void; pathOfFile(file: File): string };
  }
}

/** Opens a way to the engine; rejects when none answers. */
export function openTransport(): Promise<Transport> {
  return window.podlab ? openPort(window.podlab) : openSocket();
}

function openPort(bridge: NonNullable<Window['podlab']>): Promise<Transport> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.data !== 'podlab:port' || event.source !== window || !port) return;
      window.removeEventListener('message', receive);
      const closed = new Promise<void>((gone) => {
        // The shell's word that the engine's process has ended; a port's own `close` is Electron's addition, which other pages do not have.
        const lost = ({ data, source }: MessageEvent) => {
          if (data !== 'podlab:engine-lost' || source !== window) return;
          window.removeEventListener('message', lost);
          gone();
        };
        window.addEventListener('message', lost);
        port.addEventListener('close', () => gone(), { once: true });
      });
      port.start();
      resolve({ channel: { kind: 'port', port }, closed });
    };
    window.addEventListener('message', receive);
    bridge.requestPort();
  });
}

function openSocket(): Promise<Transport> {
  // Beside the page: the browser shell serves everything below a random path (electron/serve/guard.ts).
  const url = new URL('rpc', document.baseURI);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const closed = new Promise<void>((gone) => socket.addEventListener('close', () => gone(), { once: true }));
    socket.addEventListener('open', () => resolve({ channel: { kind: 'websocket', socket }, closed }), { once: true });
    void closed.then(() => reject(new Error(`No WebSocket at ${url.href}`)));
  });
}
