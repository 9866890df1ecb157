// How two specs of a pod differ, in the manner of go-cmp, which the API server adds to its refusal: the fields that differ, with what is the
// same around them left out.
import type { PodSpec } from '../objects.ts';

type Json = unknown;

const equal = (a: Json, b: Json): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

const goName = (field: string) => `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
const goValue = (value: Json): string => {
  if (value === undefined || value === null) return 'nil';
  if (Array.isArray(value)) return `{${value.map(goValue).join(', ')}}`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${goName(key)}: ${goValue(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
};

const fieldsOf = (a: object, b: object) => [...new Set([...Object.keys(a), ...Object.keys(b)])];
const isRecord = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value);

function lines(before: Record<string, Json>, after: Record<string, Json>, indent: string): string[] {
  let same = 0;
  const out: string[] = [];
  const flush = () => {
    if (same > 0) out.push(`  ${indent}... // ${same} identical fields`);
    same = 0;
  };
  for (const field of fieldsOf(before, after)) {
    const was = before[field];
    const is = after[field];
    if (equal(was, is)) {
      same += 1;
      continue;
    }
    flush();
    if (Array.isArray(was) && Array.isArray(is) && was.length === is.length && was.every(isRecord)) {
      out.push(`  ${indent}${goName(field)}: {`);
      for (const [index, item] of was.entries()) {
        const other: Json = is[index];
        if (!isRecord(other)) continue;
        out.push(`  ${indent}\t{`, ...lines(item, other, `${indent}\t\t`), `  ${indent}\t},`);
      }
      out.push(`  ${indent}},`);
    } else {
      if (was !== undefined) out.push(`- ${indent}${goName(field)}: ${goValue(was)},`);
      if (is !== undefined) out.push(`+ ${indent}${goName(field)}: ${goValue(is)},`);
    }
  }
  flush();
  return out;
}

/** @returns '' when they are the same. */
export function specDifference(old: PodSpec, now: PodSpec): string {
  if (equal(old, now)) return '';
  return ['  core.PodSpec{', ...lines(old, now, '\t'), '  }', ''].join('\n');
}
