// Fields that an edit took out, and that server-side apply leaves: a manager gives up only what it owned itself
// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management). Without a word about it the line that a person deleted would
// just come back.
import type { KubeObject, ManagedFieldsEntry } from '../../../shared/kubernetes/objects.ts';

export interface KeptField {
  /** In the object as it would be: `spec.containers[0].env[1]`. */
  readonly path: string;
  /** The same as a JSON pointer. */
  readonly pointer: string;
  readonly manager: string;
}

/** Lists of maps are merged by one of these (the `x-kubernetes-list-map-keys` of the built-in kinds); others are replaced whole. */
const KEYS = ['name', 'containerPort', 'port', 'mountPath', 'devicePath', 'ip', 'key', 'type', 'uid', 'topologyKey'];

interface Step { readonly name: string | number; readonly owned: (fields: Fields) => Fields | undefined }
type Fields = Readonly<Record<string, unknown>>;

/**
 * @param base what the edit began with, @param text what it became, @param before the live object with its managers, @param after what it would be
 * @returns the fields that another manager owns; the last of a list first, so that they can be removed one after the other
 */
export function keptFields(base: KubeObject, text: KubeObject, before: KubeObject, after: KubeObject): KeptField[] {
  const kept: KeptField[] = [];
  const walk = (was: unknown, is: unknown, would: unknown, steps: readonly Step[]) => {
    if (isRecord(was) && isRecord(is) && isRecord(would)) {
      for (const [name, value] of Object.entries(was)) {
        if (!(name in would)) continue;
        const at = [...steps, { name, owned: (fields: Fields) => record(fields[`f:${name}`]) }];
        if (name in is) walk(value, is[name], would[name], at);
        else found(at);
      }
    } else if (Array.isArray(was) && Array.isArray(is) && Array.isArray(would)) {
      for (const item of was.toReversed() as unknown[]) {
        const index = would.findIndex((each) => isSameItem(each, item));
        if (index < 0) continue;
        const at = [...steps, { name: index, owned: (fields: Fields) => ownedItem(fields, would[index]) }];
        const mine = is.find((each) => isSameItem(each, item)) as unknown;
        if (mine === undefined) found(at);
        else walk(item, mine, would[index], at);
      }
    }
  };
  const found = (steps: readonly Step[]) => {
    const owner = before.metadata.managedFields?.find((entry) => entry.manager !== 'podlab' && ownedAt(entry, steps) !== undefined);
    if (!owner) return; // a default: it comes back by itself
    kept.push({
      path: steps.map(({ name }) => (typeof name === 'number' ? `[${name}]` : /^[\w$-]+$/.test(name) ? `.${name}` : `[${name}]`)).join('').replace(/^\./, ''),
      pointer: steps.map(({ name }) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
      manager: owner.manager ?? '',
    });
  };
  for (const field of Object.keys(base).filter((name) => name !== 'metadata')) walk({ [field]: base[field] }, text, after, []);
  const written = ({ metadata: { labels, annotations } }: KubeObject) => ({ metadata: { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) } });
  walk(written(base), written(text), written(after), []);
  return kept;
}

function ownedAt(entry: ManagedFieldsEntry, steps: readonly Step[]): Fields | undefined {
  return steps.reduce<Fields | undefined>((fields, { owned }) => fields && owned(fields), entry.fieldsV1);
}

function ownedItem(fields: Fields, item: unknown): Fields | undefined {
  const key = Object.keys(fields).find((name) => {
    if (!name.startsWith('k:') || !isRecord(item)) return false;
    const keys = JSON.parse(name.slice(2)) as Record<string, unknown>;
    return Object.entries(keys).every(([field, value]) => item[field] === value);
  });
  return key === undefined ? undefined : record(fields[key]);
}

function isSameItem(one: unknown, other: unknown): boolean {
  if (!isRecord(one) || !isRecord(other)) return false;
  const key = KEYS.find((name) => name in one && name in other);
  return key !== undefined && one[key] === other[key];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const record = (value: unknown): Fields | undefined => (isRecord(value) ? value : undefined);
