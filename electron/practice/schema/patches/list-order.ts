// The order of a list after a strategic merge: what the patch names stands in the patch's order, the rest in the order it had, and the two
// are woven together by the order they had. apimachinery, pkg/util/strategicpatch/patch.go: normalizeElementOrder, mergeSortedSlice.

/** Where an item is in a list, -1 if nowhere: by its merge key, or by its value. */
export type IndexIn = (list: readonly unknown[], item: unknown) => number;

/** Items that are in `order` come in its order; others keep their places among themselves. */
function sorted(items: readonly unknown[], order: readonly unknown[], indexIn: IndexIn): unknown[] {
  const known = items.filter((item) => indexIn(order, item) >= 0).sort((a, b) => indexIn(order, a) - indexIn(order, b));
  return items.map((item) => (indexIn(order, item) >= 0 ? known.shift() : item));
}

/**
 * @param merged all items. @param patchOrder the items whose order the patch tells.
 * @param serverOrder the items before.
 */
export function inOrder(merged: readonly unknown[], patchOrder: readonly unknown[], serverOrder: readonly unknown[], indexIn: IndexIn): unknown[] {
  const named = (item: unknown) => indexIn(patchOrder, item) >= 0;
  const right = sorted(merged.filter(named), patchOrder, indexIn);
  const left = sorted(
    merged.filter((item) => !named(item)),
    serverOrder,
    indexIn,
  );
  const result: unknown[] = [];
  while (left.length > 0 && right.length > 0) {
    const [ofLeft, ofRight] = [indexIn(serverOrder, left[0]), indexIn(serverOrder, right[0])];
    result.push(ofLeft >= 0 && ofRight >= 0 && ofLeft < ofRight ? left.shift() : right.shift());
  }
  return [...result, ...left, ...right];
}
