// Services: defaults, the addresses they are given, columns. kubernetes, pkg/apis/core/v1/defaults.go, pkg/registry/core/service and
// pkg/printers/internalversion/printers.go (printService).
import type { FieldError } from '../api/api-error.ts';
import { invalid } from '../api/api-error.ts';
import type { KubeObject, Service } from '../objects.ts';
import { ageColumn, ageOf, column, labelsText, nameColumn, nameOf, wideColumn } from './columns.ts';
import { invalidStruct, invalidValue, when } from './field-errors.ts';
import type { Kind, KindContext } from './kind.ts';
import { clusterIpFault, freeClusterIp, freeNodePort, isIp, nodePortFault } from './service-addresses.ts';
import { validateService } from './service-validation.ts';

const hasNodePorts = ({ spec }: Service) => spec.type === 'NodePort' || spec.type === 'LoadBalancer';

function setDefaults(service: Service, minor: number): void {
  service.spec ??= {};
  const { spec } = service;
  spec['sessionAffinity'] ||= 'None';
  if (spec['sessionAffinity'] === 'ClientIP') spec['sessionAffinityConfig'] ??= { clientIP: { timeoutSeconds: 10_800 } };
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.targetPort ||= port.port;
    if (port.nodePort === 0) delete port.nodePort;
  }
  if (hasNodePorts(service)) spec['externalTrafficPolicy'] ||= 'Cluster';
  // ServiceInternalTrafficPolicy and ServiceLBNodePortControl are on since 1.22.
  if (minor >= 22 && spec.type !== 'ExternalName') spec['internalTrafficPolicy'] ||= 'Cluster';
  if (minor >= 22 && spec.type === 'LoadBalancer') spec['allocateLoadBalancerNodePorts'] ??= true;
  // One list and its first entry say the same.
  if (!spec.clusterIP && spec.clusterIPs?.[0]) spec.clusterIP = spec.clusterIPs[0];
  service['status'] ??= { loadBalancer: {} };
}

/** Gives it what it asked for, or what is free. @throws ApiError Invalid */
function allocate(service: Service, { store, minor }: KindContext): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const errors: FieldError[] = [];
  const asked = spec.clusterIP ?? '';
  if (asked !== '' && asked !== 'None') {
    // What is no address at all is for the validation to say.
    const fault = isIp(asked) ? clusterIpFault(asked, service, store) : undefined;
    const words = `failed to ${minor >= 22 ? 'allocate' : 'allocated'} ${minor >= 22 ? 'IP ' : 'ip:'}${asked}${minor >= 22 ? ': ' : ' with error:'}`;
    if (fault) errors.push(invalidStruct('spec.clusterIPs', `[]string{${JSON.stringify(asked)}}`, `${words}${fault}`));
  }
  if (asked === '' && spec.ports?.length) spec.clusterIP = freeClusterIp(service, store);
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  // Dual stack is known since 1.20 and on since 1.21.
  if (minor >= 21) {
    spec['ipFamilies'] ??= ['IPv4'];
    spec['ipFamilyPolicy'] ??= 'SingleStack';
  }
  errors.push(...allocateNodePorts(service, store));
  if (errors.length > 0) throw invalid('Service', nameOf(service), errors);
}

function allocateNodePorts(service: Service, store: KindContext['store']): FieldError[] {
  if (!hasNodePorts(service) || service.spec['allocateLoadBalancerNodePorts'] === false) return [];
  return (service.spec.ports ?? []).flatMap((port, index) => {
    const protocol = port.protocol ?? 'TCP';
    if (!port.nodePort) {
      port.nodePort = freeNodePort(protocol, service, store);
      return [];
    }
    const fault = nodePortFault(port.nodePort, protocol, service, store);
    return when(fault !== undefined, () => invalidValue(`spec.ports[${index}].nodePort`, port.nodePort, fault ?? ''));
  });
}

function prepareForUpdate(service: Service, old: Service, context: KindContext): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    return;
  }
  // Left out, the addresses stay (patchAllocatedValues).
  if (old.spec.type !== 'ExternalName' && !spec.clusterIP && old.spec.clusterIP) spec.clusterIP = old.spec.clusterIP;
  if (spec.clusterIP && (!spec.clusterIPs?.length || spec.clusterIPs[0] === old.spec.clusterIP)) spec.clusterIPs = [spec.clusterIP];
  for (const field of ['ipFamilies', 'ipFamilyPolicy']) if (old.spec[field] !== undefined) spec[field] ??= old.spec[field];
  if (hasNodePorts(service)) {
    for (const port of spec.ports ?? []) {
      const before = (old.spec.ports ?? []).find((other) => other.port === port.port && other.protocol === port.protocol);
      if (!port.nodePort && before?.nodePort) port.nodePort = before.nodePort;
    }
  }
  // What did not change was allocated before; a new type or port gets its own now.
  if (spec.clusterIP === old.spec.clusterIP) {
    const errors = allocateNodePorts(service, context.store);
    if (errors.length > 0) throw invalid('Service', nameOf(service), errors);
  } else if (!old.spec.clusterIP) allocate(service, context);
}

function validateUpdate(service: Service, old: Service): FieldError[] {
  const before = old.spec.clusterIP ?? '';
  const now = service.spec.clusterIP ?? '';
  if (before === '' || before === now || service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return [];
  const value = service.spec.clusterIPs ?? [now];
  return [invalidStruct('spec.clusterIPs[0]', `[]string{${value.map((ip) => JSON.stringify(ip)).join(', ')}}`, 'may not change once set')];
}

function externalIp({ spec, status }: Service): string {
  const external = (spec['externalIPs'] as string[] | undefined) ?? [];
  const ingress = (status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)?.loadBalancer?.ingress ?? [];
  const balanced = ingress.map(({ ip, hostname }) => ip || hostname || '');
  switch (spec.type ?? '') {
    case 'LoadBalancer':
      return [...balanced, ...external].join(',') || '<pending>';
    case 'ExternalName':
      return (spec['externalName'] as string | undefined) ?? '';
    default:
      return external.join(',') || '<none>';
  }
}

const portsText = ({ spec }: Service) =>
  (spec.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`).join(',') || '<none>';

export const serviceKind = (minor: number): Kind => ({
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  // A DNS label of the older kind, since it becomes the names of variables.
  nameRule: 'label-1035',
  // All of them at once: since 1.23.
  verbs: ['create', 'delete', ...(minor >= 23 ? ['deletecollection'] : []), 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [
    { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    { name: 'status', kind: 'Service', verbs: ['get', 'patch', 'update'] },
  ],
  type: 'Service',
  setDefaults: (object) => setDefaults(object as Service, minor),
  prepareForCreate(object, context) {
    object['status'] = { loadBalancer: {} };
    if (validateService(object as Service).length === 0) allocate(object as Service, context);
  },
  prepareForUpdate: (object, old, context) => prepareForUpdate(object as Service, old as Service, context),
  validate: (object) => validateService(object as Service),
  validateUpdate: (object, old) => validateUpdate(object as Service, old as Service),
  columns: [
    nameColumn,
    column('Type', 'Who may reach it.'),
    column('Cluster-IP', 'Its address within the cluster.'),
    column('External-IP', 'Its address from outside.'),
    column('Port(s)', 'The ports it listens on.'),
    ageColumn,
    wideColumn('Selector', 'The labels of the pods behind it.'),
  ],
  cells(object: KubeObject, context) {
    const service = object as Service;
    const { spec } = service;
    const addresses = [spec.clusterIP || '<none>', externalIp(service), portsText(service)];
    return [nameOf(service), spec.type ?? '', ...addresses, ageOf(service, context), labelsText(spec.selector)];
  },
});
