// From a Service and its pods to the subsets of its Endpoints: kube-controller-manager, pkg/controller/endpoint/endpoints_controller.go and
// pkg/api/v1/endpoints/util.go (RepackSubsets).
import type { EndpointAddress, EndpointSubset } from '../kinds/endpoints.ts';
import type { Pod, Service } from '../objects.ts';

type Port = NonNullable<EndpointSubset['ports']>[number];

const isReady = ({ status }: Pod) => (status.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

/** A pod that is over answers no more; one that will run again may. */
function mayAnswer({ spec, status }: Pod): boolean {
  const over = status.phase === 'Failed' || status.phase === 'Succeeded';
  if (spec.restartPolicy === 'Never') return !over;
  return spec.restartPolicy === 'OnFailure' ? status.phase !== 'Succeeded' : true;
}

/** The number of a port that is given by name: the first container's that has it. */
function portOf(pod: Pod, target: number | string, protocol: string): number | undefined {
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...pod.spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === target && port.protocol === protocol)?.containerPort;
}

function addressOf(pod: Pod, service: Service, minor: number): EndpointAddress {
  const { namespace = '', name = '', uid = '', resourceVersion = '' } = pod.metadata;
  const hostname = pod.spec.hostname && pod.spec['subdomain'] === service.metadata.name ? { hostname: pod.spec.hostname } : {};
  // The pod's revision is no longer told since 1.22.
  const targetRef = { kind: 'Pod', namespace, name, uid, ...(minor < 22 ? { resourceVersion } : {}) };
  return { ip: pod.status.podIP ?? '', ...hostname, ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}), targetRef };
}

interface Entry {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  readonly ports: Port[];
}

function entryOf(pod: Pod, service: Service, tolerant: boolean, minor: number): Entry | undefined {
  if (!pod.status.podIP || (!tolerant && pod.metadata.deletionTimestamp)) return undefined;
  const ready = tolerant || isReady(pod);
  if (!ready && !mayAnswer(pod)) return undefined;
  const asked = service.spec.ports ?? [];
  const ports = asked.flatMap(({ name, port, targetPort, protocol = 'TCP' }): Port[] => {
    const number = portOf(pod, targetPort ?? port, protocol);
    return number === undefined ? [] : [{ ...(name ? { name } : {}), port: number, protocol }];
  });
  if (asked.length > 0 && ports.length === 0) return undefined;
  return { address: addressOf(pod, service, minor), ready, ports };
}

/** @param pods that the Service selects. */
export function endpointSubsets(service: Service, pods: readonly Pod[], minor: number): EndpointSubset[] {
  const tolerant = service.spec.publishNotReadyAddresses === true;
  const subsets = new Map<string, { ports: Port[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const pod of pods) {
    const entry = entryOf(pod, service, tolerant, minor);
    if (!entry) continue;
    const ports = entry.ports.toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? '') || a.port - b.port);
    const key = JSON.stringify(ports);
    const subset = subsets.get(key) ?? { ports, ready: [], notReady: [] };
    (entry.ready ? subset.ready : subset.notReady).push(entry.address);
    subsets.set(key, subset);
  }
  return [...subsets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, ready, notReady }]) => ({
      ...(ready.length > 0 ? { addresses: ready.toSorted(byIp) } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady.toSorted(byIp) } : {}),
      ...(ports.length > 0 ? { ports } : {}),
    }));
}

const byIp = (a: EndpointAddress, b: EndpointAddress): number => {
  const bytes = ({ ip }: EndpointAddress) => ip.split('.').map(Number);
  const other = bytes(b);
  for (const [index, byte] of bytes(a).entries()) if (byte !== other[index]) return byte - (other[index] ?? 0);
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
};
