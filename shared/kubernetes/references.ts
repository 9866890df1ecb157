// The other objects that a pod names, and where it names them.
import { containersOf, isRecord } from './containers.ts';
import type { Pod } from './objects.ts';
import { onceFor } from './once-for.ts';

export type ReferencedKind = 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount' | 'PriorityClass';

export interface Reference {
  readonly kind: ReferencedKind;
  readonly name: string;
  /** In the pod: `spec.containers[0].env[1].valueFrom.configMapKeyRef`. */
  readonly path: string;
  /** Absent where the whole object is meant. */
  readonly key?: string;
  /** The pod starts without it, too. */
  readonly optional: boolean;
}

/** Every mention, in the order of the spec; what has no name, or is of another shape than the API's, is no reference. */
export const referencesOf: (pod: Pod) => readonly Reference[] = onceFor(mentionsIn);

function mentionsIn(pod: Pod): Reference[] {
  const { spec } = pod;
  const found: Reference[] = [];
  const add = (kind: ReferencedKind, path: string, source: unknown, { nameField = 'name', keys = [] }: { nameField?: string; keys?: readonly unknown[] } = {}) => {
    const name = isRecord(source) ? source[nameField] : undefined;
    if (!isRecord(source) || typeof name !== 'string' || name === '') return;
    const optional = source['optional'] === true;
    const named = keys.filter((key): key is string => typeof key === 'string' && key !== '');
    for (const key of named.length > 0 ? named : [undefined]) found.push({ kind, name, path, optional, ...(key === undefined ? {} : { key }) });
  };

  for (const { container, path } of containersOf(pod)) {
    for (const [at, env] of records(container['env'])) {
      const from = isRecord(env['valueFrom']) ? env['valueFrom'] : {};
      for (const [field, kind] of [['configMapKeyRef', 'ConfigMap'], ['secretKeyRef', 'Secret']] as const) {
        const source = from[field];
        add(kind, `${path}.env[${at}].valueFrom.${field}`, source, { keys: isRecord(source) ? [source['key']] : [] });
      }
    }
    for (const [at, from] of records(container['envFrom'])) {
      add('ConfigMap', `${path}.envFrom[${at}].configMapRef`, from['configMapRef']);
      add('Secret', `${path}.envFrom[${at}].secretRef`, from['secretRef']);
    }
  }
  for (const [at, volume] of records(spec?.volumes)) {
    const path = `spec.volumes[${at}]`;
    add('ConfigMap', `${path}.configMap`, volume['configMap'], { keys: keysOf(volume['configMap']) });
    add('Secret', `${path}.secret`, volume['secret'], { nameField: 'secretName', keys: keysOf(volume['secret']) });
    add('PersistentVolumeClaim', `${path}.persistentVolumeClaim`, volume['persistentVolumeClaim'], { nameField: 'claimName' });
    const projected = volume['projected'];
    for (const [index, source] of records(isRecord(projected) ? projected['sources'] : undefined)) {
      add('ConfigMap', `${path}.projected.sources[${index}].configMap`, source['configMap'], { keys: keysOf(source['configMap']) });
      add('Secret', `${path}.projected.sources[${index}].secret`, source['secret'], { keys: keysOf(source['secret']) });
    }
  }
  for (const [at, secret] of records(spec?.imagePullSecrets)) add('Secret', `spec.imagePullSecrets[${at}]`, secret);
  add('ServiceAccount', 'spec.serviceAccountName', { name: spec?.serviceAccountName });
  add('PriorityClass', 'spec.priorityClassName', { name: spec?.['priorityClassName'] });
  return found;
}

function records(list: unknown): (readonly [number, Readonly<Record<string, unknown>>])[] {
  return Array.isArray(list) ? list.flatMap((each: unknown, at) => (isRecord(each) ? [[at, each] as const] : [])) : [];
}

/** The keys that a volume takes; [] where it takes them all. */
function keysOf(source: unknown): unknown[] {
  return records(isRecord(source) ? source['items'] : undefined).map(([, item]) => item['key']);
}
