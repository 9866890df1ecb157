// Whether a probe asks the right port: what the program listens on, where the pod's kernel was asked, and what the container declares.
import { isLoopback } from '../kubernetes/listeners.ts';
import type { ContainerCase } from './cause.ts';
import { declaredPorts } from './probe-spec.ts';
import type { ProbeSpec } from './probe-spec.ts';

export interface PortCheck {
  /**
   * What is known of the port that is asked: nobody listens there but on another one; only on the loopback address, which the kubelet cannot
   * reach; nobody listens at all; it is listened on; another one is declared; or nothing is known.
   */
  readonly known: 'other_port' | 'loopback' | 'nothing' | 'listens' | 'declared_other' | 'unknown';
  /** The only port that it could be; 0 where there is none or more than one. */
  readonly right: number;
  /** What is listened on, or declared; for the proof. */
  readonly ports: readonly number[];
}

/** Of a container that runs now, what its kernel says counts most; what listens may belong to another container of the pod. */
export function checkPort(c: ContainerCase, probe: ProbeSpec): PortCheck {
  const listeners = c.state.running ? c.world.listeners : undefined;
  const declared = declaredPorts(c).map(({ number }) => number);
  const other = declared.length === 1 && declared[0] !== probe.number ? (declared[0] ?? 0) : 0;
  if (!listeners) return { known: other > 0 ? 'declared_other' : 'unknown', right: other, ports: declared };
  const open = [...new Set(listeners.filter((each) => !isLoopback(each)).map(({ port }) => port))];
  const own = listeners.filter(({ port }) => port === probe.number);
  if (own.some((each) => !isLoopback(each))) return { known: 'listens', right: 0, ports: open };
  if (own.length > 0) return { known: 'loopback', right: 0, ports: open };
  if (open.length === 0) return { known: 'nothing', right: 0, ports: [] };
  const agreed = open.filter((port) => declared.includes(port));
  const right = agreed.length === 1 ? agreed[0] : open.length === 1 ? open[0] : undefined;
  return { known: 'other_port', right: right ?? 0, ports: open };
}
