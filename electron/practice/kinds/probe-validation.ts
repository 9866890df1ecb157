// What is wrong with probes and hooks: kubernetes, pkg/apis/core/validation/validation.go (validateProbe, validateHandler).
import type { FieldError } from '../api/api-error.ts';
import type { Container, LifecycleHandler, Probe } from '../objects.ts';
import { each, forbiddenField, invalidValue, notNegative, notSupported, portNameErrors, portNumber, required, when } from './field-errors.ts';

const HEADER = '[-A-Za-z0-9]+';
const HEADER_WORDS = `a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '${HEADER}')`;

export function probeErrors(probe: Probe | undefined, field: string): FieldError[] {
  if (!probe) return [];
  return [
    ...handlerErrors(probe, field),
    ...notNegative(`${field}.initialDelaySeconds`, probe.initialDelaySeconds),
    ...notNegative(`${field}.timeoutSeconds`, probe.timeoutSeconds),
    ...notNegative(`${field}.periodSeconds`, probe.periodSeconds),
    ...notNegative(`${field}.successThreshold`, probe.successThreshold),
    ...notNegative(`${field}.failureThreshold`, probe.failureThreshold),
  ];
}

/** One success has to be enough for those that restart a container. */
export const livenessErrors = (probe: Probe | undefined, field: string): FieldError[] => [
  ...probeErrors(probe, field),
  ...when(probe !== undefined && probe.successThreshold !== 1, () => invalidValue(`${field}.successThreshold`, probe?.successThreshold, 'must be 1')),
];

export function lifecycleErrors(lifecycle: Container['lifecycle'], field: string, minor: number): FieldError[] {
  const one = (handler: LifecycleHandler | undefined, name: string) => (handler ? handlerErrors(handler, `${field}.${name}`, minor >= 30) : []);
  return [...one(lifecycle?.postStart, 'postStart'), ...one(lifecycle?.preStop, 'preStop')];
}

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & { sleep?: { seconds: number } };

function handlerErrors(handler: Handler, field: string, sleeps = false): FieldError[] {
  const checks: readonly (readonly [name: string, check: (() => FieldError[]) | undefined])[] = [
    ['exec', handler.exec && (() => when(!handler.exec?.command?.length, () => required(`${field}.exec.command`)))],
    ['httpGet', handler.httpGet && (() => httpErrors(handler.httpGet, `${field}.httpGet`))],
    ['tcpSocket', handler.tcpSocket && (() => portErrors(`${field}.tcpSocket.port`, handler.tcpSocket?.port ?? 0))],
    ['grpc', handler.grpc && (() => portErrors(`${field}.grpc.port`, handler.grpc?.port ?? 0))],
    ['sleep', sleeps && handler.sleep ? () => [] : undefined],
  ];
  const present = checks.filter(([, check]) => check !== undefined);
  if (present.length === 0) return [required(field, 'must specify a handler type')];
  return present.flatMap(([name, check], index) =>
    index === 0 ? (check?.() ?? []) : [forbiddenField(`${field}.${name}`, 'may not specify more than 1 handler type')],
  );
}

const portErrors = (field: string, port: number | string): FieldError[] =>
  typeof port === 'string' ? portNameErrors(field, port) : portNumber(field, port);

function httpErrors(get: Probe['httpGet'], field: string): FieldError[] {
  if (!get) return [];
  const { path = '', port, scheme = '', httpHeaders } = get;
  const schemes = ['HTTP', 'HTTPS'];
  return [
    ...when(path === '', () => required(`${field}.path`)),
    ...portErrors(`${field}.port`, port),
    ...when(!schemes.includes(scheme), () => notSupported(`${field}.scheme`, scheme, schemes)),
    ...each(httpHeaders, ({ name }) => when(!new RegExp(`^${HEADER}$`).test(name), () => invalidValue(`${field}.httpHeaders`, name, HEADER_WORDS))),
  ];
}
