// What is wrong with where a pod wants to go: tolerations, node affinity, spreading, gates (kubernetes, pkg/apis/core/validation/validation.go).
import type { FieldError } from '../api/api-error.ts';
import { labelKeyFault, labelValueFault } from '../api/name-rules.ts';
import type { PodSpec, Toleration } from '../objects.ts';
import { each, forbiddenField, invalidStruct, invalidValue, notSupported, required, when } from './field-errors.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const tolerationErrors = (tolerations: readonly Toleration[]): FieldError[] =>
  each(tolerations, (toleration, index) => oneToleration(toleration, `spec.tolerations[${index}]`));

function oneToleration(toleration: Toleration, field: string): FieldError[] {
  const { key = '', value = '', effect = '', tolerationSeconds } = toleration;
  const operator: string = toleration.operator ?? '';
  const errors: FieldError[] = [];
  const keyFault = key ? labelKeyFault(key) : undefined;
  if (keyFault) errors.push(invalidValue(`${field}.key`, key, keyFault));
  if (key === '' && operator !== 'Exists') {
    const words = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalidValue(`${field}.operator`, operator, words));
  }
  if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute') {
    errors.push(invalidValue(`${field}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  switch (operator) {
    case '':
    case 'Equal': {
      const fault = labelValueFault(value);
      if (fault) errors.push(invalidValue(`${field}.operator`, value, fault));
      break;
    }
    case 'Exists':
      if (value) errors.push(invalidStruct(`${field}.operator`, goToleration({ ...toleration, operator }), "value must be empty when `operator` is 'Exists'"));
      break;
    default:
      errors.push(notSupported(`${field}.operator`, operator, ['Equal', 'Exists']));
  }
  if (effect && !EFFECTS.includes(effect)) errors.push(notSupported(`${field}.effect`, effect, EFFECTS));
  return errors;
}

const goToleration = ({ key = '', operator, value = '', effect = '' }: Omit<Toleration, 'operator'> & { operator: string }) =>
  `core.Toleration{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Value:${JSON.stringify(value)}, Effect:${JSON.stringify(effect)}, ` +
  'TolerationSeconds:(*int64)(nil)}';

interface Requirement {
  key?: string;
  operator?: string;
  values?: string[];
}
interface Term {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

export function affinityErrors(affinity: Readonly<Record<string, unknown>> | undefined): FieldError[] {
  const required_ = affinity?.['requiredDuringSchedulingIgnoredDuringExecution'] as { nodeSelectorTerms?: Term[] } | undefined;
  const preferred = affinity?.['preferredDuringSchedulingIgnoredDuringExecution'] as { weight?: number; preference?: Term }[] | undefined;
  const base = 'spec.affinity.nodeAffinity';
  const terms = `${base}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  return [
    ...when(required_ !== undefined && !required_.nodeSelectorTerms?.length, () => required(terms, 'must have at least one node selector term')),
    ...each(required_?.nodeSelectorTerms, (term, index) => termErrors(term, `${terms}[${index}]`)),
    ...each(preferred, ({ weight = 0, preference = {} }, index) => {
      const field = `${base}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      return [
        ...when(weight <= 0 || weight > 100, () => invalidValue(`${field}.weight`, weight, 'must be in the range 1-100')),
        ...termErrors(preference, `${field}.preference`),
      ];
    }),
  ];
}

const termErrors = (term: Term, field: string): FieldError[] =>
  each(term.matchExpressions, (requirement, index) => requirementErrors(requirement, `${field}.matchExpressions[${index}]`));

function requirementErrors({ key = '', operator = '', values = [] }: Requirement, field: string): FieldError[] {
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.push(forbiddenField(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) errors.push(required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  const fault = labelKeyFault(key);
  if (fault) errors.push(invalidValue(`${field}.key`, key, fault));
  return errors;
}

interface Spread {
  maxSkew?: number;
  topologyKey?: string;
  whenUnsatisfiable?: string;
}

export const spreadErrors = (constraints: readonly Spread[] | undefined): FieldError[] =>
  each(constraints, ({ maxSkew = 0, topologyKey = '', whenUnsatisfiable = '' }, index) => {
    const field = `spec.topologySpreadConstraints[${index}]`;
    const actions = ['DoNotSchedule', 'ScheduleAnyway'];
    return [
      ...when(maxSkew <= 0, () => invalidValue(`${field}.maxSkew`, maxSkew, 'must be greater than zero')),
      ...when(topologyKey === '', () => required(`${field}.topologyKey`, 'can not be empty')),
      ...when(!actions.includes(whenUnsatisfiable), () => notSupported(`${field}.whenUnsatisfiable`, whenUnsatisfiable, actions)),
    ];
  });

export const gateErrors = ({ schedulingGates }: PodSpec): FieldError[] =>
  each(schedulingGates, ({ name }, index) => {
    const fault = labelKeyFault(name);
    return when(fault !== undefined, () => invalidValue(`spec.schedulingGates[${index}]`, name, fault ?? ''));
  });
