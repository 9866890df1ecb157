// Namespaces from their first object to their last, and what a cluster has from the start.
import { kindOf } from '../kinds/all-kinds.ts';
import { storeName } from '../kinds/kind.ts';
import { coalesced, type ControllerContext } from './controller-context.ts';
import { createNamespaceContent } from './namespace-content.ts';
import { deleteContent } from './namespace-deletion.ts';

/** What ends may be held by something that tells nobody: looked at again so often. */
const RETRY = 15_000;
const SYSTEM = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

export interface NamespacesContext extends ControllerContext {
  /** The API server's authority, as PEM: every namespace is given it. */
  readonly certificate?: string;
  /** Where the API server listens: the service `kubernetes` points there. 6443 unless said. */
  readonly apiPort?: number;
}

/** Makes the objects that every cluster has, with what belongs into their namespaces, before it returns. */
export function startNamespaces(cluster: NamespacesContext): Disposable {
  const { store, clock, kinds, certificate = '' } = cluster;
  const content = createNamespaceContent(cluster, certificate);
  const dirty = new Set<string>();
  const turn = coalesced(cluster, syncAll);
  const ask = (namespace: string) => {
    dirty.add(namespace);
    turn.ask();
  };

  function syncAll(): void {
    const names = [...dirty];
    dirty.clear();
    for (const name of names) sync(name);
  }

  function sync(name: string): void {
    const namespace = store.get('namespaces', '', name);
    if (!namespace) return;
    try {
      if (namespace.metadata.deletionTimestamp) deleteContent(cluster, name);
      else content.ensure(name);
    } catch {
      // Somebody wrote meanwhile: the change asks again, or the next look.
    }
  }

  createStartObjects(cluster);
  for (const { metadata } of store.list('namespaces', '')) content.ensure(metadata.name ?? '');

  const contents = kinds.filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete'));
  const stops = [
    store.watch('namespaces', store.revision, ({ type, object: { metadata } }) => {
      if (type !== 'DELETED') ask(metadata.name ?? '');
    }),
    ...contents.map((kind) =>
      store.watch(storeName(kind), store.revision, ({ type, object: { metadata } }) => {
        const own = kind.resource === 'serviceaccounts' || kind.resource === 'secrets';
        if (type === 'DELETED' || (type === 'ADDED' && own)) ask(metadata.namespace ?? '');
      }),
    ),
  ];
  let cancel = clock.after(RETRY, look);
  function look(): void {
    cancel = clock.after(RETRY, look);
    for (const { metadata } of store.list('namespaces', '')) if (metadata.deletionTimestamp) ask(metadata.name ?? '');
  }

  return {
    [Symbol.dispose]() {
      for (const stop of stops) stop();
      turn.cancel();
      cancel();
    },
  };
}

function createStartObjects({ store, api, kinds, apiPort = 6443 }: NamespacesContext): void {
  const manager = { manager: 'kube-apiserver' };
  for (const name of SYSTEM) {
    if (!store.get('namespaces', '', name)) api.create(kindOf(kinds, 'namespaces'), '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, manager);
  }
  if (store.get('services', 'default', 'kubernetes')) return;
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: apiPort }], sessionAffinity: 'None' },
  };
  api.create(kindOf(kinds, 'services'), 'default', service, manager);
}
