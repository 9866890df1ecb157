// What volumes put into a container's file system: files of configMaps, secrets and the downward API; an empty directory otherwise
// (kubelet, pkg/volume). There is no host to mount and no storage: hostPath is an empty directory, a claim is never mounted.
import type { Container, KubeObject, Pod, Quantity } from '../objects.ts';
import type { Store } from '../store/store.ts';
import { fieldValue, resourceValue, type PodPlace } from './pod-fields.ts';

interface KeyToPath {
  key: string;
  path: string;
}
interface ObjectSource {
  name?: string;
  secretName?: string;
  optional?: boolean;
  items?: KeyToPath[];
}
interface DownwardItem {
  path: string;
  fieldRef?: { fieldPath: string };
  resourceFieldRef?: { containerName?: string; resource: string; divisor?: Quantity };
}
interface ProjectedSource {
  configMap?: ObjectSource;
  secret?: ObjectSource;
  downwardAPI?: { items?: DownwardItem[] };
  serviceAccountToken?: { path?: string };
}
type Volume = { name: string } & Record<string, unknown>;

/** Files by their path in the volume. */
export type VolumeFiles = ReadonlyMap<string, string>;

/** `message` as an event FailedMount says it. */
export class MountError extends Error {}

const EMPTY = ['emptyDir', 'hostPath', 'ephemeral', 'csi', 'image'];

/** The volumes that some container of the pod mounts: no other one is set up. */
const mounted = ({ spec }: Pod): Volume[] => {
  const containers = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  const names = new Set(containers.flatMap(({ volumeMounts }) => (volumeMounts ?? []).map(({ name }) => name)));
  return (spec.volumes ?? []).filter(({ name }) => names.has(name));
};

/** Every volume of the pod, by its name. @throws MountError at the first that cannot be set up. */
export function setUpVolumes(pod: Pod, place: PodPlace, store: Store): Map<string, VolumeFiles> {
  return new Map(mounted(pod).map((volume) => [volume.name, setUp(volume, pod, place, store)]));
}

function setUp(volume: Volume, pod: Pod, place: PodPlace, store: Store): VolumeFiles {
  const { namespace = 'default' } = pod.metadata;
  const claim = volume.persistentVolumeClaim as { claimName: string } | undefined;
  if (claim) {
    const names = `unmounted volumes=[${volume.name}], unattached volumes=[${mounted(pod).map(({ name }) => name).join(' ')}]`;
    const why = store.get('persistentvolumeclaims', namespace, claim.claimName)
      ? `claims are not supported by this node`
      : `failed to fetch PVC from API server: persistentvolumeclaims "${claim.claimName}" not found`;
    throw new MountError(`Unable to attach or mount volumes: ${names}: error processing PVC ${namespace}/${claim.claimName}: ${why}`);
  }
  const sources = sourcesOf(volume);
  if (!sources) {
    if (Object.keys(volume).length === 1 || EMPTY.some((kind) => kind in volume)) return new Map();
    const [kind] = Object.keys(volume).filter((key) => key !== 'name');
    throw new MountError(`MountVolume.SetUp failed for volume "${volume.name}" : volumes of type ${kind} are not supported by this node`);
  }
  try {
    return new Map(sources.flatMap((source) => [...filesOf(source, pod, place, store)]));
  } catch (error) {
    throw new MountError(`MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`);
  }
}

function sourcesOf(volume: Volume): ProjectedSource[] | undefined {
  if (volume.projected) return (volume.projected as { sources?: ProjectedSource[] }).sources ?? [];
  if (volume.configMap) return [{ configMap: volume.configMap }];
  if (volume.secret) return [{ secret: volume.secret }];
  if (volume.downwardAPI) return [{ downwardAPI: volume.downwardAPI }];
  return undefined;
}

function filesOf(source: ProjectedSource, pod: Pod, place: PodPlace, store: Store): Map<string, string> {
  const { namespace = 'default' } = pod.metadata;
  if (source.configMap) return objectFiles('configmap', source.configMap, namespace, store);
  if (source.secret) return objectFiles('secret', source.secret, namespace, store);
  if (source.serviceAccountToken) {
    // Nothing in a container can reach the API server, so that a token that names its owner is enough.
    const claims = { sub: `system:serviceaccount:${namespace}:${pod.spec.serviceAccountName ?? 'default'}` };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return new Map([[source.serviceAccountToken.path ?? 'token', `${part({ alg: 'none' })}.${part(claims)}.`]]);
  }
  return new Map((source.downwardAPI?.items ?? []).map((item) => [item.path, downwardFile(item, pod, place)]));
}

function downwardFile({ fieldRef, resourceFieldRef }: DownwardItem, pod: Pod, place: PodPlace): string {
  if (fieldRef) return fieldValue(pod, fieldRef.fieldPath, place);
  const container = pod.spec.containers.find(({ name }) => name === resourceFieldRef?.containerName) ?? pod.spec.containers[0];
  return container && resourceFieldRef ? resourceValue(container, resourceFieldRef.resource, resourceFieldRef.divisor, place) : '';
}

function objectFiles(kind: 'configmap' | 'secret', source: ObjectSource, namespace: string, store: Store): Map<string, string> {
  const name = source.secretName ?? source.name ?? '';
  const object = store.get(`${kind}s`, namespace, name);
  if (!object) {
    if (source.optional) return new Map();
    throw new Error(`${kind} "${name}" not found`);
  }
  const contents = contentsOf(object);
  if (!source.items) return contents;
  return new Map(
    source.items.flatMap(({ key, path }) => {
      const content = contents.get(key);
      if (content !== undefined) return [[path, content] as const];
      if (source.optional) return [];
      throw new Error(kind === 'secret' ? `references non-existent secret key: ${key}` : `configmap references non-existent config key: ${key}`);
    }),
  );
}

function contentsOf(object: KubeObject): Map<string, string> {
  const entries = (data: unknown) => Object.entries((data ?? {}) as Record<string, string>);
  const decoded = (data: unknown) => entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()] as const);
  if (object.kind === 'Secret') return new Map(decoded(object.data));
  return new Map([...entries(object.data), ...decoded(object.binaryData)]);
}

/** By absolute path, as the container's mounts place them. */
export function filesForContainer(container: Container, volumes: ReadonlyMap<string, VolumeFiles>): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const root = mountPath.replace(/\/+$/, '');
    for (const [path, content] of volumes.get(name) ?? []) {
      if (!subPath) files.set(`${root}/${path}`, content);
      else if (path === subPath) files.set(root, content);
      else if (path.startsWith(`${subPath}/`)) files.set(`${root}/${path.slice(subPath.length + 1)}`, content);
    }
  }
  return files;
}
