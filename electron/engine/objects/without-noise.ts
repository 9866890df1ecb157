// An object as a person would have written it: without what the server and its controllers wrote into it.
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';

const IDENTITY = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'selfLink', 'managedFields', 'deletionTimestamp', 'deletionGracePeriodSeconds'];
/** Annotations that kubectl (the object again, as JSON) and the deployment controller keep for themselves. */
const BOOKKEEPING = ['kubectl.kubernetes.io/last-applied-configuration', 'deployment.kubernetes.io/revision'];

/** Without status, identity and bookkeeping; a pod also without what admission put in. The order is kubectl's: what it is, its name, the rest. */
export function withoutNoise(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, status: _, ...rest } = object.kind === 'Pod' && object.apiVersion === 'v1' ? (recreateManifest(object) as KubeObject) : object;
  const { annotations, ...kept } = Object.fromEntries(Object.entries(metadata).filter(([key]) => !IDENTITY.includes(key))) as KubeObject['metadata'];
  const written = Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !BOOKKEEPING.includes(key)));
  const { name, namespace, labels, ...others } = kept;
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels ? { labels } : {}),
      ...(Object.keys(written).length > 0 ? { annotations: written } : {}),
      ...others,
    },
    ...(withoutEmptyTimes(rest) as Record<string, unknown>),
  };
}

/** Go writes the creation time of a template that has none as null. */
function withoutEmptyTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyTimes);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (key === 'creationTimestamp' && each === null ? [] : [[key, withoutEmptyTimes(each)]])));
}
