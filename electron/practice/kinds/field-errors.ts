// Errors of fields with the words of apimachinery, pkg/util/validation/field/errors.go.
import type { FieldError } from '../api/api-error.ts';
import { nameFaults, type NameRule } from '../api/name-rules.ts';

const ended = (words: string) => (words ? `: ${words}` : '');
/** As Go prints a value there: text quoted, numbers and booleans bare. */
const shown = (value: unknown): string => (value === undefined || value === null ? '"null"' : JSON.stringify(value));

export const required = (field: string, words = ''): FieldError => ({ field, reason: 'FieldValueRequired', detail: `Required value${ended(words)}` });
export const invalidValue = (field: string, value: unknown, words: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  detail: `Invalid value: ${shown(value)}${ended(words)}`,
});
/** @param value as Go's %#v prints a struct: without quotes. */
export const invalidStruct = (field: string, value: string, words: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  detail: `Invalid value: ${value}: ${words}`,
});
export const duplicate = (field: string, value: unknown): FieldError => ({ field, reason: 'FieldValueDuplicate', detail: `Duplicate value: ${shown(value)}` });
export const forbiddenField = (field: string, words: string): FieldError => ({ field, reason: 'FieldValueForbidden', detail: `Forbidden: ${words}` });
export const notFoundField = (field: string, value: unknown): FieldError => ({ field, reason: 'FieldValueNotFound', detail: `Not found: ${shown(value)}` });
export const tooLong = (field: string, words: string): FieldError => ({ field, reason: 'FieldValueTooLong', detail: `Too long: ${words}` });
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  detail: `Unsupported value: ${shown(value)}: supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`,
});

/** Nothing, or one error. */
export const when = (condition: boolean, error: () => FieldError): FieldError[] => (condition ? [error()] : []);

export const nameErrors = (field: string, name: string, rule: NameRule): FieldError[] =>
  nameFaults(name, rule).map((words) => invalidValue(field, name, words));

export const inRange = (field: string, value: number | undefined, low: number, high: number): FieldError[] =>
  when(value !== undefined && (value < low || value > high), () => invalidValue(field, value, `must be between ${low} and ${high}, inclusive`));

export const notNegative = (field: string, value: number | undefined): FieldError[] =>
  when(value !== undefined && value < 0, () => invalidValue(field, value, 'must be greater than or equal to 0'));

export const portNumber = (field: string, port: number): FieldError[] => inRange(field, port, 1, 65_535);

const PORT_NAME: readonly (readonly [(name: string) => boolean, string])[] = [
  [(name) => name.length > 15, 'must be no more than 15 characters'],
  [(name) => !/^[-a-z0-9]+$/.test(name), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
  [(name) => !/[a-z]/.test(name), 'must contain at least one letter or number (a-z, 0-9)'],
  [(name) => name.includes('--'), 'must not contain consecutive hyphens'],
  [(name) => name.startsWith('-') || name.endsWith('-'), 'must not begin or end with a hyphen'],
];

/** Of a container's port: an IANA service name (RFC 6335). */
export const portNameErrors = (field: string, name: string): FieldError[] =>
  PORT_NAME.filter(([wrong]) => wrong(name)).map(([, words]) => invalidValue(field, name, words));

/** A Go map or list that may be absent. */
export const each = <Value>(list: readonly Value[] | null | undefined, check: (value: Value, index: number) => FieldError[]): FieldError[] =>
  (list ?? []).flatMap(check);
