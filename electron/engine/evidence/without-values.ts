// What of an object may leave its reader: of a Secret the names of its keys and its type, and never a value.
import type { PullSecret } from '../../../shared/diagnosis/world.ts';
import { isRecord } from '../../../shared/kubernetes/containers.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';

/** The last applied manifest has the values once more. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without the server's book-keeping; a Secret's values are ''. */
export function withoutValues(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  if (object.kind !== 'Secret') return { ...object, metadata };
  const { [LAST_APPLIED]: __, ...annotations } = metadata.annotations ?? {};
  const { apiVersion = 'v1', kind, type, data } = object;
  const keys = isRecord(data) ? Object.keys(data) : [];
  return { apiVersion, kind, ...(typeof type === 'string' && { type }), metadata: { ...metadata, annotations }, data: Object.fromEntries(keys.map((key) => [key, ''])) };
}

/** Which registries a pull secret has logins for, as its keys are written: https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/. */
export function pullSecretOf(secret: KubeObject): PullSecret {
  const type = typeof secret['type'] === 'string' ? secret['type'] : '';
  const data = isRecord(secret['data']) ? secret['data'] : {};
  if (type === 'kubernetes.io/dockerconfigjson') {
    const config = decoded(data['.dockerconfigjson']);
    return { type, hosts: keys(isRecord(config) ? config['auths'] : undefined) };
  }
  return { type, hosts: type === 'kubernetes.io/dockercfg' ? keys(decoded(data['.dockercfg'])) : [] };
}

function decoded(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
  } catch {
    return undefined; // the kubelet cannot read it either, and goes on without it
  }
}

const keys = (value: unknown) => (isRecord(value) ? Object.keys(value) : []);
