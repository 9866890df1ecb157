// What is wrong with a Service: kubernetes, pkg/apis/core/validation/validation.go (ValidateService).
import type { FieldError } from '../api/api-error.ts';
import { labelKeyFault, labelValueFault } from '../api/name-rules.ts';
import type { Service } from '../objects.ts';
import { duplicate, each, forbiddenField, invalidValue, nameErrors, notSupported, portNameErrors, portNumber, required, when } from './field-errors.ts';
import { isIp } from './service-addresses.ts';

type Port = NonNullable<Service['spec']['ports']>[number];

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const AFFINITIES = ['ClientIP', 'None'];
const NOT_AN_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function validateService(service: Service): FieldError[] {
  const { spec } = service;
  const type = spec.type ?? '';
  const affinity = (spec['sessionAffinity'] as string | undefined) ?? '';
  const ip = spec.clusterIP ?? '';
  const headless = ip === 'None';
  return [
    ...when(!spec.ports?.length && !headless && type !== 'ExternalName', () => required('spec.ports')),
    ...when(headless && (type === 'NodePort' || type === 'LoadBalancer'), () =>
      invalidValue('spec.clusterIPs[0]', ip, `may not be set to 'None' for ${type} services`),
    ),
    ...(type === 'ExternalName' ? externalNameErrors((spec['externalName'] as string | undefined) ?? '') : []),
    ...each(spec.ports, (port, index) => portErrors(port, `spec.ports[${index}]`, (spec.ports ?? []).length > 1)),
    ...repeatedNames(spec.ports ?? []),
    ...selectorErrors(spec.selector ?? {}),
    ...when(!AFFINITIES.includes(affinity), () => notSupported('spec.sessionAffinity', affinity, AFFINITIES)),
    ...when(ip !== '' && !headless && !isIp(ip), () => invalidValue('spec.clusterIPs[0]', ip, NOT_AN_IP)),
    ...each(spec['externalIPs'] as string[] | undefined, (external, index) =>
      when(!isIp(external), () => invalidValue(`spec.externalIPs[${index}]`, external, NOT_AN_IP)),
    ),
    ...when(!TYPES.includes(type), () => notSupported('spec.type', type, TYPES)),
    ...(type === 'ClusterIP' ? clusterOnlyErrors(spec.ports ?? []) : []),
    ...repeatedNodePorts(spec.ports ?? []),
    ...repeatedPorts(spec.ports ?? []),
    ...when(Boolean(spec['externalTrafficPolicy']) && type !== 'NodePort' && type !== 'LoadBalancer', () =>
      invalidValue('spec.externalTrafficPolicy', spec['externalTrafficPolicy'], 'ExternalTrafficPolicy can only be set on NodePort and LoadBalancer service'),
    ),
  ];
}

const externalNameErrors = (name: string): FieldError[] =>
  name === '' ? [required('spec.externalName')] : nameErrors('spec.externalName', name.replace(/\.$/, ''), 'subdomain');

function portErrors({ name = '', port, protocol = '', targetPort }: Port, field: string, several: boolean): FieldError[] {
  return [
    ...(name === '' ? when(several, () => required(`${field}.name`)) : nameErrors(`${field}.name`, name, 'label')),
    ...portNumber(`${field}.port`, port),
    ...when(protocol === '', () => required(`${field}.protocol`)),
    ...when(protocol !== '' && !PROTOCOLS.includes(protocol), () => notSupported(`${field}.protocol`, protocol, PROTOCOLS)),
    ...(typeof targetPort === 'string' ? portNameErrors(`${field}.targetPort`, targetPort) : portNumber(`${field}.targetPort`, targetPort ?? 0)),
  ];
}

function repeatedNames(ports: readonly Port[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ name = '' }, index) => {
    const again = name !== '' && seen.has(name);
    seen.add(name);
    return when(again, () => duplicate(`spec.ports[${index}].name`, name));
  });
}

function selectorErrors(selector: Readonly<Record<string, string>>): FieldError[] {
  return Object.entries(selector).flatMap(([key, value]) => {
    const keyFault = labelKeyFault(key);
    const valueFault = labelValueFault(value);
    return [
      ...when(keyFault !== undefined, () => invalidValue('spec.selector', key, keyFault ?? '')),
      ...when(valueFault !== undefined, () => invalidValue('spec.selector', value, valueFault ?? '')),
    ];
  });
}

const clusterOnlyErrors = (ports: readonly Port[]): FieldError[] =>
  ports.flatMap(({ nodePort = 0 }, index) =>
    when(nodePort !== 0, () => forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")),
  );

function repeatedNodePorts(ports: readonly Port[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ nodePort = 0, protocol }, index) => {
    const key = `${protocol}/${nodePort}`;
    const again = nodePort !== 0 && seen.has(key);
    seen.add(key);
    return when(again, () => duplicate(`spec.ports[${index}].nodePort`, nodePort));
  });
}

function repeatedPorts(ports: readonly Port[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ port, protocol = '' }, index) => {
    const key = `${protocol}/${port}`;
    const again = seen.has(key);
    seen.add(key);
    const text =
      `core.ServicePort{Name:"", Protocol:${JSON.stringify(protocol)}, AppProtocol:(*string)(nil), Port:${port}, ` +
      'TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}';
    return when(again, () => ({ field: `spec.ports[${index}]`, reason: 'FieldValueDuplicate', detail: `Duplicate value: ${text}` }));
  });
}
