// About how much disk the archives take that are kept of images which are removed.
import type { ImageCopy, ImageRow } from '../../../shared/contract/images.ts';

/** At most, in bytes: Docker keeps an image while it has another name, and one archive does for all its names; a node's names have one each. */
export function keptBytes(copies: readonly ImageCopy[], rows: readonly ImageRow[]): number {
  const sizes = new Map<string, number>();
  for (const { key, place } of copies) {
    const row = rows.find((one) => one.key === key);
    if (!row) continue;
    if ('docker' in place) sizes.set(`docker ${row.imageId}`, row.size);
    else sizes.set(`${place.node} ${key}`, row.nodes.find(({ node }) => node === place.node)?.size ?? row.size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
