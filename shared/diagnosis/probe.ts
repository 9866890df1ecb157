// PRB: what the kubelet asks the program, and its answers (research/diagnosis.md 4.4; the words of the events: pkg/kubelet/prober, kuberuntime_manager.go).
import type { Evidence, Finding, Message } from '../contract/findings.ts';
import { isRecord } from '../kubernetes/containers.ts';
import { eventMessage, eventTime } from '../kubernetes/events.ts';
import type { KubeEvent } from '../kubernetes/objects.ts';
import { condition, findingOf, podFix, retryFix, writeFix, isChangeable } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { conditionEvidence, endedEvidence, eventEvidence, fieldEvidence, otherEvidence, waitingEvidence } from './evidence.ts';
import { probeFixes } from './probe-fixes.ts';
import { checkPort } from './probe-ports.ts';
import type { PortCheck } from './probe-ports.ts';
import { probeSpec } from './probe-spec.ts';
import type { ProbeSpec } from './probe-spec.ts';
import { probeAnswer } from './probe-tail.ts';
import type { Check, ProbeAnswer, Tail } from './probe-tail.ts';

export const probeCauses: readonly Cause<ContainerCase>[] = [
  { id: 'PRB-01', find: (c) => killed(c, 'startup') ?? stillStarting(c) },
  { id: 'PRB-02', find: (c) => killed(c, 'liveness') },
  { id: 'PRB-03', find: notReady },
  { id: 'PRB-04', find: gateClosed },
];

interface Answered extends ProbeAnswer { readonly event: KubeEvent | undefined }

/** The newest answer to this probe, not older than `since` where that is known. */
function newestAnswer(c: ContainerCase, check: Check, since = ''): Answered | undefined {
  for (const event of c.ownEvents) {
    const answer = event.reason === 'Unhealthy' ? probeAnswer(eventMessage(event)) : undefined;
    if (answer?.check === check && !isBefore(eventTime(event), since)) return { ...answer, event };
  }
  return undefined;
}

function isBefore(time: string, since: string): boolean {
  return Date.parse(time) < Date.parse(since);
}

/** As long as the kubelet's own back-off remembers a run. */
const SETTLED_MS = 10 * 60_000;

/**
 * The kubelet killed the container's last run because of this probe. An event says so (1.20: `Container app failed liveness probe, will be restarted`);
 * where that was dropped, an answer of the same run and an end by a signal make it likely.
 */
function killed(c: ContainerCase, check: 'startup' | 'liveness'): Finding | undefined {
  const probe = probeSpec(c, check);
  const began = c.ended?.startedAt ?? '';
  const killing = c.ownEvents.find((event) => event.reason === 'Killing' && eventMessage(event).endsWith(`failed ${check} probe, will be restarted`) && !isBefore(eventTime(event), began));
  const answer = newestAnswer(c, check, began);
  const code = c.ended?.exitCode ?? 0;
  const likely = !killing && answer !== undefined && probe !== undefined && c.restarts > 0 && (code === 137 || code === 143) && c.ended?.reason !== 'OOMKilled';
  if ((!killing && !likely) || c.ended?.reason === 'OOMKilled' || !isPresent(c, killing ?? answer?.event)) return undefined;
  return probeFinding(c, check === 'startup' ? 'PRB-01' : 'PRB-02', {
    check, probe, answer, confidence: killing ? 'proven' : 'likely', params: { restarts: Math.max(1, c.restarts), state: 'killed' },
    evidence: [...(killing ? [eventEvidence(killing)] : []), ...endedEvidence(c), ...(c.waiting.reason ? [waitingEvidence(c)] : [])],
  });
}

function isPresent(c: ContainerCase, last: KubeEvent | undefined): boolean {
  if (!c.state.running || !c.status.ready) return c.restarts > 0 || !c.state.running;
  const since = c.world.now.getTime() - Date.parse(c.ended?.finishedAt ?? (last ? eventTime(last) : ''));
  return since < SETTLED_MS && c.restarts > 1;
}

/** It has a startup probe that was not answered yet: for Kubernetes it has not started, and it will be killed if that lasts. */
function stillStarting(c: ContainerCase): Finding | undefined {
  const probe = probeSpec(c, 'startup');
  if (!probe || c.status.started !== false || !hasRun(c, HOLD_MS)) return undefined;
  const answer = newestAnswer(c, 'startup', c.state.running?.startedAt);
  if (!answer) return undefined;
  return probeFinding(c, 'PRB-01', { check: 'startup', probe, answer, severity: 'warning', confidence: 'strong', params: { restarts: c.restarts, state: 'starting' } });
}

/** What looks stuck may only be young. */
const HOLD_MS = 10_000;

function hasRun(c: ContainerCase, milliseconds: number): boolean {
  return c.world.now.getTime() - Date.parse(c.state.running?.startedAt ?? '') >= milliseconds;
}

/** A program that does not listen yet, or not in time, has as long as a probe of this kind would give it. */
function patience({ delay, period, failures }: ProbeSpec, tail: Tail): number {
  const mayBeStarting = tail === 'refused' || tail === 'timeout' || tail === 'none' || tail === 'server_error' || tail === 'output';
  return Math.max(HOLD_MS, mayBeStarting ? (delay + period * failures) * 1000 : delay * 1000);
}

/** It runs and is not ready, which with a readiness probe and after its start can only be that probe's doing. */
function notReady(c: ContainerCase): Finding | undefined {
  const probe = probeSpec(c, 'readiness');
  if (!c.state.running || c.status.ready || !probe || c.status.started === false) return undefined;
  const answer = newestAnswer(c, 'readiness', c.state.running.startedAt);
  if (!hasRun(c, patience(probe, answer?.tail ?? 'none'))) return undefined;
  return probeFinding(c, 'PRB-03', {
    check: 'readiness', probe, answer, confidence: answer ? 'proven' : 'strong', params: { restarts: c.restarts }, evidence: conditionEvidence(c, 'ContainersReady'),
  });
}

interface ProbeParts {
  readonly check: Check;
  readonly probe: ProbeSpec | undefined;
  readonly answer: Answered | undefined;
  readonly severity?: Finding['severity'];
  readonly confidence: Finding['confidence'];
  readonly params: Message['params'];
  readonly evidence?: readonly Evidence[];
}

function probeFinding(c: ContainerCase, id: string, { check, probe, answer, severity = 'error', confidence, params, evidence = [] }: ProbeParts): Finding {
  const tail = answer?.tail ?? 'none';
  const ports: PortCheck = probe ? checkPort(c, probe) : { known: 'unknown', right: 0, ports: [] };
  const event = answer?.event;
  const fixes = probeFixes(c, probe, tail, ports);
  return findingOf(c, id, {
    severity, confidence,
    params: {
      ...params, check, tail, code: answer?.code ?? 0, output: firstLine(answer?.text ?? ''), known: ports.known, right: ports.right,
      port: String(probe?.port ?? '') || 'none', path: probe?.path ?? '/', handler: probe?.handler ?? 'none', command: probe?.command || 'none',
      tries: probe?.failures ?? 3, period: probe?.period ?? 10, timeout: probe?.timeout ?? 1, ports: ports.ports.join(', ') || 'none',
    },
    evidence: [
      ...(event ? [eventEvidence(event)] : []), ...evidence,
      ...(probe ? [probeEvidence(c, probe, tail)] : []), ...portEvidence(c, ports),
    ],
    raw: event ? eventMessage(event) : undefined,
    fixes: fixes.length > 0 ? fixes : retryFix(c, false),
  });
}

/** The field of the probe that the answer is about. */
function probeEvidence(c: ContainerCase, { field, handler, path, command, port, timeout }: ProbeSpec, tail: Tail): Evidence {
  const at = `${c.located.path}.${field}`;
  if (tail === 'timeout') return fieldEvidence(c, `${at}.timeoutSeconds`, timeout);
  if (handler === 'exec') return fieldEvidence(c, `${at}.exec.command`, command);
  const asksPage = tail === 'not_found' || tail === 'login' || tail === 'server_error' || tail === 'status';
  return asksPage && handler === 'httpGet' ? fieldEvidence(c, `${at}.httpGet.path`, path) : fieldEvidence(c, `${at}.${handler}.port`, port);
}

function portEvidence(c: ContainerCase, { known, ports }: PortCheck): Evidence[] {
  if (known === 'unknown') return [];
  if (known === 'declared_other') return [fieldEvidence(c, `${c.located.path}.ports[0].containerPort`, ports[0] ?? 0)];
  const listened = ports.join(', ') || 'none';
  return [otherEvidence('status', { key: 'evidence.listeners', params: { container: c.name, ports: listened } }, { value: (c.world.listeners ?? []).map(({ address, port }) => `${address}:${port}`).join(', ') })];
}

function firstLine(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  return (line.length > 200 ? `${line.slice(0, 200)}…` : line) || 'none';
}

/** PRB-04: all containers are ready, and a condition that somebody else has to set is not true. Said once for the pod. */
function gateClosed(c: ContainerCase): Finding | undefined {
  const ready = condition(c, 'Ready');
  if (c.pod.spec?.containers?.[0] !== c.located.container || ready?.reason !== 'ReadinessGatesNotReady' || condition(c, 'ContainersReady')?.status !== 'True') return undefined;
  const gates: readonly unknown[] = Array.isArray(c.pod.spec['readinessGates']) ? c.pod.spec['readinessGates'] : [];
  const types = gates.flatMap((gate) => (isRecord(gate) && typeof gate['conditionType'] === 'string' ? [gate['conditionType']] : []));
  const closed = types.filter((type) => condition(c, type)?.status !== 'True');
  if (closed.length === 0) return undefined;
  const unset = closed.every((type) => condition(c, type) === undefined);
  const remove = podFix(c, 'F12.no-gates', [{ path: ['spec', 'readinessGates'] }], { recommended: unset, params: { types: closed.join(', ') } });
  return findingOf(c, 'PRB-04', {
    confidence: 'proven', params: { types: closed.join(', '), count: closed.length, unset: unset ? 'yes' : 'no' },
    evidence: [...conditionEvidence(c, 'Ready'), fieldEvidence(c, 'spec.readinessGates', closed.join(', ')), ...closed.flatMap((type) => conditionEvidence(c, type))],
    raw: ready.message,
    fixes: isChangeable(c) ? [...remove, writeFix('F12.gates', { path: 'spec.readinessGates' }, { recommended: !unset })] : [],
  });
}
