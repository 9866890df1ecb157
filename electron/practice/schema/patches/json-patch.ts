// JSON patch as the API server does it, with evanphx/json-patch v4: beside RFC 6902 it takes negative indices, replaces and copies keys that
// are not there, and takes an absent value for null. https://github.com/evanphx/json-patch/blob/v4.12.0/patch.go

export type JsonObject = Record<string, unknown>;

/** An operation cannot be done: the API server says no more than 422. */
export class PatchFailed extends Error {}

/** The API server refuses patches with more operations. */
export const MAX_OPERATIONS = 10_000;
/** Copies of more than this altogether are refused, lest a small patch makes a huge object; the real limit is higher than what etcd would store. */
const MAX_COPIED = 3 * 1024 * 1024;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const decodeKey = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

type Container = JsonObject | unknown[];

/** The container that a pointer's last part is in, and that part. */
function locate(document: JsonObject, pointer: unknown): { container: Container; key: string } {
  if (typeof pointer !== 'string' || pointer === '') throw new PatchFailed('missing path');
  // What stands before the first slash is not looked at.
  const parts = pointer.split('/').slice(1).map(decodeKey);
  const key = parts.pop();
  if (key === undefined) throw new PatchFailed('missing path');
  let container: Container = document;
  for (const part of parts) {
    const next: unknown = valueAt(container, part);
    if (!isObject(next) && !Array.isArray(next)) throw new PatchFailed(`missing container: ${pointer}`);
    container = next;
  }
  return { container, key };
}

/** @param limit the first index that is too high. */
function indexOf(key: string, limit: number): number {
  const index = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN;
  const positive = index < 0 ? index + limit : index;
  if (!(positive >= 0 && positive < limit)) throw new PatchFailed(`invalid index: ${key}`);
  return positive;
}

function valueAt(container: Container, key: string): unknown {
  if (Array.isArray(container)) return container[indexOf(key, container.length)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** Also for `__proto__`, which an assignment would take for something else. */
function put(container: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

function add({ container, key }: { container: Container; key: string }, value: unknown): void {
  if (!Array.isArray(container)) put(container, key, value);
  else if (key === '-') container.push(value);
  else container.splice(indexOf(key, container.length + 1), 0, value);
}

function remove({ container, key }: { container: Container; key: string }): void {
  if (Array.isArray(container)) container.splice(indexOf(key, container.length), 1);
  else if (Object.hasOwn(container, key)) delete container[key];
  else throw new PatchFailed(`missing key: ${key}`);
}

/** Equal as JSON, whatever the order of keys. */
function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

/**
 * @param object is not changed. @param operations the patch, decoded.
 * @throws PatchFailed
 */
export function jsonPatch(object: JsonObject, operations: readonly unknown[]): JsonObject {
  const document = structuredClone(object);
  let copied = 0;
  for (const operation of operations) {
    if (!isObject(operation)) throw new PatchFailed('not an operation');
    const { op, path, from } = operation;
    const value = structuredClone(operation['value'] ?? null);
    const target = () => locate(document, path);
    if (op === 'add') add(target(), value);
    else if (op === 'remove') remove(target());
    else if (op === 'replace') {
      const { container, key } = target();
      if (Array.isArray(container)) container[indexOf(key, container.length)] = value;
      else put(container, key, value);
    } else if (op === 'test') {
      const { container, key } = target();
      if (!equal(valueAt(container, key) ?? null, value)) throw new PatchFailed(`test failed: ${String(path)}`);
    } else if (op === 'move') {
      const source = locate(document, from);
      const moved = valueAt(source.container, source.key);
      remove(source);
      add(target(), moved);
    } else if (op === 'copy') {
      const source = locate(document, from);
      const found = valueAt(source.container, source.key) ?? null;
      copied += JSON.stringify(found).length;
      if (copied > MAX_COPIED) throw new PatchFailed('too much is copied');
      add(target(), structuredClone(found));
    } else throw new PatchFailed('unexpected kind');
  }
  return document;
}
