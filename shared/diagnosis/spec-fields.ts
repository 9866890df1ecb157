// Reading fields of a spec that nobody has checked: what is of another shape counts as absent.
import { isRecord } from '../kubernetes/containers.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The elements of a list that are objects, each with its place in the list. */
export function fieldsIn(value: unknown): readonly (readonly [number, Fields])[] {
  return Array.isArray(value) ? value.flatMap((each: unknown, index) => (isRecord(each) ? [[index, each] as const] : [])) : [];
}

/** What stands at a path of field names; {} where there is no object. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  const found = path.reduce<unknown>((each, name) => (isRecord(each) ? each[name] : undefined), value);
  return isRecord(found) ? found : {};
}

/** '' where there is no text. */
export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** The texts of a list; [] where there is none. */
export function textsIn(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
