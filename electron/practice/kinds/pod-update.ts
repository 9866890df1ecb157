// What an update may change in a pod: kubernetes, pkg/apis/core/validation/validation.go (ValidatePodUpdate).
import type { FieldError } from '../api/api-error.ts';
import type { Container, Pod, PodSpec, Toleration } from '../objects.ts';
import { forbiddenField, inRange, invalidValue } from './field-errors.ts';
import { specDifference } from './pod-difference.ts';

const MAX_INT32 = 2_147_483_647;

/** The list of what may change, as each version writes it. */
function mayChange(minor: number): string {
  const negative = '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  const tolerations = '`spec.tolerations` (only additions to existing tolerations)';
  if (minor >= 25) return `\`spec.containers[*].image\`,\`spec.initContainers[*].image\`,\`spec.activeDeadlineSeconds\`,${tolerations},${negative}`;
  if (minor >= 22) return `\`spec.containers[*].image\`, \`spec.initContainers[*].image\`, \`spec.activeDeadlineSeconds\`, ${tolerations} or ${negative}`;
  return `\`spec.containers[*].image\`, \`spec.initContainers[*].image\`, \`spec.activeDeadlineSeconds\` or ${tolerations}`;
}

export function validatePodUpdate(pod: Pod, old: Pod, minor: number): FieldError[] {
  const { spec } = pod;
  for (const list of ['containers', 'initContainers'] as const) {
    if ((spec[list] ?? []).length !== (old.spec[list] ?? []).length) return [forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
  }
  const errors = [...deadlineErrors(spec, old.spec), ...tolerationErrors(spec.tolerations ?? [], old.spec.tolerations ?? [])];
  if (minor >= 27) errors.push(...gateErrors(spec, old.spec));
  if (errors.length > 0) return errors;
  const munged = withAllowedOf(spec, old.spec, minor);
  // Before 1.22 the new one came first.
  const difference = minor >= 22 ? specDifference(old.spec, munged) : specDifference(munged, old.spec);
  if (difference === '') return [];
  return [forbiddenField('spec', `pod updates may not change fields other than ${mayChange(minor)}\n${difference}`)];
}

function deadlineErrors({ activeDeadlineSeconds: now }: PodSpec, { activeDeadlineSeconds: before }: PodSpec): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (now !== undefined && now !== null) {
    const range = inRange(field, now, 0, MAX_INT32);
    if (range.length > 0) return range;
    return before !== undefined && before !== null && now > before ? [invalidValue(field, now, 'must be less than or equal to previous value')] : [];
  }
  return before === undefined || before === null ? [] : [invalidValue(field, now, 'must not update from a positive integer to nil value')];
}

/** Only the seconds of a toleration may change, and others be added. */
function tolerationErrors(now: readonly Toleration[], before: readonly Toleration[]): FieldError[] {
  const same = (a: Toleration, b: Toleration) => a.key === b.key && a.operator === b.operator && a.value === b.value && a.effect === b.effect;
  if (before.every((toleration) => now.some((other) => same(toleration, other)))) return [];
  return [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function gateErrors({ schedulingGates: now = [] }: PodSpec, { schedulingGates: before = [] }: PodSpec): FieldError[] {
  const added = now.find(({ name }) => !before.some((gate) => gate.name === name));
  if (!added) return [];
  const index = now.indexOf(added);
  return [forbiddenField(`spec.schedulingGates[${index}].name`, `only deletion is allowed, but found new scheduling gate '${added.name}'`)];
}

/** The new spec with what may change as it was before. */
function withAllowedOf(spec: PodSpec, old: PodSpec, minor: number): PodSpec {
  const images = (now: readonly Container[] | undefined, before: readonly Container[] | undefined) =>
    now?.map((container, index) => ({ ...container, image: before?.[index]?.image ?? '' }));
  const initContainers = images(spec.initContainers, old.initContainers);
  const result: PodSpec = { ...spec, containers: images(spec.containers, old.containers) ?? [], ...(initContainers ? { initContainers } : {}) };
  for (const field of ['activeDeadlineSeconds', 'tolerations'] as const) {
    if (old[field] === undefined) delete result[field];
    else result[field] = old[field] as never;
  }
  if (minor >= 27) {
    if (old.schedulingGates) result.schedulingGates = old.schedulingGates;
    else delete result.schedulingGates;
    // A gated pod may be narrowed to fewer nodes.
    if (old.schedulingGates?.length) {
      if (old.nodeSelector) result.nodeSelector = old.nodeSelector;
      else delete result.nodeSelector;
    }
  }
  if (minor >= 22 && (old.terminationGracePeriodSeconds ?? 0) < 0) result.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds as number;
  return result;
}
