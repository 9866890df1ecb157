// The namespaces of a new cluster, what every namespace gets (a service account, the cluster's authority), and how one ends: everything in it
// is deleted first (kubernetes, pkg/controller/namespace, serviceaccount and certificates/rootcacertpublisher).
import { randomBytes } from 'node:crypto';
import { ApiError } from '../api/api-error.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import { storeName, type Kind } from '../kinds/kind.ts';
import type { ServiceAccount } from '../kinds/service-account.ts';
import type { KubeObject } from '../objects.ts';
import { onChanges, type Controlled } from './controller.ts';

const FIRST = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const MANAGER = { manager: 'kube-controller-manager' };

/** @param authority PEM of who vouches for the API server, for `kube-root-ca.crt`. */
export function startNamespaces(controlled: Controlled, authority = ''): Disposable {
  const { store, api, clock, minor, kinds } = controlled;
  const kind = (resource: string) => kindOf(kinds, resource);
  const namespaces = kind('namespaces');
  const contents = kinds.filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete'));

  for (const name of FIRST) api.create(namespaces, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { manager: 'kube-apiserver' });
  for (const name of FIRST) furnish(name);
  api.create(kind('services'), 'default', kubernetesService, { manager: 'kube-apiserver' });

  const stop = onChanges(controlled, ['namespaces', ...contents.map(storeName)], (changes) => {
    const touched = new Set(changes.map(({ resource, object: { metadata } }) => (resource === 'namespaces' ? metadata.name : metadata.namespace) ?? ''));
    for (const name of touched) {
      const namespace = store.get('namespaces', '', name);
      if (!namespace) continue;
      if (namespace.metadata.deletionTimestamp) empty(namespace);
      else furnish(name);
    }
  });

  /** What is missing of what every namespace has; it comes back when somebody deletes it. */
  function furnish(namespace: string): void {
    if (store.get('namespaces', '', namespace)?.metadata.deletionTimestamp) return;
    const make = (of: Kind, object: Pick<KubeObject, 'metadata'> & Record<string, unknown>) =>
      api.create(of, namespace, { apiVersion: 'v1', kind: of.kind, ...object }, MANAGER);
    // RootCAConfigMap: beta and on since 1.20.
    if (!store.get('configmaps', namespace, 'kube-root-ca.crt')) make(kind('configmaps'), { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': authority } });
    const account = store.get('serviceaccounts', namespace, 'default') as ServiceAccount | undefined;
    if (minor >= 24) {
      if (!account) make(kind('serviceaccounts'), { metadata: { name: 'default' } });
      return;
    }
    if (account?.secrets?.some(({ name = '' }) => store.get('secrets', namespace, name))) return;
    const present = account ?? make(kind('serviceaccounts'), { metadata: { name: 'default' } });
    const name = `default-token-${randomBytes(3).toString('hex').slice(0, 5)}`;
    make(kind('secrets'), {
      metadata: {
        name,
        annotations: { 'kubernetes.io/service-account.name': 'default', 'kubernetes.io/service-account.uid': present.metadata.uid ?? '' },
      },
      type: 'kubernetes.io/service-account-token',
      data: Object.fromEntries(Object.entries({ 'ca.crt': authority, namespace, token: randomBytes(24).toString('hex') })
        .map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
    });
    api.update(kind('serviceaccounts'), '', namespace, 'default', (current) => ({ ...current, secrets: [{ name }] }), MANAGER);
  }

  /** One step of an end: each deletion is a change, and so calls again. */
  function empty({ metadata: { name = '' } }: KubeObject): void {
    for (const of of contents) {
      for (const { metadata } of store.list(storeName(of), name)) {
        // What is on its way goes by itself: its grace is its own.
        if (!metadata.deletionTimestamp) attempt(() => api.delete(of, name, metadata.name ?? '', {}));
      }
    }
    if (contents.some((of) => store.list(storeName(of), name).length > 0)) return;
    attempt(() => api.update(namespaces, 'finalize', '', name, withoutFinalizer, MANAGER));
    attempt(() => api.delete(namespaces, '', name, {}));
  }

  return { [Symbol.dispose]: stop };
}

const withoutFinalizer = (current: KubeObject): KubeObject => {
  const spec = current['spec'] as { finalizers?: string[] };
  return { ...current, spec: { ...spec, finalizers: (spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes') } };
};

/** What somebody else did first is no fault: the next change calls again. */
function attempt(write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** The Service of the API server itself, which the API server makes. */
const kubernetesService: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }] },
};
