// Lists that are made anew out of one long one, most of which come out as they were.

/** Each list that has the same elements as the one before is that one: who compares them needs to look at nothing in it. */
export function keptSame<Key, Item>(lists: Map<Key, Item[]>, before: ReadonlyMap<Key, readonly Item[]>): ReadonlyMap<Key, readonly Item[]> {
  const result: Map<Key, readonly Item[]> = lists;
  for (const [key, list] of lists) {
    const old = before.get(key);
    if (old && old.length === list.length && old.every((each, at) => each === list[at])) result.set(key, old);
  }
  return result;
}
