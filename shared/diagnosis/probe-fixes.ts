// F12: what may be changed about a probe, the recommended change first; taking it away is always the last, and never recommended.
import type { Edit, Fix } from '../contract/findings.ts';
import { inContainer, isChangeable, podFix, writeFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import type { PortCheck } from './probe-ports.ts';
import { probeSpec } from './probe-spec.ts';
import type { ProbeSpec } from './probe-spec.ts';
import type { Tail } from './probe-tail.ts';
import { rollbackFix } from './rollback.ts';

export function probeFixes(c: ContainerCase, probe: ProbeSpec | undefined, tail: Tail, ports: PortCheck): Fix[] {
  if (!probe) return [];
  const changes = [...rightPort(c, probe, tail, ports), ...morePatience(c, probe, tail, ports), ...longerTimeout(c, probe, tail)];
  const certain = changes.length > 0;
  const back = rollbackFix(c, !certain);
  const write = isChangeable(c) ? [writeFix('F12.probe', { path: `${c.located.path}.${probe.field}` }, { recommended: !certain && back.length === 0, params: { check: probe.check } })] : [];
  return [...changes.map((fix, index) => ({ ...fix, recommended: index === 0 })), ...back, ...write, ...withoutProbe(c, probe)];
}

/** All probes of the container that ask the same wrong port go to the right one. */
function rightPort(c: ContainerCase, probe: ProbeSpec, tail: Tail, { known, right }: PortCheck): Fix[] {
  const wrong = tail === 'port_name' || (tail === 'refused' && (known === 'other_port' || known === 'declared_other'));
  if (!wrong || right === 0) return [];
  const same = (['startup', 'liveness', 'readiness'] as const).map((check) => probeSpec(c, check)).filter((each) => each?.port === probe.port && each.handler !== 'exec');
  const edits: Edit[] = same.flatMap((each) => (each ? [{ path: inContainer(c, each.field, each.handler, 'port'), value: right }] : []));
  return podFix(c, 'F12.port', edits, { params: { check: probe.check, old: String(probe.port), port: right } });
}

const TRIES = 30;

/** A program that is slow to start gets time: thirty tries before the other probes begin. Not where it is proven that it asks the wrong port. */
function morePatience(c: ContainerCase, probe: ProbeSpec, tail: Tail, { known }: PortCheck): Fix[] {
  const slow = (tail === 'refused' || tail === 'timeout' || tail === 'none' || tail === 'server_error') && known !== 'other_port' && known !== 'loopback';
  if (!slow || probe.check === 'readiness') return [];
  const seconds = TRIES * probe.period;
  if (probe.check === 'startup') {
    if (probe.failures >= TRIES) return [];
    return podFix(c, 'F12.tries', [{ path: inContainer(c, probe.field, 'failureThreshold'), value: TRIES }], { params: { tries: TRIES, seconds } });
  }
  if (probeSpec(c, 'startup')) return [];
  const value = { [probe.handler]: probe.written[probe.handler], periodSeconds: probe.period, timeoutSeconds: probe.timeout, failureThreshold: TRIES };
  return podFix(c, 'F12.startup', [{ path: inContainer(c, 'startupProbe'), value }], { params: { tries: TRIES, seconds } });
}

function longerTimeout(c: ContainerCase, probe: ProbeSpec, tail: Tail): Fix[] {
  if (tail !== 'timeout') return [];
  const next = Math.max(5, probe.timeout * 2);
  return podFix(c, 'F12.timeout', [{ path: inContainer(c, probe.field, 'timeoutSeconds'), value: next }], { params: { check: probe.check, old: probe.timeout, seconds: next } });
}

function withoutProbe(c: ContainerCase, probe: ProbeSpec): Fix[] {
  return podFix(c, 'F12.remove', [{ path: inContainer(c, probe.field) }], { params: { check: probe.check } });
}
