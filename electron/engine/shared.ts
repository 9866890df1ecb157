// What several use at the same time, and what is there only while somebody does.

export interface Held<Value> extends Disposable {
  readonly value: Value;
}

export interface Shared<Key, Value> {
  /** What is open under this key, opened by the first who asks; closed when the last one disposed of what this gives. */
  hold(key: Key, open: () => Value): Held<Value>;
  /** What is open under this key, without holding it. */
  get(key: Key): Value | undefined;
  /** All that is open. */
  values(): Iterable<Value>;
}

export function openShared<Key, Value>(close: (value: Value) => void): Shared<Key, Value> {
  const open = new Map<Key, { readonly value: Value; holders: number }>();
  return {
    hold(key, make) {
      const held = open.get(key) ?? { value: make(), holders: 0 };
      open.set(key, held);
      held.holders += 1;
      let released = false;
      return {
        value: held.value,
        [Symbol.dispose]() {
          if (released) return;
          released = true;
          held.holders -= 1;
          if (held.holders > 0) return;
          open.delete(key);
          close(held.value);
        },
      };
    },
    get: (key) => open.get(key)?.value,
    *values() {
      for (const { value } of open.values()) yield value;
    },
  };
}
