// What is wrong with requests and limits: kubernetes, pkg/apis/core/validation/validation.go (ValidateResourceRequirements).
import type { FieldError } from '../api/api-error.ts';
import { labelKeyFault } from '../api/name-rules.ts';
import type { Container, Quantity } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { forbiddenField, invalidStruct, invalidValue, required, when } from './field-errors.ts';

type Resources = NonNullable<Container['resources']>;

/** Of a container, without a domain. */
const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage']);
const isHugePage = (name: string) => name.startsWith('hugepages-');
/** Names of quotas and nodes: standard, but not a container's. */
const ELSEWHERE = new Set(['storage', 'pods', 'services', 'secrets', 'configmaps', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas']);
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/');
/** What is not ours to share out twice (huge pages, devices) needs a limit. */
const mayOvercommit = (name: string) => isNative(name) && !isHugePage(name);

export function resourceErrors({ limits = {}, requests = {} }: Resources, field: string, minor: number): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, quantity] of Object.entries(limits)) errors.push(...oneResource(name, quantity, `${field}.limits[${name}]`));
  for (const [name, quantity] of Object.entries(requests)) {
    errors.push(...oneResource(name, quantity, `${field}.requests[${name}]`));
    errors.push(...compared(name, quantity, limits[name], field, minor));
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePage) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.push(forbiddenField(field, 'HugePages require cpu or memory'));
  }
  return errors;
}

function oneResource(name: string, quantity: Quantity, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const fault = labelKeyFault(name);
  if (fault) errors.push(invalidValue(field, name, fault));
  else if (!name.includes('/') && !STANDARD.has(name) && !ELSEWHERE.has(name) && !isHugePage(name)) {
    errors.push(invalidValue(field, name, 'must be a standard resource type or fully qualified'));
  }
  if (!name.includes('/') && !STANDARD.has(name) && !isHugePage(name)) errors.push(invalidValue(field, name, 'must be a standard resource for containers'));
  const value = parseQuantity(quantity) ?? 0;
  errors.push(...when(value < 0, () => invalidValue(field, String(quantity), 'must be greater than or equal to 0')));
  if (!isNative(name) && !Number.isInteger(value)) {
    const milli = Math.round(value * 1000);
    const text =
      `resource.Quantity{i:resource.int64Amount{value:${milli}, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, ` +
      `s:${JSON.stringify(String(quantity))}, Format:"DecimalSI"}`;
    errors.push(invalidStruct(field, text, 'must be an integer'));
  }
  return errors;
}

function compared(name: string, request: Quantity, limit: Quantity | undefined, field: string, minor: number): FieldError[] {
  if (limit === undefined) return when(!mayOvercommit(name), () => required(`${field}.limits`, 'Limit must be set for non overcommitable resources'));
  const asked = parseQuantity(request) ?? 0;
  const most = parseQuantity(limit) ?? 0;
  // The limit itself is told since 1.27.
  const of = minor >= 27 ? ` of ${limit}` : '';
  if (!mayOvercommit(name) && asked !== most) return [invalidValue(`${field}.requests`, String(request), `must be equal to ${name} limit${of}`)];
  return when(asked > most, () => invalidValue(`${field}.requests`, String(request), `must be less than or equal to ${name} limit${of}`));
}
