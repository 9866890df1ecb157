// For tests: a TCP proxy that can be cut, and an HTTP proxy.
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface CuttableProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection and lets none in until `mend`. */
  cut(): void;
  mend(): void;
  /** Ends every connection; new ones are welcome. */
  drop(): void;
}

export async function cuttableProxy(target: URL): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((socket) => {
    if (!open) return socket.destroy();
    const onward = connect(Number(target.port), target.hostname);
    for (const [one, other] of [[socket, onward], [onward, socket]] as const) {
      sockets.add(one);
      one.on('error', () => {}).on('close', () => { sockets.delete(one); other.destroy(); });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const drop = () => { for (const socket of sockets) socket.destroy(); };
  return {
    port: (server.address() as AddressInfo).port,
    drop,
    cut: () => { open = false; drop(); },
    mend: () => { open = true; },
    async [Symbol.asyncDispose]() {
      drop();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** What it was asked to connect to: `host:port`. */
  readonly targets: readonly string[];
}

/** An HTTP proxy (CONNECT) that leads to one port on loopback, whatever it is asked for. */
export async function connectProxy(port: number): Promise<ConnectProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('data', (head) => {
      targets.push(/^CONNECT (\S+)/.exec(head.toString())?.[1] ?? '');
      const onward = connect(port, '127.0.0.1', () => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); socket.pipe(onward).pipe(socket); });
      onward.on('error', () => {});
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
