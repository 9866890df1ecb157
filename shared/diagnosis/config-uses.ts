// Where a pod takes values from ConfigMaps and Secrets, and what such an object would have to have.
import type { Evidence, Fix, PathStep } from '../contract/findings.ts';
import { containersOf } from '../kubernetes/containers.ts';
import type { KubeObject, Pod } from '../kubernetes/objects.ts';
import { podFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { fieldEvidence } from './evidence.ts';
import { fieldsAt, fieldsIn, textIn, type Fields } from './spec-fields.ts';

export type ConfigKind = 'ConfigMap' | 'Secret';

export interface ConfigUse {
  /** The container; undefined for a volume. */
  readonly container?: string;
  /** To the reference: `spec.containers[0].env[1].valueFrom.configMapKeyRef`. */
  readonly path: string;
  readonly steps: readonly PathStep[];
  /** Absent where all keys are taken, whatever they are. */
  readonly key?: string;
}

const inEnv = { ConfigMap: 'configMapKeyRef', Secret: 'secretKeyRef' } as const;
const inEnvFrom = { ConfigMap: 'configMapRef', Secret: 'secretRef' } as const;

/** The environment variables that come from this object, of all containers, in the order of the spec. */
export function environmentUses(pod: Pod, kind: ConfigKind, name: string): ConfigUse[] {
  return containersOf(pod).flatMap(({ container, init, path }) => {
    const at: PathStep[] = ['spec', init ? 'initContainers' : 'containers', { name: container.name }];
    const single = fieldsIn(container['env']).flatMap(([index, env]): ConfigUse[] => {
      const field = inEnv[kind];
      const reference = fieldsAt(env, 'valueFrom', field);
      if (textIn(reference, 'name') !== name) return [];
      const steps = [...at, 'env', { name: textIn(env, 'name') }, 'valueFrom', field];
      return [{ container: container.name, path: `${path}.env[${index}].valueFrom.${field}`, steps, key: textIn(reference, 'key') }];
    });
    const whole = fieldsIn(container['envFrom']).flatMap(([index, from]): ConfigUse[] => {
      const field = inEnvFrom[kind];
      if (textIn(fieldsAt(from, field), 'name') !== name) return [];
      return [{ container: container.name, path: `${path}.envFrom[${index}].${field}`, steps: [...at, 'envFrom', index, field] }];
    });
    return [...single, ...whole];
  });
}

/** Every key that the pod names, for environment variables and for files; sorted, each once. */
export function wantedKeys(pod: Pod, kind: ConfigKind, name: string): string[] {
  const inFiles = fieldsIn(pod.spec?.volumes).flatMap(([, volume]) => [
    ...itemsOf(volume, kind, name, kind === 'Secret' ? 'secretName' : 'name'),
    ...fieldsIn(fieldsAt(volume, 'projected')['sources']).flatMap(([, source]) => itemsOf(source, kind, name, 'name')),
  ]);
  const keys = [...environmentUses(pod, kind, name).flatMap(({ key }) => key ?? []), ...inFiles];
  return [...new Set(keys.filter((key) => key !== ''))].toSorted();
}

function itemsOf(source: Fields, kind: ConfigKind, name: string, nameField: string): string[] {
  const reference = fieldsAt(source, kind === 'Secret' ? 'secret' : 'configMap');
  return textIn(reference, nameField) === name ? fieldsIn(reference['items']).map(([, item]) => textIn(item, 'key')) : [];
}

/** The keys that a ConfigMap or Secret has; of a Secret that is all that is known. */
export function keysOf(object: KubeObject): string[] {
  return [...Object.keys(fieldsAt(object, 'data')), ...Object.keys(fieldsAt(object, 'binaryData'))].toSorted();
}

/** A new object with all these keys, whose values are still to be written. */
export function begunObject(kind: ConfigKind, namespace: string, name: string, keys: readonly string[]): Record<string, unknown> {
  const values = Object.fromEntries(keys.map((key) => [key, '']));
  return { apiVersion: 'v1', kind, metadata: { name, namespace }, ...(kind === 'Secret' ? { type: 'Opaque', stringData: values } : { data: values }) };
}

/** A ConfigMap as it is, with one more key: whoever applies it loses nothing of what was applied before. */
export function withKey(object: KubeObject, key: string): Record<string, unknown> {
  const { name, namespace, labels, annotations = {} } = object.metadata;
  const kept = Object.entries(annotations).filter(([each]) => each !== 'kubectl.kubernetes.io/last-applied-configuration');
  return {
    apiVersion: 'v1', kind: 'ConfigMap',
    metadata: { name, ...(namespace && { namespace }), ...(labels && { labels }), ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) },
    data: { ...fieldsAt(object, 'data'), [key]: '' }, ...(object['binaryData'] === undefined ? {} : { binaryData: object['binaryData'] }),
  };
}

/** Where this container's definition asks for it. */
export function useEvidence(c: ContainerCase, uses: readonly ConfigUse[], name: string): Evidence[] {
  return uses.map(({ path, key }) => fieldEvidence(c, path, key === undefined ? name : `${name}, ${key}`));
}

/** All the places at once: with one of them the next container would stop at the same. */
export function optionalFix(c: ContainerCase, uses: readonly ConfigUse[], name: string): Fix[] {
  if (uses.length === 0) return [];
  return podFix(c, 'F20.optional', uses.map(({ steps }) => ({ path: [...steps, 'optional'], value: true })), { params: { name, container: c.name } });
}
