// What is applied has to fit the type, or the server refuses it in the words of structured-merge-diff (typed/validate.go).
import { ApiError } from '../api/api-error.ts';
import { printElement } from './field-set.ts';
import { structureOf, isFields, UnkeyedItem, type Shape } from './structure.ts';

/** @throws ApiError 500, as the real server answers that */
export function checkApplied(applied: Readonly<Record<string, unknown>> & { metadata?: { name?: string; namespace?: string } }, shape: Shape): void {
  const faults = [...faultsOf(applied, shape, '')];
  if (faults.length === 0) return;
  const { apiVersion, kind, metadata } = applied;
  const version = String(apiVersion).includes('/') ? String(apiVersion) : `/${String(apiVersion)}`;
  const what = shape.schema.minor < 21 ? '' : ` (${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${version}, Kind=${String(kind)})`;
  const list = faults.length === 1 ? faults[0] : `errors:\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
  throw new ApiError(500, '', `failed to create typed patch object${what}: ${list}`);
}

function* faultsOf(value: unknown, shape: Shape, path: string): Generator<string> {
  const { type } = shape;
  if (value === null || value === undefined || type.kind === 'any') return;
  const expected = expectedOf(value, shape);
  if (expected) {
    yield `${path}: expected ${expected}, got &value.valueUnstructured{Value:${goValue(value)}}`;
    return;
  }
  const structure = structureOf({ ...shape, structure: shape.structure.kind === 'atomic' ? { kind: 'granular' } : shape.structure }, value, 'all of it');
  if (structure.kind === 'items') {
    const seen = new Set<string>();
    for (const [index, item] of (value as unknown[]).entries()) {
      let element: string;
      try {
        element = structure.elementOf(item, index);
      } catch (cause) {
        if (!(cause instanceof UnkeyedItem)) throw cause;
        yield `${path}: ${cause.message}`;
        continue;
      }
      const printed = printElement(element);
      if (seen.has(element)) yield `${path}: duplicate entries for key ${printed}`;
      seen.add(element);
      yield* faultsOf(item, structure.shape, path + printed);
    }
  } else if (structure.kind === 'fields' && isFields(value)) {
    for (const [name, field] of Object.entries(value)) {
      const of = structure.shapeOf(name);
      if (of) yield* faultsOf(field, of, `${path}.${name}`);
      else yield `${path}.${name}: field not declared in schema`;
    }
  } else if (Array.isArray(value) && type.kind === 'list') {
    for (const [index, item] of value.entries())
      yield* faultsOf(item, { schema: shape.schema, type: type.of, structure: { kind: 'granular' } }, `${path}[${index}]`);
  }
}

/** What the type asks for, when the value is something else. */
function expectedOf(value: unknown, { type }: Shape): string | undefined {
  switch (type.kind) {
    case 'string':
    case 'time':
    case 'micro-time':
    case 'bytes':
      return typeof value === 'string' ? undefined : 'string';
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : 'numeric (int or float)';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'boolean';
    case 'list':
      return Array.isArray(value) ? undefined : 'list';
    case 'object':
    case 'map':
      return isFields(value) ? undefined : 'map';
    case 'quantity':
    case 'int-or-string':
      return typeof value === 'object' ? 'scalar' : undefined;
    case 'any':
      return undefined;
  }
}

/** As Go prints a value with %#v. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goValue).join(', ')}}`;
  if (!isFields(value)) return value === null ? 'interface {}(nil)' : JSON.stringify(value);
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[string]interface {}{${pairs.map(([name, field]) => `${JSON.stringify(name)}:${goValue(field)}`).join(', ')}}`;
}
