// What the API server fills into a pod when it decodes one: kubernetes, pkg/apis/core/v1/defaults.go and zz_generated.defaults.go.
import type { Container, Pod, PodSpec, Probe, Quantity } from '../objects.ts';
import { canonicalQuantity } from './canonical-quantity.ts';
import { imagePolicy } from './image-policy.ts';

const MODE = 420;
type Json = Record<string, unknown>;

/** Changes the pod given. */
export function setPodDefaults(pod: Pod, minor: number): void {
  // Decoding allows a pod without a spec; validation refuses it.
  pod.spec ??= { containers: [] };
  pod.status ??= {};
  const { spec } = pod;
  spec.containers ??= [];
  dropUnknownToVersion(spec, minor);
  const all = [...(spec.initContainers ?? []), ...spec.containers];
  for (const container of [...all, ...(spec.ephemeralContainers ?? [])]) setContainerDefaults(container);
  for (const container of all) requestsFromLimits(container);
  if (spec.hostNetwork) for (const container of all) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
  setSpecDefaults(spec, minor);
}

function setSpecDefaults(spec: PodSpec, minor: number): void {
  const fill = (field: string, value: unknown) => {
    if (spec[field] === undefined || spec[field] === null || spec[field] === '') spec[field] = value;
  };
  fill('restartPolicy', 'Always');
  fill('terminationGracePeriodSeconds', 30);
  // Negative ones count as one second: since 1.22.
  if (minor >= 22 && (spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
  fill('dnsPolicy', 'ClusterFirst');
  fill('securityContext', {});
  fill('schedulerName', 'default-scheduler');
  fill('enableServiceLinks', true);
  // Two names of one field; the old one follows.
  spec.serviceAccountName ||= spec.serviceAccount ?? '';
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else {
    delete spec.serviceAccountName;
    delete spec.serviceAccount;
  }
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) if (spec[field] === false) delete spec[field];
}

/** Fields whose feature is off in this version are dropped in silence. */
function dropUnknownToVersion(spec: PodSpec, minor: number): void {
  // Scheduling gates are on since 1.27, sidecars since 1.29, ephemeral containers since 1.23.
  if (minor < 27) delete spec.schedulingGates;
  if (minor < 29) for (const container of [...(spec.initContainers ?? []), ...spec.containers]) delete container.restartPolicy;
  if (minor < 23) delete spec.ephemeralContainers;
}

function setContainerDefaults(container: Container): void {
  container.imagePullPolicy ||= imagePolicy(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  const { resources } = container;
  for (const list of ['limits', 'requests'] as const) {
    const quantities = resources[list];
    if (!quantities) continue;
    resources[list] = canonical(quantities);
  }
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) setProbeDefaults(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) setHttpDefaults(handler?.httpGet);
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ||= '0';
  }
  for (const field of ['stdin', 'stdinOnce', 'tty'] as const) if (container[field] === false) delete container[field];
  for (const mount of container.volumeMounts ?? []) if (mount.readOnly === false) delete mount.readOnly;
}

const canonical = (quantities: Readonly<Record<string, Quantity>>): Record<string, Quantity> =>
  Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, canonicalQuantity(quantity)]));

function setProbeDefaults(probe: Probe): void {
  setHttpDefaults(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.initialDelaySeconds === 0) delete probe.initialDelaySeconds;
}

function setHttpDefaults(get: Probe['httpGet']): void {
  if (!get) return;
  get.path ||= '/';
  get.scheme ||= 'HTTP';
}

/** A limit without a request is the request too. */
function requestsFromLimits({ resources }: Container): void {
  if (!resources?.limits) return;
  resources.requests = { ...resources.limits, ...resources.requests };
}

function setVolumeDefaults(volume: { name: string } & Json): void {
  const of = (field: string) => volume[field] as Json | null | undefined;
  for (const field of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const source = of(field);
    if (source) source['defaultMode'] ??= MODE;
  }
  const items = (list: unknown) => {
    for (const item of (list as { fieldRef?: { apiVersion?: string }; resourceFieldRef?: { divisor?: Quantity } }[] | undefined) ?? []) {
      if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1';
      if (item.resourceFieldRef) item.resourceFieldRef.divisor ||= '0';
    }
  };
  items(of('downwardAPI')?.['items']);
  for (const source of (of('projected')?.['sources'] as Json[] | undefined) ?? []) {
    const token = source['serviceAccountToken'] as { expirationSeconds?: number } | undefined;
    if (token) token.expirationSeconds ??= 3600;
    items((source['downwardAPI'] as Json | undefined)?.['items']);
  }
  const hostPath = of('hostPath');
  if (hostPath) hostPath['type'] ??= '';
  const image = of('image') as { reference?: string; pullPolicy?: string } | undefined;
  if (image) image.pullPolicy ||= imagePolicy(image.reference ?? '');
  if (Object.entries(volume).every(([field, value]) => field === 'name' || value === undefined || value === null)) volume['emptyDir'] = {};
}
