// What the server asks of fields together: a random pod is led back to those rules, so that nearly all that are made are accepted.
import { named } from './field-values.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- a pod of any shape, whose fields are all looked at somewhere
type Any = any;
export interface PodShape {
  readonly metadata: Record<string, unknown>;
  readonly spec: Record<string, Any>;
}

/** The pod with as little changed as the rules ask. Its lists have unique keys, as server-side apply wants them. */
export function kept({ metadata, spec: made }: PodShape): PodShape {
  const spec: Record<string, Any> = structuredClone(made);
  const volumes = unique<Any>(spec.volumes ?? [], ({ name }) => name);
  if (spec.volumes) spec.volumes = volumes;
  for (const volume of volumes) keepVolume(volume);
  const all = unique<Any>([...spec.containers, ...(spec.initContainers ?? [])], ({ name }) => name);
  spec.containers = all.filter((each) => spec.containers.includes(each));
  if (spec.initContainers) spec.initContainers = all.filter((each) => spec.initContainers.includes(each));
  for (const container of all) keepContainer(container, volumes, spec);
  for (const init of spec.initContainers ?? []) for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) delete init[field];

  if (spec.dnsPolicy === 'None') spec.dnsConfig = { nameservers: ['10.0.0.1'], ...spec.dnsConfig };
  if (spec.hostPID) delete spec.shareProcessNamespace;
  if (spec.serviceAccount && spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  if (spec.priorityClassName) {
    delete spec.preemptionPolicy;
    if (spec.priority !== undefined) spec.priority = named.priority;
  } else if (spec.preemptionPolicy) spec.preemptionPolicy = 'PreemptLowerPriority';
  if (spec.runtimeClassName !== named.runtimeClass) delete spec.overhead;
  seccomp(spec.securityContext);
  spec.tolerations?.forEach((toleration: Any) => {
    if (!toleration.key) toleration.operator = 'Exists';
    if (toleration.operator === 'Exists') delete toleration.value;
    if (toleration.tolerationSeconds !== undefined) toleration.effect = 'NoExecute';
  });
  if (spec.topologySpreadConstraints) spec.topologySpreadConstraints = unique<Any>(spec.topologySpreadConstraints, (each) => `${each.topologyKey} ${each.whenUnsatisfiable}`);
  eachRequirement(spec);
  return { metadata, spec };
}

/** The pod with the first item of some lists twice under one key, which the server allows (but by server-side apply). */
export function doubled({ metadata, spec: made }: PodShape): PodShape {
  const spec: Record<string, Any> = structuredClone(made);
  for (const list of [spec.hostAliases, spec.imagePullSecrets]) list?.push(list[0]);
  for (const { env, ports } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    env?.push({ name: env[0].name, value: 'again' });
    if (!spec.hostNetwork) ports?.push({ containerPort: ports[0].containerPort, protocol: ports[0].protocol ?? 'TCP', name: 'again' });
  }
  return { metadata, spec };
}

function keepVolume(volume: Any): void {
  const { azureDisk, fc, iscsi, downwardAPI, projected, scaleIO } = volume;
  if (azureDisk?.kind === 'Managed') azureDisk.diskURI = '/subscriptions/a/b';
  if (fc?.wwids) {
    delete fc.targetWWNs;
    delete fc.lun;
  } else if (fc) Object.assign(fc, { lun: 0, targetWWNs: ['a'], ...fc });
  if (iscsi && (iscsi.chapAuthDiscovery || iscsi.chapAuthSession)) iscsi.secretRef = { name: 'a', ...iscsi.secretRef };
  if (scaleIO) Object.assign(scaleIO, { volumeName: 'a', ...scaleIO, secretRef: { name: 'a', ...scaleIO.secretRef } });
  const files = [downwardAPI, ...(projected?.sources ?? []).map((source: Any) => source.downwardAPI)].flatMap((each) => each?.items ?? []);
  for (const { resourceFieldRef } of files) if (resourceFieldRef) resourceFieldRef.containerName ??= 'a';
  // No two files of one volume at the same place.
  const items = [downwardAPI?.items, volume.configMap?.items, volume.secret?.items, ...(projected?.sources ?? []).map((source: Any) => Object.values<Any>(source)[0]?.items)];
  items.flatMap((list) => list ?? []).forEach((item: Any, at: number) => (item.path = `${item.path}-${at}`));
  projected?.sources?.forEach(({ serviceAccountToken }: Any, at: number) => serviceAccountToken && (serviceAccountToken.path = `token-${at}`));
}

function keepContainer(container: Any, volumes: readonly Any[], spec: Any): void {
  if (container.env) container.env = unique<Any>(container.env, ({ name }) => name);
  if (container.ports) {
    container.ports = unique<Any>(unique<Any>(container.ports, ({ name, containerPort }) => name ?? containerPort), ({ containerPort, protocol = 'TCP' }) => `${containerPort} ${protocol}`);
    for (const port of container.ports) if (spec.hostNetwork && port.hostPort) port.hostPort = port.containerPort;
  }
  const claims = volumes.filter(({ persistentVolumeClaim }) => persistentVolumeClaim);
  const [claim] = claims;
  if (container.volumeDevices) {
    container.volumeDevices = unique<Any>(container.volumeDevices, ({ devicePath }) => devicePath).slice(0, 1).map((device) => ({ ...device, name: claim?.name }));
    if (!claim) delete container.volumeDevices;
  }
  const mountable = volumes.filter((volume) => !container.volumeDevices || volume !== claim);
  const privileged = container.securityContext?.privileged === true;
  if (container.volumeMounts) {
    container.volumeMounts = unique<Any>(container.volumeMounts, ({ mountPath }) => mountPath).map((mount, at) => ({ ...mount, name: mountable.at(at % (mountable.length || 1))?.name }));
    if (mountable.length === 0) delete container.volumeMounts;
    for (const mount of container.volumeMounts ?? []) {
      if (mount.subPath) delete mount.subPathExpr;
      if (mount.mountPropagation === 'Bidirectional' && !privileged) mount.mountPropagation = 'None';
    }
  }
  const devicePaths = (container.volumeDevices ?? []).map(({ devicePath }: Any) => devicePath);
  if (container.volumeMounts) container.volumeMounts = container.volumeMounts.filter(({ mountPath }: Any) => !devicePaths.includes(mountPath));
  if (privileged) delete container.securityContext.allowPrivilegeEscalation;
  seccomp(container.securityContext);
  for (const probe of [container.livenessProbe, container.startupProbe]) if (probe) probe.successThreshold = 1;
}

function seccomp(context: Any): void {
  const profile = context?.seccompProfile;
  if (!profile) return;
  if (profile.type === 'Localhost') profile.localhostProfile ??= 'a/b';
  else delete profile.localhostProfile;
}

/** In and NotIn have values, Gt and Lt one number, Exists and DoesNotExist none. */
function eachRequirement(value: Any): void {
  if (typeof value !== 'object' || value === null) return;
  for (const each of Object.values(value)) eachRequirement(each);
  if (!('operator' in value)) return;
  if (String(value.operator).endsWith('In')) value.values ??= ['a'];
  else if (/^(Gt|Lt)$/.test(value.operator)) value.values = ['7'];
  else delete value.values;
}

function unique<Item>(items: readonly Item[], key: (item: Item) => unknown): Item[] {
  const seen = new Set<unknown>();
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}
