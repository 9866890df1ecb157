// For tests: a node's container of the test's own, with containerd and nothing of Kubernetes in it, which may be filled up and stopped; and images.
// It is made from the image of the test clusters' nodes (test/cluster), in about a second.
import type Dockerode from 'dockerode';
import { pack } from 'tar-stream';
import { readFile } from 'node:fs/promises';
import type { DockerConnection } from '../docker/connection.ts';
import { execInContainer } from '../docker/exec.ts';
import { removeImage } from '../docker/images.ts';
import { K3S_PLACES } from './k3d-store.ts';
import type { NodeImageStore } from './node-image-store.ts';
import { openNodeImageStore } from './open-store.ts';

export interface TestNode extends AsyncDisposable {
  readonly container: string;
  readonly store: NodeImageStore;
  /** stdout of a shell command in it. */
  sh(script: string): Promise<string>;
  /** Starts the container again, when it was stopped. */
  start(): Promise<void>;
  kill(): Promise<void>;
}

export interface TestNodeOptions {
  readonly connection: DockerConnection;
  readonly name: string;
  /** The size of the disk on which containerd keeps everything. */
  readonly diskBytes?: number;
  /** containerd in k3s's places, with a snapshotter that is not its default. */
  readonly kind?: 'kind' | 'k3d';
}

const K3S_CONFIG = `version = 2\nroot = "${K3S_PLACES.CONTAINERD_ROOT}"\nstate = "/run/k3s/containerd"\n[grpc]\naddress = "${K3S_PLACES.CONTAINERD_ADDRESS}"
[plugins."io.containerd.grpc.v1.cri".containerd]\nsnapshotter = "native"\n`;
const K3S_START = `mkdir -p "$(dirname ${K3S_PLACES.CONTAINERD_CONFIG})" && printf '%s' '${K3S_CONFIG}' >${K3S_PLACES.CONTAINERD_CONFIG} && exec containerd --config ${K3S_PLACES.CONTAINERD_CONFIG}`;

/** Resolves when its containerd answers. */
export async function startTestNode({ connection, name, diskBytes, kind = 'kind' }: TestNodeOptions): Promise<TestNode> {
  const docker = connection.docker();
  const [image] = await docker.listImages({ filters: { reference: ['test-cluster/node'] } });
  if (!image) throw new Error('there is no image test-cluster/node: run test/cluster/cluster up');
  const container = await docker.createContainer({
    name, Image: image.Id, Labels: kind === 'k3d' ? { 'k3d.cluster': name, 'k3d.role': 'server' } : { 'io.x-k8s.kind.cluster': name },
    Entrypoint: ['sh', '-c', kind === 'k3d' ? K3S_START : 'exec containerd'],
    HostConfig: { Privileged: true, Tmpfs: { '/run': '', ...(diskBytes !== undefined && { '/var/lib/containerd': `size=${diskBytes}` }) } },
  });
  const sh = async (script: string) => {
    const places = kind === 'k3d' ? Object.entries(K3S_PLACES).map(([key, value]) => `${key}=${value}`) : [];
    return (await execInContainer(docker, container.id, ['env', ...places, 'sh', '-c', script])).stdout;
  };
  const start = async () => {
    await container.start();
    await sh('for try in $(seq 200); do ctr version >/dev/null 2>&1 && exit; sleep 0.05; done; exit 1');
  };
  const version = { containerRuntimeVersion: 'containerd://1.6.20', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const node: TestNode = {
    container: container.id, sh, start,
    store: openNodeImageStore({ node: name, kind, container: container.id, cluster: name, sharesDocker: 'no', known: 'node-container-label' }, {
      connection, node: () => ({ metadata: { name }, status: { nodeInfo: version } }),
    }),
    kill: () => container.kill(),
    async [Symbol.asyncDispose]() { await container.remove({ force: true, v: true }); },
  };
  try {
    await start();
    return node;
  } catch (error) {
    await node[Symbol.asyncDispose]();
    throw error;
  }
}

/** An image FROM scratch with busybox and, in a layer of its own above it, that many random bytes. @returns its ID */
export async function buildTestImage(docker: Dockerode, name: string, bytes = 0): Promise<string> {
  const context = pack();
  context.entry({ name: 'Dockerfile' }, 'FROM scratch\nCOPY busybox /\nCOPY padding /\nCMD ["/busybox", "sleep", "1000"]\n');
  context.entry({ name: 'busybox', mode: 0o755 }, await readFile('/bin/busybox'));
  const padding = Buffer.alloc(bytes + 16);
  for (let at = 0; at < padding.length; at += 65_536) crypto.getRandomValues(padding.subarray(at, at + 65_536));
  context.entry({ name: 'padding' }, padding);
  context.finalize();
  const answer = await docker.buildImage(context as unknown as NodeJS.ReadableStream, { t: name });
  await new Promise<void>((resolve, reject) => { docker.modem.followProgress(answer, (error: Error | null) => (error ? reject(error) : resolve())); });
  return (await docker.getImage(name).inspect()).Id;
}

/** Removes an image of Docker, or does nothing when it has gone. */
export const removeTestImage = (docker: Dockerode, name: string): Promise<void> => removeImage(docker, name).then(() => {}, () => {});
