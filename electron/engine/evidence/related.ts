// The objects that a pod names, one GET each, shared by all pods of the namespace that name them.
import { Failure } from '../../../shared/contract/failures.ts';
import type { PullSecret } from '../../../shared/diagnosis/world.ts';
import { isRecord } from '../../../shared/kubernetes/containers.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { referencesOf, type ReferencedKind } from '../../../shared/kubernetes/references.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { getObject } from '../../clients/cluster/objects-api.ts';
import type { Answers } from './answers.ts';
import { pullSecretOf, withoutValues } from './without-values.ts';

type Found = { readonly object: KubeObject; readonly pull?: PullSecret } | 'missing';

const apiVersions: Readonly<Record<ReferencedKind, string>> = {
  ConfigMap: 'v1', Secret: 'v1', PersistentVolumeClaim: 'v1', ServiceAccount: 'v1', PriorityClass: 'scheduling.k8s.io/v1',
};

export interface Asker {
  readonly answers: Answers;
  readonly pod: Pod;
  /** Somebody looks at this very pod. */
  readonly urgent: boolean;
}

export interface Related {
  readonly related: Readonly<Record<string, KubeObject | 'missing'>>;
  readonly pullSecrets?: Readonly<Record<string, PullSecret | 'missing'>>;
  readonly elsewhere: Readonly<Record<string, readonly string[]>>;
}

/** @param classes the storage classes, where they are known: a claim's class is found among them. */
export function relatedOf(asker: Asker, classes: readonly KubeObject[] | undefined): Related {
  const { pod } = asker;
  const namespace = pod.metadata.namespace ?? '';
  const related: Record<string, KubeObject | 'missing'> = {};
  const pullSecrets: Record<string, PullSecret | 'missing'> = {};
  const elsewhere: Record<string, readonly string[]> = {};
  const pullNames = new Set((pod.spec?.imagePullSecrets ?? []).map(({ name }) => name));
  for (const { kind, name } of referencesOf(pod)) {
    const at = `${kind}/${name}`;
    if (at in related) continue;
    const found = one(asker, kind, name, namespace);
    if (found === undefined) continue;
    related[at] = found === 'missing' ? found : found.object;
    if (kind === 'Secret' && pullNames.has(name)) pullSecrets[name] = found === 'missing' ? found : (found.pull ?? { type: '', hosts: [] });
    if (found === 'missing' && (kind === 'ConfigMap' || kind === 'Secret')) {
      const places = namespacesWith(asker, kind, name, namespace);
      if (places) elsewhere[at] = places;
    }
    const className = kind === 'PersistentVolumeClaim' && found !== 'missing' && isRecord(found.object['spec']) ? found.object['spec']['storageClassName'] : undefined;
    if (classes && typeof className === 'string' && className !== '') {
      related[`StorageClass/${className}`] = classes.find(({ metadata }) => metadata.name === className) ?? 'missing';
    }
  }
  const all = waitsForImage(pod) ? pullSecretsOf(asker, namespace) : undefined;
  return { related, elsewhere, ...(all || pullNames.size > 0 ? { pullSecrets: { ...all, ...pullSecrets } } : {}) };
}

function one({ answers, pod, urgent }: Asker, kind: ReferencedKind, name: string, namespace: string): Found | undefined {
  const ref = { apiVersion: apiVersions[kind], kind, name, ...(kind === 'PriorityClass' ? {} : { namespace }) };
  return answers.ask<Found>({
    subject: pod.metadata.uid ?? '', key: `object ${kind} ${namespace} ${name}`, urgent,
    read: (connection, signal) => getObject(connection, ref, signal).then(
      (object): Found => ({ object: withoutValues({ ...object, ...ref }), ...(kind === 'Secret' ? { pull: pullSecretOf(object) } : {}) }),
      (error: unknown) => {
        if (error instanceof Failure && error.code === 'OBJECT_GONE') return 'missing';
        throw error;
      },
    ),
  });
}

/** Where else there is one of that name. Only names are asked for: the server leaves out what the objects contain. */
export function namespacesWith({ answers, pod, urgent }: Asker, kind: 'ConfigMap' | 'Secret' | 'Service', name: string, not: string): readonly string[] | undefined {
  const found = answers.ask<string[]>({
    subject: pod.metadata.uid ?? '', key: `elsewhere ${kind} ${name}`, urgent,
    async read(connection, signal) {
      const { json } = await connection.request<{ items: KubeObject[] | null }>({
        path: `/api/v1/${kind.toLowerCase()}s`, query: { fieldSelector: `metadata.name=${name}` },
        accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json', signal,
      });
      return (json.items ?? []).flatMap(({ metadata }) => metadata.namespace ?? []).toSorted();
    },
  });
  return found?.filter((each) => each !== not);
}

/** Every secret of the namespace that could serve a pull, whoever names it. */
function pullSecretsOf({ answers, pod, urgent }: Asker, namespace: string): Readonly<Record<string, PullSecret>> | undefined {
  return answers.ask({
    subject: pod.metadata.uid ?? '', key: `pull secrets ${namespace}`, urgent,
    async read(connection, signal) {
      const lists = await Promise.all(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'].map((type) => secretsOfType(connection, namespace, type, signal)));
      return Object.fromEntries(lists.flat().map((secret) => [secret.metadata.name ?? '', pullSecretOf(secret)]));
    },
  });
}

async function secretsOfType(connection: ClusterConnection, namespace: string, type: string, signal: AbortSignal): Promise<KubeObject[]> {
  const { json } = await connection.request<{ items: KubeObject[] | null }>({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`, query: { fieldSelector: `type=${type}` }, signal,
  });
  // A server that does not know the selector gives them all.
  return (json.items ?? []).filter((secret) => secret['type'] === type);
}

function waitsForImage({ status }: Pod): boolean {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(({ state }) => /^(?:ErrImagePull|ImagePullBackOff)$/.test(state?.waiting?.reason ?? ''));
}
