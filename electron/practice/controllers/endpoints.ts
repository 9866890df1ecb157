// Endpoints of Services: which pods answer for one now. kubernetes, pkg/controller/endpoint/endpoints_controller.go and
// pkg/api/v1/endpoints/util.go (RepackSubsets).
import { ApiError } from '../api/api-error.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import type { EndpointAddress, Endpoints, EndpointSubset } from '../kinds/endpoints.ts';
import type { KubeObject, Pod, Service } from '../objects.ts';
import { onChanges, type Controlled } from './controller.ts';

type Port = NonNullable<EndpointSubset['ports']>[number];
const MANAGER = { manager: 'kube-controller-manager' };

export function startEndpoints(controlled: Controlled): Disposable {
  const { store, api, minor, kinds } = controlled;
  const kind = kindOf(kinds, 'endpoints');

  const stop = onChanges(controlled, ['services', 'pods'], (changes) => {
    const touched = new Map<string, { namespace: string; name: string }>();
    const touch = ({ metadata: { namespace = '', name = '' } }: KubeObject) => touched.set(`${namespace}/${name}`, { namespace, name });
    for (const { resource, object, previous } of changes) {
      if (resource === 'services') {
        touch(object);
        continue;
      }
      for (const service of store.list('services', object.metadata.namespace ?? '') as Service[]) {
        if (selects(service, object) || (previous && selects(service, previous))) touch(service);
      }
    }
    for (const { namespace, name } of touched.values()) sync(namespace, name);
  });

  function sync(namespace: string, name: string): void {
    const service = store.get('services', namespace, name) as Service | undefined;
    const present = store.get('endpoints', namespace, name) as Endpoints | undefined;
    try {
      if (!service) {
        if (present) api.delete(kind, namespace, name, {});
        return;
      }
      // Without a selector they are a person's own.
      if (!service.spec.selector || service.spec.type === 'ExternalName') return;
      const pods = (store.list('pods', namespace) as Pod[]).filter((pod) => selects(service, pod));
      const subsets = endpointSubsets(service, pods);
      const labels = { ...service.metadata.labels, ...(service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}),
        ...(minor >= 33 ? { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } : {}) };
      const metadata = { name, namespace, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
      if (!present) {
        api.create(kind, namespace, { apiVersion: 'v1', kind: 'Endpoints', metadata, ...(subsets.length > 0 ? { subsets } : {}) }, MANAGER);
        return;
      }
      if (JSON.stringify(present.subsets ?? []) === JSON.stringify(subsets) && JSON.stringify(present.metadata.labels ?? {}) === JSON.stringify(labels)) return;
      const annotations = { ...present.metadata.annotations, 'endpoints.kubernetes.io/last-change-trigger-time': controlled.clock.now().toISOString().replace(/\.\d+Z$/, 'Z') };
      api.update(kind, '', namespace, name, ({ subsets: _, ...current }) => {
        const { labels: _labels, ...old } = current.metadata as KubeObject['metadata'];
        return { ...current, metadata: { ...old, ...metadata, annotations }, ...(subsets.length > 0 ? { subsets } : {}) } as KubeObject;
      }, MANAGER);
    } catch (error) {
      // Its namespace may be ending, or somebody wrote first: the next change calls again.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  return { [Symbol.dispose]: stop };
}

function selects({ spec: { selector }, metadata }: Service, pod: KubeObject): boolean {
  const entries = Object.entries(selector ?? {});
  return entries.length > 0 && metadata.namespace === pod.metadata.namespace && entries.every(([key, value]) => pod.metadata.labels?.[key] === value);
}

/** Pods of the same ports together, in the order of their ports; a pod that is not ready apart within it. */
export function endpointSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const all = service.spec.publishNotReadyAddresses === true;
  const byPorts = new Map<string, { ports: Port[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const pod of pods) {
    const { podIP, phase } = pod.status;
    if (!podIP || (pod.metadata.deletionTimestamp && !all)) continue;
    const isReady = all || pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
    // A pod that has ended and will not run again is nobody's endpoint (shouldPodBeInEndpoints).
    if (!isReady && (phase === 'Succeeded' || phase === 'Failed')) continue;
    const headless = service.spec.clusterIP === 'None' && (service.spec.ports ?? []).length === 0;
    const ports = headless ? [] : (service.spec.ports ?? []).flatMap((port) => targetOf(port, pod));
    if (ports.length === 0 && !headless) continue;
    const { name = '', namespace = '', uid = '', resourceVersion = '' } = pod.metadata;
    const address: EndpointAddress = {
      ip: podIP,
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: { kind: 'Pod', namespace, name, uid, resourceVersion },
    };
    const key = JSON.stringify(ports);
    const subset = byPorts.get(key) ?? { ports, ready: [], notReady: [] };
    byPorts.set(key, subset);
    (isReady ? subset.ready : subset.notReady).push(address);
  }
  const byIp = (addresses: EndpointAddress[]) => addresses.sort((a, b) => (a.ip < b.ip ? -1 : 1));
  return [...byPorts.keys()].sort().map((key) => {
    const { ports, ready, notReady } = byPorts.get(key)!;
    return {
      ...(ready.length > 0 ? { addresses: byIp(ready) } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: byIp(notReady) } : {}),
      ...(ports.length > 0 ? { ports } : {}),
    };
  });
}

/** A named target is that of the pod's own containers (pkg/api/v1/pod, FindPort). */
function targetOf({ name, port, targetPort, protocol = 'TCP' }: NonNullable<Service['spec']['ports']>[number], pod: Pod): Port[] {
  const named = (wanted: string) =>
    pod.spec.containers.flatMap(({ ports = [] }) => ports).find((candidate) => candidate.name === wanted && (candidate.protocol ?? 'TCP') === protocol)?.containerPort;
  const target = typeof targetPort === 'string' ? named(targetPort) : targetPort || port;
  return target === undefined ? [] : [{ ...(name ? { name } : {}), port: target, protocol }];
}
