// Lists that are made anew out of one long one, most of which come out as they were.

/** Each list that has the same elements as the one before is that one: who compares them needs to look at nothing in it. */
export function keptSame<Key, Item>(lists: Map<Key, Item[]>, before: ReadonlyMap<Key, readonly Item[]>): ReadonlyMap<Key, readonly Item[]> {
  const result: Map<Key, readonly Item[]> = lists;
  for (const [key, list] of lists) {
    const old = before.get(key);
    if (old && isSameList(old, list)) result.set(key, old);
  }
  return result;
}

/** Whether both have the very same elements; what is not known is the same as what is not known. */
export function isSameList(one: readonly unknown[] | 'unknown', other: readonly unknown[] | 'unknown'): boolean {
  if (one === 'unknown' || other === 'unknown') return one === other;
  return one.length === other.length && one.every((each, at) => each === other[at]);
}
