// What admission adds to a pod that is created, and what it refuses: plugins ServiceAccount, DefaultTolerationSeconds and Priority
// (kubernetes, plugin/pkg/admission), which every cluster has.
import { forbidden } from '../api/api-error.ts';
import { generatedName } from '../api/metadata-rules.ts';
import type { Container, Pod, Toleration } from '../objects.ts';
import type { KindContext } from './kind.ts';
import type { ServiceAccount } from './service-account.ts';

const PODS = { group: '', name: 'pods' };
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The classes that every cluster has. */
const PRIORITY_CLASSES: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

/** Changes the pod given. @throws ApiError Forbidden */
export function admitPod(pod: Pod, context: KindContext): void {
  admitPriority(pod);
  admitTolerations(pod);
  admitServiceAccount(pod, context);
}

const nameOf = (pod: Pod) => pod.metadata.name ?? '';

function admitPriority(pod: Pod): void {
  const { spec } = pod;
  const name = (spec['priorityClassName'] as string | undefined) ?? '';
  const priority = name ? PRIORITY_CLASSES[name] : 0;
  if (priority === undefined) throw forbidden(PODS, nameOf(pod), `no PriorityClass with name ${name} was found`);
  const computed = 'priority admission controller computed';
  if (spec.priority !== undefined && spec.priority !== null && spec.priority !== priority) {
    const why =
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; ` +
      `${computed} ${priority} from the given PriorityClass name`;
    throw forbidden(PODS, nameOf(pod), why);
  }
  spec.priority = priority;
  const preemption = (spec['preemptionPolicy'] as string | undefined) || 'PreemptLowerPriority';
  if (preemption !== 'PreemptLowerPriority') {
    const why =
      `the string value of PreemptionPolicy (${preemption}) must not be provided in pod spec; ` +
      `${computed} PreemptLowerPriority from the given PriorityClass name`;
    throw forbidden(PODS, nameOf(pod), why);
  }
  spec['preemptionPolicy'] = preemption;
}

/** How long a pod stays when its node is lost. */
function admitTolerations(pod: Pod): void {
  const own = pod.spec.tolerations ?? [];
  const added: Toleration[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter((key) => !own.some((toleration) => tolerates(toleration, key)))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  if (added.length > 0) pod.spec.tolerations = [...own, ...added];
}

const tolerates = ({ key, effect }: Toleration, taint: string) => (!key || key === taint) && (!effect || effect === 'NoExecute');

function admitServiceAccount(pod: Pod, { store, minor }: KindContext): void {
  const { spec } = pod;
  const namespace = pod.metadata.namespace ?? '';
  spec.serviceAccountName ||= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  const name = spec.serviceAccountName;
  const account: ServiceAccount | undefined = store.get('serviceaccounts', namespace, name);
  if (!account) throw forbidden(PODS, nameOf(pod), `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
  if ((spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets?.length) spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
  const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (!wanted) return;

  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const without = containers.filter(({ volumeMounts = [] }) => !volumeMounts.some(({ mountPath }) => mountPath === TOKEN_PATH));
  // Before 1.21 the token is one that a controller keeps in a secret; since then the kubelet asks for one that ends.
  const secret = minor >= 21 ? undefined : tokenSecret(pod, account, (secretName) => store.get('secrets', namespace, secretName) !== undefined);
  if (without.length === 0) return;
  const volume = secret === undefined ? projectedToken() : { name: secret, secret: { secretName: secret, defaultMode: 420 } };
  const mounts = (each: Record<string, unknown>) => (each['secret'] as { secretName?: string } | undefined)?.secretName === secret;
  const present = secret === undefined ? undefined : (spec.volumes ?? []).find(mounts);
  const volumeName = present?.name ?? volume.name;
  for (const container of without) mountToken(container, volumeName);
  if (!present) spec.volumes = [...(spec.volumes ?? []), volume];
}

function tokenSecret(pod: Pod, account: ServiceAccount, exists: (name: string) => boolean): string {
  const found = (account.secrets ?? []).find(({ name = '' }) => exists(name))?.name;
  if (found) return found;
  const why =
    `no API token found for service account ${JSON.stringify(account.metadata.name)}, ` +
    'retry after the token is automatically created and added to the service account';
  throw forbidden(PODS, nameOf(pod), why);
}

function mountToken(container: Container, volume: string): void {
  container.volumeMounts = [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath: TOKEN_PATH }];
}

const projectedToken = () => ({
  name: generatedName('kube-api-access-'),
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  },
});
