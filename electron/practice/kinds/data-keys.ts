// The keys of ConfigMaps and Secrets: apimachinery, pkg/util/validation/validation.go (IsConfigMapKey).
import type { FieldError } from '../api/api-error.ts';
import { invalidValue } from './field-errors.ts';

/** Bytes of all values together: 1 MiB. */
export const MAX_DATA = 1024 * 1024;

const KEY = '[-._a-zA-Z0-9]+';
const WORDS =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for " +
  `validation is '${KEY}')`;

export function dataKeyErrors(field: string, key: string): FieldError[] {
  const words: string[] = [];
  if (key.length > 253) words.push('must be no more than 253 characters');
  if (!new RegExp(`^${KEY}$`).test(key)) words.push(WORDS);
  if (key === '.') words.push("must not be '.'");
  else if (key === '..') words.push("must not be '..'");
  else if (key.startsWith('..')) words.push("must not start with '..'");
  return words.map((fault) => invalidValue(field, key, fault));
}
