// A container's probe as it is written, with the defaults of the API server (pkg/apis/core/v1/defaults.go, SetDefaults_Probe).
import { isRecord } from '../kubernetes/containers.ts';
import type { ContainerCase } from './cause.ts';
import type { Check } from './probe-tail.ts';

export interface ProbeSpec {
  readonly check: Check;
  /** `livenessProbe` */
  readonly field: string;
  readonly handler: 'httpGet' | 'tcpSocket' | 'grpc' | 'exec';
  /** As it is written; '' where it has none. */
  readonly port: string | number;
  /** The number that it stands for; undefined where the name is unknown, or where there is none. */
  readonly number: number | undefined;
  readonly path: string;
  /** Of exec. */
  readonly command: string;
  readonly period: number;
  readonly timeout: number;
  readonly failures: number;
  readonly delay: number;
  readonly written: Readonly<Record<string, unknown>>;
}

export interface DeclaredPort { readonly name: string; readonly number: number }

export function declaredPorts({ located: { container: { ports } } }: ContainerCase): readonly DeclaredPort[] {
  const list: readonly unknown[] = Array.isArray(ports) ? ports : [];
  return list.filter(isRecord).flatMap(({ name, containerPort, protocol }) =>
    (typeof containerPort === 'number' && (protocol === undefined || protocol === 'TCP') ? [{ name: typeof name === 'string' ? name : '', number: containerPort }] : []));
}

/** The probe of this kind; undefined where the container has none, or one of a sort that is not known. */
export function probeSpec(c: ContainerCase, check: Check): ProbeSpec | undefined {
  const field = `${check}Probe`;
  const written = c.located.container[field];
  if (!isRecord(written)) return undefined;
  const handler = (['httpGet', 'tcpSocket', 'grpc', 'exec'] as const).find((each) => isRecord(written[each]));
  const target = handler && written[handler];
  if (!isRecord(target) || handler === undefined) return undefined;
  const port = typeof target['port'] === 'number' || typeof target['port'] === 'string' ? target['port'] : '';
  const number = typeof port === 'number' ? port : portOf(port, declaredPorts(c));
  const words = Array.isArray(target['command']) ? target['command'].filter((word) => typeof word === 'string') : [];
  return {
    check, field, handler, port, number, written,
    path: typeof target['path'] === 'string' && target['path'] !== '' ? target['path'] : '/', command: words.join(' '),
    period: positive(written['periodSeconds'], 10), timeout: positive(written['timeoutSeconds'], 1),
    failures: positive(written['failureThreshold'], 3), delay: positive(written['initialDelaySeconds'], 0),
  };
}

/** The kubelet takes a name of the container's own ports, and else reads the text as a number (pkg/probe, ResolveContainerPort). */
function portOf(port: string, declared: readonly DeclaredPort[]): number | undefined {
  return declared.find(({ name }) => name === port)?.number ?? (/^\d{1,5}$/.test(port) ? Number(port) : undefined);
}

function positive(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value > 0 ? value : otherwise;
}
