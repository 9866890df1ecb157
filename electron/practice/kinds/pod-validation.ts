// What is wrong with a pod: kubernetes, pkg/apis/core/validation/validation.go (ValidatePodCreate, ValidatePodSpec), in its order and words.
import type { FieldError } from '../api/api-error.ts';
import { labelKeyFault, labelValueFault } from '../api/name-rules.ts';
import type { Container, Pod, PodSpec } from '../objects.ts';
import { validateContainers, validateInitContainers } from './container-validation.ts';
import { duplicate, each, forbiddenField, inRange, invalidValue, nameErrors, notSupported, required, when } from './field-errors.ts';
import { affinityErrors, gateErrors, spreadErrors, tolerationErrors } from './scheduling-validation.ts';
import { isIp } from './service-addresses.ts';
import { validateVolumes } from './volume-validation.ts';

const MAX_INT32 = 2_147_483_647;
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

export function validatePod({ spec }: Pod, minor: number): FieldError[] {
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  return [
    ...validateVolumes(spec.volumes ?? [], minor),
    ...validateContainers(spec.containers, 'spec.containers', volumes, minor),
    ...validateInitContainers(spec.initContainers ?? [], spec.containers, volumes, minor),
    ...restartErrors(spec.restartPolicy ?? ''),
    ...dnsErrors(spec, minor),
    ...selectorErrors(spec.nodeSelector ?? {}),
    ...securityErrors(spec),
    ...affinityErrors(spec.affinity?.nodeAffinity),
    ...each(spec['readinessGates'] as { conditionType?: string }[] | undefined, ({ conditionType = '' }, index) => {
      const fault = labelKeyFault(conditionType);
      return when(fault !== undefined, () => invalidValue(`spec.readinessGates[${index}].conditionType`, conditionType, fault ?? ''));
    }),
    ...spreadErrors(spec['topologySpreadConstraints'] as never),
    ...gateErrors(spec),
    ...(spec.serviceAccountName ? nameErrors('spec.serviceAccountName', spec.serviceAccountName, 'subdomain') : []),
    ...(spec.nodeName ? nameErrors('spec.nodeName', spec.nodeName, 'subdomain') : []),
    ...(spec.activeDeadlineSeconds === undefined || spec.activeDeadlineSeconds === null
      ? []
      : inRange('spec.activeDeadlineSeconds', spec.activeDeadlineSeconds, 1, MAX_INT32)),
    ...(spec.hostname ? nameErrors('spec.hostname', spec.hostname, 'label') : []),
    ...(spec['subdomain'] ? nameErrors('spec.subdomain', spec['subdomain'] as string, 'label') : []),
    ...tolerationErrors(spec.tolerations ?? []),
    ...aliasErrors(spec),
    ...ephemeralErrors(spec),
  ];
}

const restartErrors = (policy: string): FieldError[] => {
  if (policy === '') return [required('spec.restartPolicy')];
  return when(!RESTART_POLICIES.includes(policy), () => notSupported('spec.restartPolicy', policy, RESTART_POLICIES));
};

function dnsErrors(spec: PodSpec, minor: number): FieldError[] {
  const policy = (spec['dnsPolicy'] as string | undefined) ?? '';
  // Sorted since 1.27.
  const first = minor >= 27 ? ['ClusterFirst', 'ClusterFirstWithHostNet'] : ['ClusterFirstWithHostNet', 'ClusterFirst'];
  const policies = [...first, 'Default', 'None'];
  const config = spec['dnsConfig'] as { nameservers?: string[] } | undefined;
  const none = (): FieldError[] => {
    if (!config) return [required('spec.dnsConfig', 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (config.nameservers?.length) return [];
    return [required('spec.dnsConfig.nameservers', 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  };
  return [...when(!policies.includes(policy), () => notSupported('spec.dnsPolicy', policy, policies)), ...(policy === 'None' ? none() : [])];
}

function selectorErrors(selector: Readonly<Record<string, string>>): FieldError[] {
  return Object.entries(selector).flatMap(([key, value]) =>
    [[key, labelKeyFault(key)] as const, [value, labelValueFault(value)] as const].flatMap(([text, fault]) =>
      when(fault !== undefined, () => invalidValue('spec.nodeSelector', text, fault ?? '')),
    ),
  );
}

/** Of the pod; what is of the host's network has to name the host's ports. */
function securityErrors(spec: PodSpec): FieldError[] {
  const context = (spec['securityContext'] ?? {}) as { fsGroup?: number; runAsUser?: number; runAsGroup?: number; supplementalGroups?: number[] };
  const id = (field: string, value: number | undefined) => inRange(`spec.securityContext.${field}`, value, 0, MAX_INT32);
  return [
    ...(spec.hostNetwork ? [...hostPortErrors(spec.containers, 'spec.containers'), ...hostPortErrors(spec.initContainers ?? [], 'spec.initContainers')] : []),
    ...id('fsGroup', context.fsGroup),
    ...id('runAsUser', context.runAsUser),
    ...id('runAsGroup', context.runAsGroup),
    ...each(context.supplementalGroups, (group, index) => id(`supplementalGroups[${index}]`, group)),
    ...when(spec['shareProcessNamespace'] === true && spec['hostPID'] === true, () =>
      invalidValue('spec.securityContext.shareProcessNamespace', true, 'ShareProcessNamespace and HostPID cannot both be enabled'),
    ),
  ];
}

const hostPortErrors = (containers: readonly Container[], field: string): FieldError[] =>
  containers.flatMap(({ ports }, index) =>
    each(ports, ({ hostPort, containerPort }, at) =>
      when(hostPort !== containerPort, () =>
        invalidValue(`${field}[${index}].ports[${at}].containerPort`, containerPort, 'must match `hostPort` when `hostNetwork` is true'),
      ),
    ),
  );

const aliasErrors = (spec: PodSpec): FieldError[] =>
  each(spec['hostAliases'] as { ip?: string; hostnames?: string[] }[] | undefined, ({ ip = '', hostnames = [] }) => [
    ...when(!isIp(ip), () => invalidValue('spec.hostAliases.ip', ip, 'must be valid IP address')),
    ...hostnames.flatMap((hostname) => nameErrors('spec.hostAliases.hostnames', hostname, 'subdomain')),
  ]);

/** Later additions, through a subresource of their own. */
function ephemeralErrors({ ephemeralContainers = [], containers, initContainers = [] }: PodSpec): FieldError[] {
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  return each<Partial<Container>>(ephemeralContainers, ({ name = '', image = '' }, index) => {
    const at = `spec.ephemeralContainers[${index}]`;
    const again = names.has(name);
    names.add(name);
    return [
      ...(name === '' ? [required(`${at}.name`)] : nameErrors(`${at}.name`, name, 'label')),
      ...when(again && name !== '', () => duplicate(`${at}.name`, name)),
      ...when(image === '', () => required(`${at}.image`)),
    ];
  });
}

/** What may not be in a pod that is new. */
export const createErrors = ({ spec }: Pod): FieldError[] => [
  ...when((spec.ephemeralContainers ?? []).length > 0, () => forbiddenField('spec.ephemeralContainers', 'cannot be set on create')),
  ...when((spec.schedulingGates ?? []).length > 0 && Boolean(spec.nodeName), () =>
    forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'),
  ),
  ...repeatedGates(spec),
];

function repeatedGates({ schedulingGates = [] }: PodSpec): FieldError[] {
  return schedulingGates.flatMap(({ name }, index) =>
    when(schedulingGates.findIndex((gate) => gate.name === name) < index, () => duplicate(`spec.schedulingGates[${index}]`, name)),
  );
}
