// Worlds for the tests of the diagnosis. All are written by hand; the pull errors are the words of Docker 20.10.24 and containerd 1.6.20
// under Kubernetes 1.20.2, those of a refusing registry come from public threads.
import type { ContainerStatus, KubeEvent, KubeNode, Pod } from '../kubernetes/objects.ts';
import type { HostImage, NodeImage, NodeImages, NodeStore, World } from './world.ts';

export const now = new Date('2026-03-01T12:05:00Z');
export const created = '2026-03-01T12:00:00Z';
export const id = (letter: string): string => `sha256:${letter.repeat(64)}`;

export const pullErrors = {
  dockerOffline: 'rpc error: code = Unknown desc = Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: Temporary failure in name resolution',
  containerdOffline: 'rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/spring-server:latest": failed to resolve reference "docker.io/library/spring-server:latest": failed to do request: Head "https://registry-1.docker.io/v2/library/spring-server/manifests/latest": dial tcp: lookup registry-1.docker.io: no such host',
  refused: 'rpc error: code = Unknown desc = Error response from daemon: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
  noRoute: 'rpc error: code = Unknown desc = Error response from daemon: Get "https://10.9.9.9/v2/": dial tcp 10.9.9.9:443: connect: no route to host',
  timeout: 'rpc error: code = Unknown desc = Error response from daemon: Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  denied: 'rpc error: code = Unknown desc = Error response from daemon: pull access denied for spring-server, repository does not exist or may require \'docker login\': denied: requested access to the resource is denied',
  tagMissing: 'rpc error: code = Unknown desc = Error response from daemon: manifest for spring-server:latest not found: manifest unknown: manifest unknown',
  unauthorized: 'rpc error: code = Unknown desc = Error response from daemon: unauthorized: authentication required',
  diskFull: 'rpc error: code = Unknown desc = write /var/lib/docker/tmp/GetImageBlob1: no space left on device',
} as const;

export const hostImage = (tags: readonly string[], letter = 'a'): HostImage =>
  ({ Id: id(letter), RepoTags: tags, RepoDigests: null, Created: 1_772_366_000, Size: 72_800_000 });
export const nodeImage = (names: readonly string[], letter = 'a'): NodeImage => ({ id: letter && id(letter), names, size: 72_800_000 });

export interface Subject {
  readonly image?: string;
  readonly policy?: string;
  readonly reason?: string;
  readonly message?: string;
  /** The policy is among what was applied; without it the applied manifest had none. */
  readonly set?: boolean;
  readonly metadata?: Pod['metadata'];
  readonly status?: Pod['status'];
  readonly spec?: Pod['spec'];
}

/** A pod of one container that Podlab created by server-side apply. */
export function podOf({ image = 'spring-server', policy = 'Always', reason = 'ImagePullBackOff', message, set = false, metadata, status, spec }: Subject = {}): Pod {
  const owned = { 'f:image': {}, 'f:name': {}, ...(set && { 'f:imagePullPolicy': {} }) };
  const waiting = { reason, message: message ?? `Back-off pulling image "${image}"` };
  return {
    metadata: {
      name: 'spring', namespace: 'default', uid: 'u1', creationTimestamp: created,
      managedFields: [{ manager: 'podlab', operation: 'Apply', time: created, fieldsV1: { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': owned } } } }],
      ...metadata,
    },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image, imagePullPolicy: policy, ports: [{ containerPort: 8080 }] }], ...spec },
    status: {
      phase: 'Pending', containerStatuses: [{ name: 'app', image, imageID: '', ready: false, restartCount: 0, state: { waiting } }],
      ...status,
    },
  };
}

export function failedEvent(error: string, rest: Partial<KubeEvent> = {}, container = 'containers{app}'): KubeEvent {
  return {
    metadata: { name: 'spring.17a', namespace: 'default', creationTimestamp: created }, type: 'Warning', reason: 'Failed',
    message: `Failed to pull image "spring-server": ${error}`, count: 3, firstTimestamp: created, lastTimestamp: '2026-03-01T12:04:00Z',
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'spring', uid: 'u1', fieldPath: `spec.${container}` }, ...rest,
  };
}

export const waiting = (reason: string, message?: string): Pick<ContainerStatus, 'state'> => ({ state: { waiting: { reason, ...(message && { message }) } } });
export const node = (ready: string): KubeNode => ({ metadata: { name: 'node-1' }, status: { conditions: [{ type: 'Ready', status: ready }] } });
const shared: NodeStore = { node: 'node-1', kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' };
const kind: NodeStore = { node: 'node-1', kind: 'kind', sharesDocker: 'no', known: 'node-container-label' };
export const imagesOf = (images: readonly NodeImage[], rest: Partial<NodeImages> = {}): NodeImages[] =>
  [{ node: 'node-1', source: 'ctr', complete: true, readAt: '2026-03-01T12:04:30Z', images, ...rest }];

/** A node that shares Docker's images, as Docker Desktop's does. */
export function sharedWorld(pod: Pod, rest: Partial<World> = {}): World {
  return { now, pod, owners: [], events: [], nodes: [node('True')], stores: [shared], hostImages: [hostImage(['spring-server:latest'])], nodeImages: 'unknown', memory: {}, ...rest };
}

/** A node in a box of its own, as kind's is. */
export function kindWorld(pod: Pod, rest: Partial<World> = {}): World {
  return { ...sharedWorld(pod), stores: [kind], nodeImages: imagesOf([]), ...rest };
}
