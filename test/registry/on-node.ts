// The test's registry on the node's own 127.0.0.1, so that one image name means the same everywhere, and over HTTP, which Docker and
// containerd take only there. A node that is a container has a relay in it, which ends with the test, even one that is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { nodeContainer, type TestContext } from '../fixtures/command-line.ts';
import { bridgeAddress } from './bridge-address.ts';
import { startRegistry, type Registry, type RegistryOptions } from './registry.ts';

/** A registry of its own for the cluster's node, or for the one in that container. */
export async function registryOnNode(context: TestContext, options: Omit<RegistryOptions, 'hosts'> = {}, container: string | undefined = nodeContainer[context]): Promise<Registry> {
  if (!container) return startRegistry(options); // The node is this machine.
  const bridge = bridgeAddress();
  for (let left = 5; ; left--) {
    const registry = await startRegistry({ ...options, hosts: [bridge] });
    try {
      const relay = await openRelay(container, registry.port, bridge);
      return {
        ...registry,
        async [Symbol.asyncDispose]() {
          await relay[Symbol.asyncDispose]();
          await registry[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      // Somebody in the node may have that port.
      await registry[Symbol.asyncDispose]();
      if (left === 0) throw error;
    }
  }
}

/** 127.0.0.1:PORT in the container leads to HOST:PORT. @throws Error when it cannot listen there */
async function openRelay(container: string, port: number, host: string): Promise<AsyncDisposable> {
  // Its standard input ends when this process does, however it ends: then the relay is ended by its own process ID.
  const script = 'socat -d -d "TCP-LISTEN:$1,bind=127.0.0.1,fork,reuseaddr" "TCP:$2:$1" & relay=$!; cat >/dev/null; kill "$relay"';
  const child = spawn('docker', ['exec', '-i', container, 'sh', '-c', script, '-', String(port), host], { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  const end = async () => {
    child.stdin.end();
    await ended;
  };
  const lines = createInterface({ input: child.stderr });
  let last = '';
  for await (const line of lines) {
    last = line;
    if (/ N listening on /.test(line) || / E /.test(line)) break;
  }
  if (/ N listening on /.test(last)) {
    child.stderr.resume(); // Nobody reads the rest, and nothing waits for that.
    return { [Symbol.asyncDispose]: end };
  }
  await end();
  throw new Error(`no relay in ${container}: ${last}`);
}
