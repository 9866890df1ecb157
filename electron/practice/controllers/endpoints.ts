// Keeps the Endpoints of every Service with a selector: kube-controller-manager, pkg/controller/endpoint/endpoints_controller.go.
import { timestamp } from '../clock.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import type { Endpoints, EndpointSubset } from '../kinds/endpoints.ts';
import type { KubeObject, Pod, Service } from '../objects.ts';
import { coalesced, type ControllerContext } from './controller-context.ts';
import { endpointSubsets } from './endpoint-subsets.ts';

const MANAGER = { manager: 'kube-controller-manager' };
const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';
const HEADLESS = 'service.kubernetes.io/headless';

export function startEndpoints(cluster: ControllerContext): Disposable {
  const { store, api, clock, minor, kinds } = cluster;
  const kind = kindOf(kinds, 'endpoints');
  const dirty = new Set<string>();
  const turn = coalesced(cluster, syncAll);

  function ask(namespace: string, name: string): void {
    dirty.add(`${namespace}/${name}`);
    turn.ask();
  }

  function syncAll(): void {
    const keys = [...dirty];
    dirty.clear();
    for (const key of keys) {
      const [namespace = '', name = ''] = key.split('/');
      try {
        sync(namespace, name);
      } catch {
        // The namespace ends, or somebody else wrote meanwhile: the next change asks again.
      }
    }
  }

  function sync(namespace: string, name: string): void {
    const service = store.get('services', namespace, name) as Service | undefined;
    const present: Endpoints | undefined = store.get('endpoints', namespace, name);
    if (!service) {
      if (present) api.delete(kind, namespace, name, {});
      return;
    }
    if (!hasSelector(service)) return;
    const pods = (store.list('pods', namespace) as Pod[]).filter((pod) => selects(service, pod));
    const subsets = endpointSubsets(service, pods, minor);
    const labels = {
      ...service.metadata.labels,
      ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
      ...(minor >= 33 ? { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } : {}),
    };
    if (present && same(present.subsets ?? [], subsets) && sameMap(present.metadata.labels ?? {}, labels)) return;
    const annotations = { ...present?.metadata.annotations, [TRIGGER]: timestamp(clock.now()) };
    const body = (metadata: KubeObject['metadata']): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { ...metadata, annotations, labels },
      ...(subsets.length > 0 ? { subsets } : {}),
    });
    if (present) api.update(kind, '', namespace, name, (current) => body(current.metadata), MANAGER);
    else api.create(kind, namespace, body({ name, namespace }), MANAGER);
  }

  const stops = [
    store.watch('services', store.revision, ({ object: { metadata } }) => ask(metadata.namespace ?? '', metadata.name ?? '')),
    store.watch('pods', store.revision, ({ object, previous }) => {
      const namespace = object.metadata.namespace ?? '';
      for (const service of store.list('services', namespace) as Service[]) {
        const touched = [object, previous].some((pod) => pod && hasSelector(service) && selects(service, pod));
        if (touched) ask(namespace, service.metadata.name ?? '');
      }
    }),
    store.watch('endpoints', store.revision, ({ type, object: { metadata } }) => {
      if (type === 'DELETED') ask(metadata.namespace ?? '', metadata.name ?? '');
    }),
  ];
  for (const { metadata } of store.list('services', '')) ask(metadata.namespace ?? '', metadata.name ?? '');

  return {
    [Symbol.dispose]() {
      for (const stop of stops) stop();
      turn.cancel();
    },
  };
}

const hasSelector = ({ spec }: Service): boolean => spec.selector !== undefined && Object.keys(spec.selector).length > 0;
const selects = ({ spec }: Service, { metadata }: KubeObject): boolean =>
  Object.entries(spec.selector ?? {}).every(([key, value]) => metadata.labels?.[key] === value);

/** A pod's revision alone is no difference. */
function same(a: readonly EndpointSubset[], b: readonly EndpointSubset[]): boolean {
  const plain = (subsets: readonly EndpointSubset[]) => JSON.stringify(subsets, (key, value: unknown) => (key === 'resourceVersion' ? undefined : value));
  return plain(a) === plain(b);
}

const sameMap = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
