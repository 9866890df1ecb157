// The containers that Docker lists: those that the kubelet made, with the names and labels that it gives them, and the nodes.
// Names and labels as in kubernetes 1.20, pkg/kubelet/dockershim/naming.go and pkg/kubelet/kuberuntime/labels.go; cri-dockerd kept them.
import { familiarName } from '../runtime/image-name.ts';
import type { ImageStore, RuntimeContainer, Sandbox } from '../runtime/runtime.ts';
import { DockerError } from './docker-error.ts';
import type { DockerContainer, DockerHost } from './docker-host.ts';

/** The image of the containers that hold the pods' networks: the newest pause that Docker has. */
function pauseImage(images: ImageStore): { image: string; imageId: string } {
  for (const { image, names } of images.list()) {
    const name = names.find((one) => /\/pause:[^/]+$/.test(one));
    if (name) return { image: familiarName(name), imageId: image.id };
  }
  return { image: 'registry.k8s.io/pause:3.10', imageId: '' };
}

function podLabels({ pod }: Sandbox): Record<string, string> {
  return { 'io.kubernetes.pod.name': pod.name, 'io.kubernetes.pod.namespace': pod.namespace, 'io.kubernetes.pod.uid': pod.uid };
}

const kubeName = (container: string, { pod }: Sandbox, attempt: number) => ['k8s', container, pod.name, pod.namespace, pod.uid, attempt].join('_');

/** A container of a pod. */
export function listedContainer(container: RuntimeContainer): DockerContainer {
  const { config, image, sandbox } = container;
  const { Entrypoint, Cmd, Env, WorkingDir } = image.config;
  const logs = `/var/log/pods/${sandbox.pod.namespace}_${sandbox.pod.name}_${sandbox.pod.uid}/${config.name}/${config.attempt}.log`;
  return {
    id: container.id,
    name: kubeName(config.name, sandbox, config.attempt),
    image: image.id,
    imageId: image.id,
    argv: [...(config.command ?? Entrypoint ?? []), ...(config.args ?? (config.command ? [] : Cmd) ?? [])],
    env: [...config.env, ...(Env ?? [])],
    workingDir: config.workingDir ?? WorkingDir ?? '',
    hostname: sandbox.hostname,
    tty: config.tty,
    labels: {
      ...image.config.Labels,
      ...podLabels(sandbox),
      'annotation.io.kubernetes.container.restartCount': String(config.attempt),
      'annotation.io.kubernetes.container.terminationMessagePath': '/dev/termination-log',
      'io.kubernetes.container.logpath': logs,
      'io.kubernetes.container.name': config.name,
      'io.kubernetes.docker.type': 'container',
      'io.kubernetes.sandbox.id': sandbox.id,
    },
    state: container.state,
    createdAt: container.createdAt,
    startedAt: container.startedAt,
    finishedAt: container.finishedAt,
    exitCode: container.exitCode ?? 0,
    oomKilled: container.reason === 'OOMKilled',
    error: container.state === 'exited' && !container.startedAt ? (container.message ?? '') : '',
    network: `container:${sandbox.id}`,
    address: '',
    ports: {},
    privileged: false,
    exec: (argv, options) => container.exec(argv, options),
    log: container.log,
    stop: (grace) => container.stop(grace),
  };
}

/** The container that holds a pod's network: it does nothing. */
function listedSandbox(sandbox: Sandbox, pause: ReturnType<typeof pauseImage>): DockerContainer {
  return {
    id: sandbox.id,
    name: kubeName('POD', sandbox, 0),
    ...pause,
    argv: ['/pause'],
    env: [],
    workingDir: '/',
    hostname: sandbox.hostname,
    tty: false,
    labels: { ...podLabels(sandbox), 'io.kubernetes.container.name': 'POD', 'io.kubernetes.docker.type': 'podsandbox' },
    state: 'running',
    createdAt: sandbox.createdAt,
    startedAt: sandbox.createdAt,
    finishedAt: undefined,
    exitCode: 0,
    oomKilled: false,
    error: '',
    network: 'bridge',
    address: sandbox.ip,
    ports: {},
    privileged: false,
    async exec([program = '']) {
      throw new Error(`OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`);
    },
    log: undefined,
    stop: undefined,
  };
}

/** Every container, the newest first. */
export function dockerContainers({ runtime, nodes }: DockerHost): DockerContainer[] {
  const containers = runtime.containers();
  const sandboxes = new Map(containers.map(({ sandbox }) => [sandbox.id, sandbox]));
  const pause = pauseImage(runtime.images);
  const all = [...containers.map(listedContainer), ...[...sandboxes.values()].map((sandbox) => listedSandbox(sandbox, pause)), ...nodes];
  return all.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** By its name, its ID or the beginning of one. @throws DockerError 404 */
export function findContainer(host: DockerHost, reference: string): DockerContainer {
  const all = dockerContainers(host);
  const name = reference.replace(/^\//, '');
  const exact = all.find(({ id, name: own }) => id === reference || own === name);
  const begun = exact ? [exact] : reference === '' ? [] : all.filter(({ id }) => id.startsWith(reference));
  if (begun.length > 1) throw new DockerError(400, `multiple IDs found with provided prefix: ${reference}`);
  if (!begun[0]) throw new DockerError(404, `No such container: ${reference}`);
  return begun[0];
}

/** The container and what keeps an image from being removed: one that runs goes first. */
export function userOf(host: DockerHost, imageId: string): DockerContainer | undefined {
  const users = dockerContainers(host).filter((container) => container.imageId === imageId);
  return users.find(({ state }) => state === 'running') ?? users[0];
}

