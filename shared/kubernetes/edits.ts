// Edits of an object: single fields that get a value or go, as the fixes of a diagnosis name them.
import type { Edit, PathStep } from '../contract/findings.ts';
import { isRecord, podSpecPath } from './containers.ts';

/** What an edit names is not there, and it cannot be made either. */
export class MissingPlace extends RangeError {
  override readonly name = 'MissingPlace';
  readonly path: string;
  constructor(path: readonly PathStep[]) {
    super(`there is no ${pathText(path)} to change`);
    this.path = pathText(path);
  }
}

/** A container of that name is the pod's own or none: out of a name alone none can be made. */
const NEVER_MADE: ReadonlySet<PathStep | undefined> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/**
 * The object with the edits, in their order; the given one stays as it is, and where they change nothing it is given back. Missing parents are made, and
 * elements of a list with the name that is asked for, but for containers; what is removed and not there is no change.
 * @throws MissingPlace for an index beyond the list's end, a container that is not there, and a step into something that has no parts
 */
export function withEdits<Value extends object>(object: Value, edits: readonly Edit[]): Value {
  return edits.reduce<Value>((now, edit) => edited(now, edit, 0) as Value, object);
}

function edited(at: unknown, edit: Edit, depth: number): unknown {
  const { path } = edit;
  const step = path[depth];
  if (step === undefined) return isSame(at, edit.value) ? at : edit.value;
  const before = childOf(at, edit, depth);
  const removes = edit.value === undefined;
  if (before === undefined && removes) return at;
  const isLast = depth === path.length - 1;
  if (isLast && removes) return without(at, step);
  const after = named(edited(before, edit, depth + 1), step, edit, depth);
  return after === before ? at : withChild(at, step, after);
}

/** What stands at this step; undefined where nothing does. */
function childOf(at: unknown, edit: Edit, depth: number): unknown {
  const { path } = edit;
  const step = path[depth]!;
  const missing = () => new MissingPlace(path.slice(0, depth + 1));
  // Absent, or an empty list that a Go server writes as null.
  if (at === undefined || at === null) {
    if (edit.value !== undefined && (step === 0 || typeof step === 'string' || typeof step === 'object') && !isUnmade(path, depth)) return undefined;
    if (edit.value === undefined) return undefined;
    throw missing();
  }
  if (typeof step === 'string') {
    if (!isRecord(at)) throw missing();
    return Object.hasOwn(at, step) ? at[step] : undefined;
  }
  if (!Array.isArray(at)) throw missing();
  const found: unknown = at[indexOf(at, step)];
  if (found === undefined && edit.value !== undefined && (isUnmade(path, depth) || (typeof step === 'number' && step !== at.length))) throw missing();
  return found;
}

const isUnmade = (path: readonly PathStep[], depth: number) => typeof path[depth] === 'object' && NEVER_MADE.has(path[depth - 1]);

const indexOf = (list: readonly unknown[], step: PathStep): number =>
  typeof step === 'number' ? step : list.findIndex((each) => isRecord(each) && typeof step === 'object' && each['name'] === step.name);

/** An element that is picked by its name has it. */
function named(value: unknown, step: PathStep, edit: Edit, depth: number): unknown {
  if (typeof step !== 'object') return value;
  if (!isRecord(value)) throw new MissingPlace(edit.path.slice(0, depth + 1));
  return value['name'] === step.name ? value : { name: step.name, ...value };
}

function withChild(at: unknown, step: PathStep, child: unknown): unknown {
  if (typeof step === 'string') return { ...(isRecord(at) ? at : {}), [step]: child };
  const list: readonly unknown[] = Array.isArray(at) ? at : [];
  const index = indexOf(list, step);
  return index >= 0 && index < list.length ? list.with(index, child) : [...list, child];
}

function without(at: unknown, step: PathStep): unknown {
  if (typeof step === 'string') return Object.fromEntries(Object.entries(at as object).filter(([key]) => key !== step));
  const list = at as readonly unknown[];
  return list.toSpliced(indexOf(list, step), 1);
}

/** Whatever the order of the fields. */
function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((each, index) => isSame(each, other[index]));
  if (!isRecord(one) || !isRecord(other)) return one === other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]));
}

/** What stands at a path; undefined where there is no such place. */
export function valueAt(object: unknown, path: readonly PathStep[]): unknown {
  return path.reduce<unknown>((at, step) => {
    if (typeof step === 'string') return isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    return Array.isArray(at) ? (at[indexOf(at, step)] as unknown) : undefined;
  }, object);
}

/** The edits of a pod as edits of a workload's template. */
export function inTemplate(kind: string | undefined, edits: readonly Edit[]): Edit[] {
  const above = podSpecPath(kind).slice(0, -1);
  return edits.map((edit) => ({ ...edit, path: [...above, ...edit.path] }));
}

/**
 * The first place that an edit names by an index and at which the template has something else than the pod: then the index is of the pod alone (a webhook
 * may have put something before it), and the edit would change another thing.
 */
export function elsewhereInTemplate(pod: object, workload: { readonly kind?: string | undefined }, edits: readonly Edit[]): string | undefined {
  for (const { path } of edits) {
    const [inOwner] = inTemplate(workload.kind, [{ path }]);
    const above = (inOwner?.path.length ?? 0) - path.length;
    for (const [depth, step] of path.entries()) {
      if (typeof step !== 'number') continue;
      const [own, theirs] = [valueAt(pod, path.slice(0, depth + 1)), valueAt(workload, inOwner!.path.slice(0, above + depth + 1))];
      if (!isSame(own, theirs)) return pathText(path.slice(0, depth + 1));
    }
  }
  return undefined;
}

/** As a person reads it: `spec.containers[app].resources.limits.memory`. */
export function pathText(path: readonly PathStep[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'object') return `${text}[${step.name}]`;
    if (typeof step === 'number') return `${text}[${step}]`;
    return /^[\w-]+$/.test(step) ? `${text}${text === '' ? '' : '.'}${step}` : `${text}["${step}"]`;
  }, '');
}
