// The container that the kind node is, as `kind` makes it: its labels, its address, and inside a small Linux with the clients of containerd,
// which is how images are brought into a node (kubernetes-sigs/kind, pkg/cluster/nodeutils).
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { baseFiles } from '../runtime/base-files.ts';
import { execute } from '../runtime/execution.ts';
import { createFiles, programFile } from '../runtime/files.ts';
import { createImageStore } from '../runtime/image-store.ts';
import { createMachine, ProgramMissing } from '../runtime/machine.ts';
import { createNetwork } from '../runtime/network.ts';
import type { Program } from '../runtime/program.ts';
import { programs } from '../runtime/programs/table.ts';
import { execWords } from '../runtime/runtime-words.ts';
import type { ImageStore } from '../runtime/runtime.ts';
import { crictlProgram } from './crictl.ts';
import { ctrProgram } from './ctr.ts';
import type { DockerContainer } from './docker-host.ts';

export interface KindNodeOptions {
  /** The node's name, and its container's. */
  readonly name: string;
  readonly cluster: string;
  /** The node's InternalIP. */
  readonly address: string;
  /** Where its API server listens on this computer. */
  readonly apiPort: number;
  /** The node's own: what its kubelet has. */
  readonly images: ImageStore;
  readonly clock: Clock;
  /** Of Kubernetes: `v1.34.0`. */
  readonly version: string;
}

export function kindNodeContainer({ name, cluster, address, apiPort, images, clock, version }: KindNodeOptions): DockerContainer {
  const old = Number(version.split('.')[1]) < 24;
  const containerd = old ? '1.6.20' : '2.1.4';
  const others = new Map<string, ImageStore>();
  // Every namespace of containerd has images of its own; what is not in k8s.io no pod finds.
  const storeOf = (namespace: string): ImageStore => {
    if (namespace === 'k8s.io') return images;
    const store = others.get(namespace) ?? createImageStore();
    if (others.size < 16) others.set(namespace, store);
    return store;
  };
  const tools = new Map<string, Program>([
    ['ctr', ctrProgram(storeOf, containerd)],
    ['crictl', crictlProgram(images, containerd)],
    ['containerd', async ({ argv, stdout, stderr }) => {
      if (argv[1] === 'config') await stdout.write(containerdConfig(old));
      else if (/^-?-?v(?:ersion)?$/.test(argv[1] ?? '')) await stdout.write(`containerd github.com/containerd/containerd${old ? '' : '/v2'} v${containerd}\n`);
      else {
        await stderr.write('containerd: failed to dial "/run/containerd/containerd.sock": another instance is running\n');
        return 1;
      }
      return 0;
    }],
  ]);
  const files = createFiles(
    new Map([
      ...baseFiles,
      ...[...tools.keys()].map((tool): [string, string] => [`/usr/local/bin/${tool}`, programFile(tool)]),
      ['/kind/version', `${version}\n`],
      ['/etc/hostname', `${name}\n`],
      ['/etc/hosts', `127.0.0.1\tlocalhost\n${address}\t${name}\n`],
      ['/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'],
    ]),
    new Map(),
    clock.now(),
  );
  const network = createNetwork();
  network.addHost(address);
  const machine = createMachine({ hostname: name, ip: address, files, network, clock, programs: new Map([...programs, ...tools]) });
  // As PID 1, so that what is started by hand is not: with the end of that one everything would end.
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  machine.spawn({ argv: ['/sbin/init'], env: new Map(), cwd: '/', stdin: nothing, stdout: nowhere, stderr: nowhere, tty: false, parent: 0, program: init });
  const image = `kindest/node:${version}`;
  const started = clock.now();

  return {
    id: randomBytes(32).toString('hex'),
    name,
    image,
    imageId: `sha256:${createHash('sha256').update(image).digest('hex')}`,
    argv: ['/usr/local/bin/entrypoint', '/sbin/init'],
    env: [path, 'container=docker'],
    workingDir: '/',
    hostname: name,
    tty: true,
    labels: { 'io.x-k8s.kind.cluster': cluster, 'io.x-k8s.kind.role': 'control-plane' },
    state: 'running',
    createdAt: started,
    startedAt: started,
    finishedAt: undefined,
    exitCode: 0,
    oomKilled: false,
    error: '',
    network: 'kind',
    address,
    ports: { '6443/tcp': apiPort },
    privileged: true,
    log: undefined,
    stop: undefined,
    async exec(argv, { tty, stdin, env = [], workingDir = '/' }) {
      const pairs = [path, `HOSTNAME=${name}`, 'HOME=/root', ...env].map((text): [string, string] => [text.split('=')[0]!, text.slice(text.indexOf('=') + 1)]);
      try {
        return execute(machine, { argv, env: new Map(pairs), cwd: workingDir, tty, input: stdin });
      } catch (error) {
        throw error instanceof ProgramMissing ? new Error(execWords(argv[0] ?? '', error.reason)) : error;
      }
    },
  };
}

const nothing = { read: () => Promise.resolve(undefined), unread: () => {}, cancel: () => {} };
const nowhere = { write: () => Promise.resolve(), close: () => {} };

const init: Program = ({ signal }) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(0), { once: true });
  });

/** What `kind load` reads of it: the snapshotter into which the kubelet's runtime unpacks. */
function containerdConfig(old: boolean): string {
  if (old) {
    return `root = "/var/lib/containerd"\nstate = "/run/containerd"\nversion = 2\n\n[plugins]\n\n  [plugins."io.containerd.grpc.v1.cri"]\n\n    [plugins."io.containerd.grpc.v1.cri".containerd]\n      snapshotter = "overlayfs"\n`;
  }
  return `version = 3\nroot = '/var/lib/containerd'\nstate = '/run/containerd'\n\n[plugins]\n  [plugins.'io.containerd.cri.v1.images']\n    snapshotter = 'overlayfs'\n`;
}
