// The rows of the Images table: what marks them, which of them are shown, and in which order.
import type { ImageRow } from '../../../shared/contract/images.ts';
import { shortId } from '../../state/format.ts';
import { onNode } from './on-node.ts';
import { hasWords } from '../../state/has-words.ts';

export const imageColumns = ['image', 'id', 'size', 'created', 'in-docker', 'on-node', 'used-by'] as const;
export type ImageColumn = (typeof imageColumns)[number];
export interface ImageOrder {
  readonly column: ImageColumn;
  readonly direction: 'ascending' | 'descending';
}

/** `docker images` shows the newest first too. */
export const firstOrder: ImageOrder = { column: 'created', direction: 'descending' };

const worth: Readonly<Record<string, number>> = { yes: 0, no: 1, present: 0, 'older-build': 1, downloading: 2, 'not-found': 3, unknown: 4 };

// What a column sorts by; undefined is not known and comes last in both directions.
const sortKeys: Record<ImageColumn, (row: ImageRow) => string | number | undefined> = {
  image: (row) => row.reference || undefined,
  id: (row) => row.imageId || undefined,
  size: (row) => row.size,
  created: (row) => (row.createdAt === undefined ? undefined : Date.parse(row.createdAt)),
  'in-docker': (row) => worth[row.inDocker],
  'on-node': (row) => worth[onNode(row.nodes)?.presence ?? 'unknown'],
  'used-by': (row) => row.usedBy.length,
};

/** A new array in the wanted order; equal rows stay in the order of their names. */
export function sortImages(rows: readonly ImageRow[], { column, direction }: ImageOrder): ImageRow[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const keyOf = sortKeys[column];
  return rows.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left === right) return compare(a.key, b.key);
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return sign * compare(left, right);
  });
}

/** The order after a click on a column's header: the other direction of the same column, else ascending. */
export function nextOrder(now: ImageOrder, column: ImageColumn): ImageOrder {
  return { column, direction: now.column === column && now.direction === 'ascending' ? 'descending' : 'ascending' };
}

/** `no-name`: nothing can ask for it. `stale`: a node has an older build than Docker, or a container does not run the build that the name has now. */
export type Mark = 'no-name' | 'stale';

export function marksOf({ reference, nodes, usedBy }: Pick<ImageRow, 'reference' | 'nodes' | 'usedBy'>): Mark[] {
  const isStale = nodes.some(({ presence }) => presence === 'older-build') || usedBy.some(({ runs }) => runs === 'another-build');
  return [...(reference === '' ? (['no-name'] as const) : []), ...(isStale ? (['stale'] as const) : [])];
}

const passesKind = {
  all: () => true,
  stale: (row) => marksOf(row).includes('stale'),
  'no-name': (row) => marksOf(row).includes('no-name'),
  'in-use': ({ usedBy }) => usedBy.length > 0,
  // Where Docker cannot be read, nobody knows.
  'not-in-docker': ({ inDocker }) => inDocker === 'no',
} as const satisfies Record<string, (row: ImageRow) => boolean>;

export type Kind = keyof typeof passesKind;
export const kinds = Object.keys(passesKind) as Kind[];

export function isOfKind(row: ImageRow, kind: Kind): boolean {
  return passesKind[kind](row);
}

/** What the row is called: its name, or the beginning of its ID. */
export function nameOf({ reference, imageId, key }: Pick<ImageRow, 'reference' | 'imageId' | 'key'>): string {
  return reference || shortId(imageId || key);
}

/** Every word of the filter is somewhere in the name, in the ID or in the name of a pod that uses the image. */
export function matchesFilter(row: ImageRow, filter: string): boolean {
  return hasWords(filter, [row.reference, row.imageId, ...row.usedBy.map(({ pod }) => pod)]);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
