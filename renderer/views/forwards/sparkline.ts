// A row of numbers as a small line.

/**
 * The points of an SVG polyline, the oldest on the left. The largest number reaches the top; a line without any is flat at the bottom.
 * @param values two or more, none below 0
 */
export function sparkline(values: readonly number[], width: number, height: number): string {
  const top = Math.max(...values, 1);
  const step = width / Math.max(values.length - 1, 1);
  return values.map((value, index) => `${round(index * step)},${round(height - (value / top) * height)}`).join(' ');
}

const round = (number: number) => Math.round(number * 10) / 10;

/** All of them together. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
