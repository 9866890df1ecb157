// The environment of a container (kubelet, pkg/kubelet/kubelet_pods.go makeEnvironmentVariables; pkg/kubelet/envvars).
import type { Container, EnvVar, KubeObject, Pod, Service } from '../objects.ts';
import type { Store } from '../store/store.ts';
import { fieldValue, resourceValue, type PodPlace } from './pod-fields.ts';

export interface Environment {
  /** NAME=value */
  readonly variables: readonly string[];
  /** What `$(NAME)` in command and args stands for. */
  expand(text: string): string;
  /** Keys of envFrom that are no names of variables: a Warning InvalidEnvironmentVariableNames for each source. */
  readonly skipped: readonly { readonly keys: readonly string[]; readonly source: string }[];
}

/** `$(NAME)` where it is known, `$$` for one dollar sign (third_party/forked/golang/expansion). */
export function expandVariables(text: string, value: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => (name === undefined ? '$' : (value(name) ?? whole)));
}

const upper = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** As docker links wrote them: WEB_SERVICE_HOST, WEB_PORT_80_TCP_ADDR, ... */
export function serviceVariables(services: readonly Service[]): [string, string][] {
  return services.flatMap(({ metadata, spec }): [string, string][] => {
    const [first] = spec.ports ?? [];
    if (!spec.clusterIP || spec.clusterIP === 'None' || !first) return [];
    const name = upper(metadata.name ?? '');
    const ip = spec.clusterIP;
    const url = ({ protocol = 'TCP', port }: { protocol?: string; port: number }) => `${protocol.toLowerCase()}://${ip}:${port}`;
    const named = (spec.ports ?? [])
      .filter((port) => port.name)
      .map((port): [string, string] => [`${name}_SERVICE_PORT_${upper(port.name ?? '')}`, String(port.port)]);
    const each = (spec.ports ?? []).flatMap((port): [string, string][] => {
      const protocol = port.protocol ?? 'TCP';
      const prefix = `${name}_PORT_${port.port}_${protocol}`;
      return [
        [prefix, url(port)],
        [`${prefix}_PROTO`, protocol.toLowerCase()],
        [`${prefix}_PORT`, String(port.port)],
        [`${prefix}_ADDR`, ip],
      ];
    });
    return [[`${name}_SERVICE_HOST`, ip], [`${name}_SERVICE_PORT`, String(first.port)], ...named, [`${name}_PORT`, url(first)], ...each];
  });
}

/** The services that a pod is told of: its namespace's, and `kubernetes` of default. */
function servicesFor(pod: Pod, store: Store): Service[] {
  const { namespace = 'default' } = pod.metadata;
  const master = store.get('services', 'default', 'kubernetes') as Service | undefined;
  if (pod.spec.enableServiceLinks === false) return master ? [master] : [];
  const own = store.list('services', namespace) as Service[];
  return master && namespace !== 'default' ? [master, ...own] : own;
}

const isVariableName = (name: string): boolean => /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name);

function entriesOf(object: KubeObject): Record<string, string> {
  const data = (object.data ?? {}) as Record<string, string>;
  if (object.kind !== 'Secret') return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** @throws Error with the kubelet's words, which become CreateContainerConfigError. */
export function makeEnvironment(pod: Pod, container: Container, place: PodPlace, store: Store): Environment {
  const { namespace = 'default' } = pod.metadata;
  const values = new Map<string, string>();
  const services = new Map(serviceVariables(servicesFor(pod, store)));
  const skipped: { keys: string[]; source: string }[] = [];

  function object(kind: 'configmap' | 'secret', name: string, optional: boolean | undefined): KubeObject | undefined {
    const found = store.get(`${kind}s`, namespace, name);
    if (!found && !optional) throw new Error(`${kind} "${name}" not found`);
    return found;
  }

  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef;
    if (!reference) continue;
    const kind = configMapRef ? 'configmap' : 'secret';
    const source = object(kind, reference.name ?? '', reference.optional);
    const keys: string[] = [];
    for (const [key, value] of Object.entries(source ? entriesOf(source) : {})) {
      if (isVariableName(prefix + key)) values.set(prefix + key, value);
      else keys.push(prefix + key);
    }
    const word = configMapRef ? 'configMap' : 'secret';
    if (keys.length > 0) skipped.push({ keys: keys.sort(), source: `${word} ${namespace}/${reference.name}` });
  }

  function valueOf({ value, valueFrom }: EnvVar): string | undefined {
    if (!valueFrom) return expandVariables(value ?? '', (name) => values.get(name) ?? services.get(name));
    if (valueFrom.fieldRef) return fieldValue(pod, valueFrom.fieldRef.fieldPath, place);
    if (valueFrom.resourceFieldRef) {
      const { containerName, resource, divisor } = valueFrom.resourceFieldRef;
      const of = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(({ name }) => name === containerName) ?? container;
      return resourceValue(of, resource, divisor, place);
    }
    const reference = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef;
    if (!reference) return '';
    const { name = '', key, optional } = reference;
    const found = object(valueFrom.configMapKeyRef ? 'configmap' : 'secret', name, optional);
    const text = found && entriesOf(found)[key];
    if (found && text === undefined && !optional) throw new Error(`couldn't find key ${key} in ${found.kind} ${namespace}/${name}`);
    return text;
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(variable);
    if (value !== undefined) values.set(variable.name, value);
  }

  // A service's variable gives way to one of the same name that was written down.
  for (const [name, value] of services) if (!values.has(name)) values.set(name, value);
  return {
    variables: [...values].map(([name, value]) => `${name}=${value}`),
    expand: (text) => expandVariables(text, (name) => values.get(name)),
    skipped,
  };
}
