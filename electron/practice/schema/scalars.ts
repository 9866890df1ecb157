// Texts that decode themselves in Go, and its words for those that do not: quantities and times.

const quantityWrong = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const suffixes = /^(?:Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][-+]?\d+)?$/;

/** resource.ParseQuantity's error, if there is one. */
export function quantityFault(text: string): string | undefined {
  const parts = /^([+-]?\d*\.?\d*)([eEinumkKMGTP]*[-+]?\d*)$/.exec(text.trim());
  if (!parts || text.trim() === '') return quantityWrong;
  const [, number = '', suffix = ''] = parts;
  if (!suffixes.test(suffix)) return "unable to parse quantity's suffix";
  return /\d/.test(number) ? undefined : 'unable to parse numeric part of quantity';
}

const layouts = { time: '2006-01-02T15:04:05Z07:00', 'micro-time': '2006-01-02T15:04:05.000000Z07:00' } as const;
/** The pieces of RFC 3339 in turn, and how Go's layout calls them. */
const pieces: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01'],
  [/^-/, '-'],
  [/^\d{2}/, '02'],
  [/^T/, 'T'],
  [/^\d{1,2}/, '15'],
  [/^:/, ':'],
  [/^\d{2}/, '04'],
  [/^:/, ':'],
  [/^\d{2}(?:[.,]\d+)?/, '05'],
  [/^(?:Z|[+-]\d{2}:\d{2})/, 'Z07:00'],
];

const ranges: readonly (readonly [name: string, from: number, to: number])[] = [
  ['month', 1, 12],
  ['day', 1, 31],
  ['hour', 0, 23],
  ['minute', 0, 59],
  ['second', 0, 59],
];

/** time.Parse's error, if there is one. */
export function timeFault(text: string, kind: 'time' | 'micro-time'): string | undefined {
  const shown = `parsing time ${JSON.stringify(text)}`;
  let rest = text;
  for (const [pattern, element] of pieces) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) return `${shown} as "${layouts[kind]}": cannot parse ${JSON.stringify(rest)} as "${element}"`;
    rest = rest.slice(found.length);
  }
  if (rest !== '') return `${shown}: extra text: ${JSON.stringify(rest)}`;
  const numbers = text.split(/\D/).slice(1).map(Number);
  const beyond = ranges.find(([, from, to], index) => (numbers[index] ?? 0) < from || (numbers[index] ?? 0) > to);
  return beyond ? `${shown}: ${beyond[0]} out of range` : undefined;
}
