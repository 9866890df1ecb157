// The Node object and its heartbeat, as the kubelet writes them (pkg/kubelet/kubelet_node_status.go, pkg/kubelet/nodestatus/setters.go).
import { randomUUID } from 'node:crypto';
import { arch, availableParallelism, release } from 'node:os';
import type { ObjectsApi } from '../api/objects-api.ts';
import { microTimestamp, timestamp, type Clock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject, Node } from '../objects.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';
import type { EventRecorder } from './events.ts';
import { nodeImages } from './node-images.ts';

export interface NodeOptions {
  readonly store: Store;
  readonly api: ObjectsApi;
  readonly clock: Clock;
  readonly minor: number;
  readonly runtime: Runtime;
  readonly recorder: EventRecorder;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly maxPods: number;
  /** As `kubectl get nodes` shows it: `v1.34.1`. */
  readonly version: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly providerID?: string;
  readonly kinds: { readonly nodes: Kind; readonly leases: Kind | undefined };
  readonly report: (error: unknown) => void;
}

/** The kubelet's own: status every 10 s, the list of images every 30 s, all of it at least every 5 min, the lease every 10 s. */
const STATUS_PERIOD = 10_000;
const IMAGES_PERIOD = 30_000;
const REPORT_PERIOD = 300_000;
const LEASE_SECONDS = 40;
/** This process is the machine. */
const machineID = randomUUID();
const bootID = randomUUID();

/** As Go names it. */
const goArchitecture = (): string => ({ x64: 'amd64', ia32: '386' })[arch() as string] ?? arch();

function capacityOf(maxPods: number): Record<string, string> {
  return {
    cpu: String(availableParallelism()),
    'ephemeral-storage': '61255492Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: '4026784Ki',
    pods: String(maxPods),
  };
}

/** Storage keeps a tenth back from pods, and is told in bytes. */
const allocatableOf = (capacity: Record<string, string>) => ({ ...capacity, 'ephemeral-storage': String(Math.floor(61_255_492 * 1024 * 0.9)) });

export function nodeLabels(nodeName: string, labels: NodeOptions['labels']): Record<string, string> {
  const architecture = goArchitecture();
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
    ...labels,
  };
}

/** Creates the node unless it is there, and keeps it and its lease fresh until it is stopped. */
export function startNodeStatus(options: NodeOptions): () => void {
  const { store, api, clock, recorder, nodeName, report, runtime, kinds } = options;
  const written = { manager: 'kubelet' };
  let images = nodeImages(runtime, options.minor);
  let imagesAt = clock.elapsed();
  let reportedAt = clock.elapsed();
  let stopped = false;

  const existing = store.get('nodes', '', nodeName);
  if (!existing) {
    api.create(kinds.nodes, '', nodeObject(options), written);
    tellStart();
  }
  updateStatus();

  function tellStart(): void {
    const about = { kind: 'Node', name: nodeName, uid: nodeName };
    recorder.record(about, 'Normal', 'Starting', 'Starting kubelet.');
    const told = (reason: string) => recorder.record(about, 'Normal', reason, `Node ${nodeName} status is now: ${reason}`);
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) told(reason);
    recorder.record(about, 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    told('NodeReady');
  }

  function updateStatus(): void {
    const node = store.get('nodes', '', nodeName) as Node | undefined;
    if (!node) return;
    const status = nodeStatus(options, node, images, clock.now());
    api.update(kinds.nodes, 'status', '', nodeName, (current) => ({ ...current, status }), written);
    reportedAt = clock.elapsed();
  }

  function renewLease(): void {
    if (!kinds.leases) return;
    const namespace = 'kube-node-lease';
    const renewTime = microTimestamp(clock.now());
    const lease = store.get('leases.coordination.k8s.io', namespace, nodeName);
    if (lease) {
      api.update(kinds.leases, '', namespace, nodeName, (current) => ({ ...current, spec: { ...(current.spec as object), renewTime } }), written);
      return;
    }
    const node = store.get('nodes', '', nodeName);
    if (!node || !store.get('namespaces', '', namespace)) return;
    const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: node.metadata.uid ?? '' };
    const fresh: KubeObject = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: nodeName, namespace, ownerReferences: [owner] },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: LEASE_SECONDS, renewTime },
    };
    api.create(kinds.leases, namespace, fresh, written);
  }

  function tick(): void {
    if (stopped) return;
    try {
      renewLease();
      const now = clock.elapsed();
      if (now - imagesAt >= IMAGES_PERIOD - STATUS_PERIOD / 2) {
        imagesAt = now;
        const fresh = nodeImages(runtime, options.minor);
        const changed = JSON.stringify(fresh) !== JSON.stringify(images);
        images = fresh;
        if (changed) updateStatus();
      }
      if (now - reportedAt >= REPORT_PERIOD) updateStatus();
    } catch (error) {
      report(error);
    }
    cancel = clock.after(STATUS_PERIOD, tick);
  }
  let cancel = clock.after(0, tick);
  return () => {
    stopped = true;
    cancel();
  };
}

function nodeObject({ nodeName, labels, providerID }: NodeOptions): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeName,
      labels: nodeLabels(nodeName, labels),
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: providerID === undefined ? {} : { providerID },
    status: {},
  };
}

function nodeStatus(options: NodeOptions, node: Node, images: NonNullable<Node['status']['images']>, now: Date): Node['status'] {
  const { nodeName, nodeIp, maxPods, runtime, version, minor } = options;
  const capacity = capacityOf(maxPods);
  const condition = (type: string, status: string, reason: string, message: string) => {
    const before = node.status.conditions?.find((known) => known.type === type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timestamp(now);
    return { type, status, lastHeartbeatTime: timestamp(now), lastTransitionTime, reason, message };
  };
  return {
    ...node.status,
    addresses: [
      { type: 'InternalIP', address: nodeIp },
      { type: 'Hostname', address: nodeName },
    ],
    allocatable: allocatableOf(capacity),
    capacity,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    images,
    nodeInfo: {
      architecture: goArchitecture(),
      bootID,
      containerRuntimeVersion: runtime.version,
      kernelVersion: release(),
      // Deprecated, and empty from 1.33 on (KEP-4004).
      kubeProxyVersion: minor >= 33 ? '' : version,
      kubeletVersion: version,
      machineID,
      operatingSystem: 'linux',
      osImage: 'Podlab practice node',
      systemUUID: machineID,
    },
  };
}

/** What pods of this node may ask for together. */
export const allocatable = (maxPods: number): Record<string, string> => allocatableOf(capacityOf(maxPods));
