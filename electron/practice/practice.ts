// The practice cluster: two small Kubernetes clusters and a Docker in one process, for people who have neither. It is spoken to over the
// wire alone: the Kubernetes API on loopback with TLS and a token, the Engine API on a private socket. Everything is in memory.
import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { gitVersion } from './api/server.ts';
import { createCertificate } from './certificate.ts';
import { realClock } from './clock.ts';
import { startCluster, type PracticeCluster } from './cluster.ts';
import { listenDocker } from './docker/docker-server.ts';
import { kindNodeContainer } from './docker/node-container.ts';
import { catalogueImages, type CatalogueImage, hubImages, pauseImage } from './runtime/catalogue.ts';
import { fullName } from './runtime/image-name.ts';
import { createImageStore } from './runtime/image-store.ts';
import { createRegistry } from './runtime/registry.ts';
import type { Image, RegistryMode } from './runtime/runtime.ts';

export interface PracticeOptions {
  /** A folder that only its owner may enter: for the kubeconfig and Docker's socket. */
  readonly folder: string;
  /** 10 lets everything that waits (back-offs, probes, graces) wait a tenth as long. */
  readonly speed?: number;
  /** The Kubernetes that it is like: 1.MINOR, from 20 on. */
  readonly minor?: number;
  /** Pods that a node takes; the kubelet's own 110 unless said. */
  readonly maxPods?: number;
  /** How registries answer, by host (`docker.io`), over the practice's own modes. */
  readonly registry?: Readonly<Record<string, RegistryMode>>;
  /** Told of faults of the practice cluster itself. */
  readonly report?: (error: unknown) => void;
}

export interface PracticeReady {
  /** The path of a kubeconfig that has its contexts alone. */
  readonly kubeconfig: string;
  /** As DOCKER_HOST writes it. */
  readonly dockerHost: string;
  readonly contexts: readonly string[];
  readonly speed: number;
  /** `v1.34.0` */
  readonly version: string;
}

export interface Practice extends PracticeReady, AsyncDisposable {
  /** By context. */
  readonly clusters: ReadonlyMap<string, PracticeCluster>;
}

/** The newest Kubernetes whose words and fields are known here. */
const NEWEST_MINOR = 34;
const KIND_CLUSTER = 'practice-kind';

/**
 * Starts it all. Rejects when it cannot listen or write into the folder; nothing is left running then.
 */
export async function startPractice(options: PracticeOptions): Promise<Practice> {
  const { folder, speed = 1, minor = NEWEST_MINOR, maxPods = 110, registry: modes = {} } = options;
  const report = options.report ?? ((error: unknown) => console.error(error));
  await using started = new AsyncDisposableStack();
  const clock = realClock(speed);
  const certificate = await createCertificate();
  const token = randomBytes(32).toString('hex');
  const catalogue = catalogueImages(clock.now());
  const pause = pauseImage(clock.now());
  const registry = createRegistry({ modes, images: hubImages(clock.now()), anything: (path) => imageFor(path, catalogue) });

  // As if all had just been built here; a node of its own store has nothing of it yet.
  const images = createImageStore();
  for (const { image, name } of [...catalogue, pause]) images.add(image, [fullName(name)], 'tag');
  const kindImages = createImageStore();
  kindImages.add(pause.image, [fullName(pause.name)], 'tag');

  const common = { clock, minor, certificate, token, registry, maxPods, report };
  const shared = started.use(await startCluster({
    ...common,
    node: {
      name: 'practice',
      ip: '192.168.65.3',
      runtime: 'docker',
      // What the Docker of each time said; the kubelet of 1.20 speaks to it itself, later ones through cri-dockerd.
      runtimeVersion: minor < 24 ? 'docker://20.10.24' : 'docker://27.3.1',
      images,
      subnet: '10.1',
    },
  }));
  const kindNode = `${KIND_CLUSTER}-control-plane`;
  const kindIp = '172.18.0.2';
  const kind = started.use(await startCluster({
    ...common,
    node: {
      name: kindNode,
      ip: kindIp,
      runtime: 'containerd',
      runtimeVersion: minor < 24 ? 'containerd://1.6.20' : 'containerd://2.1.4',
      images: kindImages,
      subnet: '10.244',
      providerID: `kind://docker/${KIND_CLUSTER}/${kindNode}`,
    },
  }));

  // A named pipe has a name of its own in Windows' one space for pipes; elsewhere the folder protects the socket.
  const pipe = `\\\\.\\pipe\\podlab-practice-${randomBytes(16).toString('hex')}`;
  const socketPath = process.platform === 'win32' ? pipe : join(folder, 'docker.sock');
  const nodeContainer = kindNodeContainer({ name: kindNode, cluster: KIND_CLUSTER, address: kindIp, apiPort: kind.port, images: kindImages, clock, version: gitVersion(minor) });
  started.use(await listenDocker({ socketPath, images, host: { clock, runtime: shared.runtime, nodes: [nodeContainer] } }));

  const clusters = new Map([['practice', shared], [KIND_CLUSTER, kind]]);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(clusters, certificate.cert, token), { mode: 0o600 });
  await chmod(kubeconfig, 0o600);
  const all = started.move();
  return {
    kubeconfig,
    dockerHost: process.platform === 'win32' ? `npipe://${socketPath.replaceAll('\\', '/')}` : `unix://${socketPath}`,
    contexts: [...clusters.keys()],
    speed,
    version: gitVersion(minor),
    clusters,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** What a registry that has everything gives for `team/crash`: the image of the catalogue that is called so, else a server. */
function imageFor(path: string, catalogue: readonly CatalogueImage[]): Image {
  const named = (wanted: string) => catalogue.find(({ name }) => name.startsWith(`${wanted}:`))?.image;
  const found = named(path.split('/').at(-1) ?? '') ?? named('http-server');
  if (!found) throw new Error('the catalogue has no http-server');
  return found;
}

/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
function kubeconfigOf(clusters: ReadonlyMap<string, PracticeCluster>, ca: string, token: string): string {
  const names = [...clusters.keys()];
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [...clusters].map(([name, { url }]) => ({ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } })),
    users: [{ name: 'practice', user: { token } }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'practice' } })),
    'current-context': names[0],
  });
}
