// Which image store each node uses: the host's Docker, or one of its own. Measured by the labels that the kubelet puts on its containers
// (pkg/kubelet/types/labels.go: io.kubernetes.pod.uid), never by the node's name alone. Pure.
import type { HostImage, NodeStore } from '../../../shared/diagnosis/world.ts';
import { sameImage } from '../../../shared/kubernetes/image-reference.ts';
import type { KubeNode, Pod } from '../../../shared/kubernetes/objects.ts';
import type { DockerState } from '../docker/connection.ts';
import type { HostContainer } from '../docker/containers.ts';

export interface FoundStore extends NodeStore {
  /** The ID of the container of the host's Docker that the node is. */
  readonly container?: string;
  /** The name of the kind or k3d cluster, or of the minikube profile. */
  readonly cluster?: string;
  /** minikube's command line reaches the node, which is no container here, and speaks for this node alone. */
  readonly byMinikubeCli?: true;
}

export interface StoreEvidence {
  readonly nodes: readonly KubeNode[];
  readonly pods: readonly Pod[];
  readonly containers: readonly HostContainer[] | 'unknown';
  readonly hostImages: readonly HostImage[] | 'unknown';
  readonly docker: Pick<DockerState, 'state' | 'version'>;
  readonly now: Date;
}

const POD_UID = 'io.kubernetes.pod.uid';
/** A container that started this long ago is in Docker's list, if it is in Docker: events bring it within a second. */
const SETTLED_MS = 10_000;
/** The kubelet renews its image list every 30 s and sends it every 10 s (diagnosis 2.10); what Docker built since need not be in it. */
const NODE_LIST_AGE_MS = 60_000;
const NODE_LIST_LIMIT = 50;

/** One entry a node, in the nodes' order. */
export function findStores(evidence: StoreEvidence): FoundStore[] {
  return evidence.nodes.map(node => findStore(node, evidence));
}

function findStore(node: KubeNode, evidence: StoreEvidence): FoundStore {
  const name = node.metadata.name ?? '';
  const { containers } = evidence;
  const own = evidence.pods.filter(pod => pod.spec?.nodeName === name);
  if (containers !== 'unknown') {
    const uids = new Set(containers.map(({ labels }) => labels[POD_UID]));
    if (own.some(({ metadata }) => metadata.uid !== undefined && uids.has(metadata.uid))) {
      return { node: name, kind: 'shared-docker', sharesDocker: 'yes', known: 'pod-uid-on-container' };
    }
    const container = containers.find(candidate => isNode(candidate, node));
    if (container) return { node: name, ...inContainer(container, node), sharesDocker: 'no', known: 'node-container-label' };
  }
  const known = outOfReach(node, evidence);
  const runtime = node.status?.nodeInfo?.containerRuntimeVersion ?? '';
  // Docker may use containerd too, but in a namespace of its own ("moby"), which no kubelet looks into.
  if (runtime && !runtime.startsWith('docker://')) return { node: name, ...known, sharesDocker: 'no', known: 'runtime-version' };
  if (evidence.docker.state === 'absent') return { node: name, ...known, sharesDocker: 'no', known: 'no-docker' };
  if (containers === 'unknown') return { node: name, ...known, sharesDocker: 'unknown', known: 'no-docker' };
  const version = evidence.docker.version;
  // The kubelet asks its Docker for the version, so another version is another Docker.
  if (runtime && version && runtime !== `docker://${version}`) return { node: name, ...known, sharesDocker: 'no', known: 'runtime-version' };
  if (own.some(pod => runsElsewhere(pod, containers, evidence.now))) return { node: name, ...known, sharesDocker: 'no', known: 'pods-not-in-docker' };
  if (sameImages(node, evidence)) return { node: name, kind: 'shared-docker', sharesDocker: 'yes', known: 'same-images' };
  return { node: name, ...known, sharesDocker: 'unknown', known: 'no-evidence' };
}

/**
 * Whether a container of the host is the node: kind's, minikube's or k3d's label, the node's name (all give the container that name), and, where both
 * are known, the same address, so that a cluster elsewhere whose node has the same name is not taken for it.
 */
function isNode({ name, labels, addresses, state }: HostContainer, node: KubeNode): boolean {
  if (name !== node.metadata.name || (!labels[KIND_CLUSTER] && labels[MINIKUBE] !== 'true' && !labels[K3D_CLUSTER])) return false;
  const internal = internalAddresses(node);
  return state !== 'running' || internal.length === 0 || addresses.length === 0 || internal.some(address => addresses.includes(address));
}

/** As the kubelet was told, or found: the address of its machine or container. */
export function internalAddresses(node: KubeNode): string[] {
  return node.status?.addresses?.filter(({ type }) => type === 'InternalIP').map(({ address }) => address) ?? [];
}

const KIND_CLUSTER = 'io.x-k8s.kind.cluster';
const MINIKUBE = 'created_by.minikube.sigs.k8s.io';
/** On the node; on the container `name.minikube.sigs.k8s.io` is the machine: `PROFILE-m02` for a second node (engine/clusters/local-clusters.ts). */
const MINIKUBE_PROFILE = 'minikube.k8s.io/name';
/** k3d: pkg/types/types.go, LabelClusterName. */
const K3D_CLUSTER = 'k3d.cluster';

function inContainer({ id, name, labels }: HostContainer, node: KubeNode): Pick<FoundStore, 'kind' | 'container' | 'cluster'> {
  const cluster = labels[KIND_CLUSTER];
  if (cluster) return { kind: 'kind', container: id, cluster };
  if (labels[K3D_CLUSTER]) return { kind: 'k3d', container: id, cluster: labels[K3D_CLUSTER] };
  return { kind: 'minikube', container: id, cluster: profileOf(node) || labels['name.minikube.sigs.k8s.io'] || name };
}

const profileOf = (node: KubeNode) => node.metadata.labels?.[MINIKUBE_PROFILE];

/** kind, minikube and k3d by what the node says of itself: enough for the command to show, not for reaching into its container. */
function kindByNode(node: KubeNode): Pick<FoundStore, 'kind' | 'cluster'> {
  const [, cluster] = /^kind:\/\/[^/]+\/([^/]+)\//.exec(node.spec?.providerID ?? '') ?? [];
  if (cluster) return { kind: 'kind', cluster };
  const profile = profileOf(node);
  if (profile) return { kind: 'minikube', cluster: profile };
  // k3s alone says nothing of k3d, and a name alone proves nothing: both together are what k3d makes (pkg/client/node.go: k3d-CLUSTER-ROLE-N).
  const [, k3d] = /^k3d-(.+)-(?:server|agent)-\d+$/.exec(node.metadata.name ?? '') ?? [];
  return k3d && /\+k3s\d/.test(node.status?.nodeInfo?.kubeletVersion ?? '') ? { kind: 'k3d', cluster: k3d } : { kind: 'generic' };
}

/**
 * A node that is no container here. minikube knows the way to a profile of one node whose container is not in Docker, now that Docker has been asked: a
 * virtual machine, or a container of another Docker or of podman. Where Docker has a container of that name which is another node (isNode), the name
 * leads minikube to that one: then the profile is not named at all, not in a command to show either.
 */
function outOfReach(node: KubeNode, { nodes, docker, containers }: StoreEvidence): Pick<FoundStore, 'kind' | 'cluster' | 'byMinikubeCli'> {
  const found = kindByNode(node);
  if (found.kind !== 'minikube' || docker.state === 'connecting') return found;
  const names = [node.metadata.name, found.cluster];
  if (containers !== 'unknown' && containers.some(({ name, labels }) => labels[MINIKUBE] === 'true' && names.includes(name))) return { kind: 'minikube' };
  return nodes.length === 1 ? { ...found, byMinikubeCli: true } : found;
}

/**
 * A container of the pod has run for a while under Docker, and it is not this Docker. Docker Desktop leaves the containers of Kubernetes itself
 * out of its lists unless "Show system containers" is on (its Kubernetes settings): that a pod of kube-system is missing means nothing.
 */
function runsElsewhere(pod: Pod, containers: readonly HostContainer[], now: Date): boolean {
  return pod.metadata.namespace !== 'kube-system' && (pod.status?.containerStatuses ?? []).some(({ containerID, state }) => {
    const started = Date.parse(state?.running?.startedAt ?? '');
    return containerID?.startsWith('docker://') === true && now.getTime() - started > SETTLED_MS
      && !containers.some(({ id }) => `docker://${id}` === containerID);
  });
}

/**
 * The node lists what Docker has, name by name and byte by byte, an image among them that was built here: it came from no registry, so two
 * stores would hardly both have it in the same size. Likely, not measured; the first pod measures it.
 */
function sameImages(node: KubeNode, { hostImages, now }: StoreEvidence): boolean {
  const listed = (node.status?.images ?? []).flatMap(({ names, sizeBytes }) =>
    (names ?? []).filter(name => !name.includes('@') && !name.includes('<none>')).map(name => ({ name, size: sizeBytes ?? -1 })));
  if (hostImages === 'unknown' || listed.length === 0) return false;
  const holds = (image: HostImage, { name, size }: { name: string; size: number }) =>
    image.Size === size && (image.RepoTags ?? []).some(tag => sameImage(tag, name));
  const inDocker = listed.every(entry => hostImages.some(image => holds(image, entry)));
  const builtHere = listed.some(entry => hostImages.some(image => (image.RepoDigests ?? []).length === 0 && holds(image, entry)));
  const mustBeListed = hostImages.filter(({ RepoTags, Created }) => (RepoTags ?? []).length > 0 && now.getTime() - Created * 1000 > NODE_LIST_AGE_MS);
  const onNode = (node.status?.images?.length ?? 0) >= NODE_LIST_LIMIT || mustBeListed.every(image => listed.some(entry => holds(image, entry)));
  return inDocker && builtHere && onNode;
}
