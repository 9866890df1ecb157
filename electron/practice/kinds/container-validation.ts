// What is wrong with the containers of a pod: kubernetes, pkg/apis/core/validation/validation.go (validateContainers, validateInitContainers).
import type { FieldError } from '../api/api-error.ts';
import type { Container, ContainerPort } from '../objects.ts';
import { envErrors, envFromErrors } from './env-validation.ts';
import {
  duplicate,
  each,
  forbiddenField,
  inRange,
  invalidStruct,
  invalidValue,
  nameErrors,
  notFoundField,
  notSupported,
  portNameErrors,
  portNumber,
  required,
  when,
} from './field-errors.ts';
import { lifecycleErrors, livenessErrors, probeErrors } from './probe-validation.ts';
import { resourceErrors } from './resource-validation.ts';
import { relativePathErrors } from './volume-validation.ts';

type Volumes = ReadonlyMap<string, Readonly<Record<string, unknown>>>;
type Mount = NonNullable<Container['volumeMounts']>[number] & { subPathExpr?: string; mountPropagation?: string };

const POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const MAX_INT32 = 2_147_483_647;

export function validateContainers(containers: readonly Container[], field: string, volumes: Volumes, minor: number): FieldError[] {
  if (containers.length === 0) return [required(field)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    return [
      ...containerErrors(container, at, names, volumes, minor),
      // Only steps before the start may be told to run on.
      ...when(container.restartPolicy !== undefined && minor >= 29, () => forbiddenField(`${at}.restartPolicy`, 'may not be set for non-init containers')),
    ];
  });
  return [...errors, ...hostPortConflicts(containers, field)];
}

export function validateInitContainers(init: readonly Container[], containers: readonly Container[], volumes: Volumes, minor: number): FieldError[] {
  const names = new Set(containers.map(({ name }) => name));
  return init.flatMap((container, index) => {
    const at = `spec.initContainers[${index}]`;
    const sidecar = minor >= 29 && container.restartPolicy === 'Always';
    return [
      ...containerErrors(container, at, names, volumes, minor, sidecar ? 'sidecar' : 'init'),
      ...when(minor >= 29 && container.restartPolicy !== undefined && !sidecar, () =>
        notSupported(`${at}.restartPolicy`, container.restartPolicy, ['Always']),
      ),
      ...(sidecar ? [] : unwantedInInit(container, at, minor)),
      ...hostPortConflicts([container], 'spec.initContainers', index),
    ];
  });
}

/** An init container ends; nothing asks whether it lives. */
function unwantedInInit(container: Container, at: string, minor: number): FieldError[] {
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((field) => {
    if (!container[field]) return [];
    const words = minor >= 29 ? 'may not be set for init containers without restartPolicy=Always' : 'must not be set for init containers';
    // Before 1.29 the value was told too, as Go prints it.
    if (minor >= 29) return [forbiddenField(`${at}.${field}`, words)];
    return [invalidStruct(`${at}.${field}`, `core.${field === 'lifecycle' ? 'Lifecycle' : 'Probe'}{}`, words)];
  });
}

function containerErrors(
  container: Partial<Container>,
  at: string,
  names: Set<string>,
  volumes: Volumes,
  minor: number,
  place: 'main' | 'init' | 'sidecar' = 'main',
): FieldError[] {
  const { name = '', image = '', terminationMessagePolicy = '', imagePullPolicy = '' } = container;
  const again = names.has(name);
  names.add(name);
  return [
    ...(name === '' ? [required(`${at}.name`)] : nameErrors(`${at}.name`, name, 'label')),
    ...when(again && name !== '', () => duplicate(`${at}.name`, name)),
    ...when(image === '', () => required(`${at}.image`)),
    ...when(image.trim() !== image, () => invalidValue(`${at}.image`, image, 'must not have leading or trailing whitespace')),
    ...(place === 'init'
      ? []
      : [
          ...lifecycleErrors(container.lifecycle, `${at}.lifecycle`, minor),
          ...livenessErrors(container.livenessProbe, `${at}.livenessProbe`),
          ...probeErrors(container.readinessProbe, `${at}.readinessProbe`),
          ...livenessErrors(container.startupProbe, `${at}.startupProbe`),
        ]),
    ...when(terminationMessagePolicy !== 'File' && terminationMessagePolicy !== 'FallbackToLogsOnError', () =>
      invalidValue(`${at}.terminationMessagePolicy`, terminationMessagePolicy, "must be 'File' or 'FallbackToLogsOnError'"),
    ),
    ...portErrors(container.ports ?? [], `${at}.ports`),
    ...envErrors(container.env, `${at}.env`, minor),
    ...envFromErrors(container.envFrom, `${at}.envFrom`, minor),
    ...mountErrors(container, at, volumes),
    ...when(!POLICIES.includes(imagePullPolicy), () => notSupported(`${at}.imagePullPolicy`, imagePullPolicy, POLICIES)),
    ...resourceErrors(container.resources ?? {}, `${at}.resources`, minor),
    ...securityErrors(container, at),
  ];
}

function portErrors(ports: readonly ContainerPort[], field: string): FieldError[] {
  const names = new Set<string>();
  return each(ports, ({ name = '', containerPort, hostPort = 0, protocol = '' }, index) => {
    const at = `${field}[${index}]`;
    const faults = name ? portNameErrors(`${at}.name`, name) : [];
    const again = name !== '' && faults.length === 0 && names.has(name);
    names.add(name);
    return [
      ...faults,
      ...when(again, () => duplicate(`${at}.name`, name)),
      ...(containerPort ? portNumber(`${at}.containerPort`, containerPort) : [required(`${at}.containerPort`)]),
      ...(hostPort ? portNumber(`${at}.hostPort`, hostPort) : []),
      ...(protocol === '' ? [required(`${at}.protocol`)] : when(!PROTOCOLS.includes(protocol), () => notSupported(`${at}.protocol`, protocol, PROTOCOLS))),
    ];
  });
}

function hostPortConflicts(containers: readonly Container[], field: string, offset = 0): FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap(({ ports }, index) =>
    each<ContainerPort & { hostIP?: string }>(ports, ({ hostPort, hostIP = '', protocol }, at) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      const again = seen.has(key);
      seen.add(key);
      return when(again, () => duplicate(`${field}[${index + offset}].ports[${at}].hostPort`, key));
    }),
  );
}

function mountErrors({ volumeMounts }: Partial<Container>, at: string, volumes: Volumes): FieldError[] {
  const paths = new Set<string>();
  return each<Partial<Mount>>(volumeMounts, (mount, index) => {
    const { name = '', mountPath = '', subPath, subPathExpr, mountPropagation } = mount;
    const field = `${at}.volumeMounts[${index}]`;
    const again = paths.has(mountPath);
    paths.add(mountPath);
    return [
      ...when(name === '', () => required(`${field}.name`)),
      ...when(!volumes.has(name), () => notFoundField(`${field}.name`, name)),
      ...when(mountPath === '', () => required(`${field}.mountPath`)),
      ...when(again, () => invalidValue(`${field}.mountPath`, mountPath, 'must be unique')),
      // The API server leaves the index out in these three.
      ...(subPath ? relativePathErrors(`${at}.volumeMounts.subPath`, subPath) : []),
      ...when(Boolean(subPath && subPathExpr), () => invalidValue(`${field}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')),
      ...(subPathExpr ? relativePathErrors(`${at}.volumeMounts.subPathExpr`, subPathExpr) : []),
      ...when(Boolean(mountPropagation) && !PROPAGATIONS.includes(mountPropagation ?? ''), () =>
        notSupported(`${at}.volumeMounts.mountPropagation`, mountPropagation, PROPAGATIONS),
      ),
    ];
  });
}

function securityErrors({ securityContext }: Partial<Container>, at: string): FieldError[] {
  if (!securityContext) return [];
  const field = `${at}.securityContext`;
  const clash = securityContext['privileged'] === true && securityContext['allowPrivilegeEscalation'] === false;
  return [
    ...inRange(`${field}.runAsUser`, securityContext.runAsUser, 0, MAX_INT32),
    ...inRange(`${field}.runAsGroup`, securityContext['runAsGroup'] as number | undefined, 0, MAX_INT32),
    ...when(clash, () => invalidStruct(field, 'core.SecurityContext{}', 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')),
  ];
}
