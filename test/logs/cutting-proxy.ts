// A way to a real API server that cuts the streams of logs in the middle, again and again. kubectl's own proxy adds the credentials.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectlPath, type TestContext } from '../fixtures/command-line.ts';

export interface CuttingProxy extends AsyncDisposable {
  /** A kubeconfig file whose context `cut` leads through here. */
  readonly kubeconfig: string;
  /** Streams of logs that were cut so far. */
  readonly cuts: number;
  /** From now on none is. */
  stopCutting(): void;
}

/** @param after gives for each stream after how many milliseconds it is cut, in the middle of what comes just then */
export async function startCuttingProxy(context: TestContext, after: () => number): Promise<CuttingProxy> {
  const upstream = spawn(kubectlPath, ['--context', context, 'proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(upstream.stdout, 'data')) as [Buffer];
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1]);
  let cuts = 0;
  let isCutting = true;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const far = connect(port, '127.0.0.1');
    let isDue = false;
    let timer: NodeJS.Timeout | undefined;
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => { sockets.delete(socket); client.destroy(); far.destroy(); });
    }
    client.on('data', (bytes) => {
      isDue = false;
      clearTimeout(timer);
      if (/^GET \S+\/log\?/.test(bytes.toString('latin1', 0, 300))) timer = setTimeout(() => { isDue = isCutting; }, after());
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!isDue) {
        client.write(bytes);
        return;
      }
      cuts += 1;
      client.write(bytes.subarray(0, Math.floor(Math.random() * bytes.length)), () => client.resetAndDestroy());
      far.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'podlab-cuts-'));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'cut',
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }],
    users: [{ name: 'u', user: {} }], contexts: [{ name: 'cut', context: { cluster: 'c', user: 'u' } }],
  }));
  return {
    kubeconfig,
    get cuts() { return cuts; },
    stopCutting: () => { isCutting = false; },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      const ended = once(upstream, 'exit');
      upstream.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
