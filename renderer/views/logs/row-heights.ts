// How high the rows of a long list are: all alike until one was measured.

const CHUNK = 256;

/** Rows are numbered without end; the heights of old ones can be forgotten. Everything takes time in step with the rows divided by 256. */
export class RowHeights {
  /** Of a row that was not measured. */
  readonly usual: number;
  readonly #chunks = new Map<number, { readonly heights: Float64Array; sum: number }>();

  constructor(usual: number) {
    this.usual = usual;
  }

  of(row: number): number {
    return this.#chunks.get(Math.floor(row / CHUNK))?.heights[row % CHUNK] ?? this.usual;
  }

  /** Notes a measured height. @returns by how much the row is higher than it was thought to be */
  set(row: number, height: number): number {
    const more = height - this.of(row);
    if (more === 0) return 0;
    const place = Math.floor(row / CHUNK);
    let chunk = this.#chunks.get(place);
    if (!chunk) {
      chunk = { heights: new Float64Array(CHUNK).fill(this.usual), sum: CHUNK * this.usual };
      this.#chunks.set(place, chunk);
    }
    chunk.heights[row % CHUNK] = height;
    chunk.sum += more;
    return more;
  }

  /** From the top of a row to the top of another one. */
  between(from: number, to: number): number {
    let sum = 0;
    for (const { row, next, chunk } of this.#parts(from, to)) sum += this.#sum(row, next, chunk);
    return sum;
  }

  /** The row that is so far below the top of `from`; the last one before `end` where the distance is greater. */
  rowAt(from: number, end: number, distance: number): number {
    let left = distance;
    for (const { row, next, chunk } of this.#parts(from, end)) {
      const sum = this.#sum(row, next, chunk);
      if (left >= sum) {
        left -= sum;
        continue;
      }
      if (!chunk) return row + Math.max(0, Math.floor(left / this.usual));
      for (let each = row; each < next; each += 1) {
        left -= this.of(each);
        if (left < 0) return each;
      }
    }
    return Math.max(from, end - 1);
  }

  forgetBefore(row: number): void {
    for (const place of this.#chunks.keys()) if ((place + 1) * CHUNK <= row) this.#chunks.delete(place);
  }

  #sum(row: number, next: number, chunk: { readonly sum: number } | undefined): number {
    if (!chunk) return (next - row) * this.usual;
    if (next - row === CHUNK) return chunk.sum;
    let sum = 0;
    for (let each = row; each < next; each += 1) sum += this.of(each);
    return sum;
  }

  *#parts(from: number, to: number) {
    if (this.#chunks.size === 0) {
      if (from < to) yield { row: from, next: to, chunk: undefined };
      return;
    }
    for (let row = from; row < to; ) {
      const place = Math.floor(row / CHUNK);
      const next = Math.min(to, (place + 1) * CHUNK);
      yield { row, next, chunk: this.#chunks.get(place) };
      row = next;
    }
  }
}

/** The rows to draw: those in sight, and `spare` before and after them. `to` is not drawn any more. */
export function windowOf(heights: RowHeights, { first, end }: { readonly first: number; readonly end: number }, top: number, height: number, spare: number): { from: number; to: number } {
  if (end <= first) return { from: first, to: first };
  const from = heights.rowAt(first, end, Math.max(0, top));
  const last = heights.rowAt(from, end, height + heights.of(from));
  return { from: Math.max(first, from - spare), to: Math.min(end, last + 1 + spare) };
}
