// For tests: what happens, one thing after the other, to be waited for; and a TCP proxy that can be cut.
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface Happenings<Value> {
  push(value: Value): void;
  next(): Promise<Value>;
}

export function happenings<Value>(): Happenings<Value> {
  const values: Value[] = [];
  let wake = () => {};
  return {
    push: (value) => { values.push(value); wake(); },
    async next() {
      while (values.length === 0) await new Promise<void>((resolve) => { wake = resolve; });
      return values.shift()!;
    },
  };
}

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
