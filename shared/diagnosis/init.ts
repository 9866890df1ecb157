// INI: the steps before the app, and what waits for them.
import type { Evidence, Finding, Message } from '../contract/findings.ts';
import { humanDuration } from '../kubernetes/age.ts';
import { containersOf } from '../kubernetes/containers.ts';
import { findingOf, condition, retryFix } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { endedEvidence, logEvidence, otherEvidence, waitingEvidence } from './evidence.ts';
import { waitedFor } from './init-wait.ts';

/** A step that has begun longer ago than this is said to take long. */
const LONG_MS = 60_000;

/**
 * A finding about an init container says, too, which step it is and that the app waits for it: INI-01 is then the headline, the cause's own
 * sentence explains it, and the cause's proof and fixes stay. An image's cause keeps its headline, for the picture of its decision.
 */
export function inStep(c: ContainerCase, finding: Finding): Finding {
  if (finding.decision || finding.id.startsWith('IMG-')) {
    return isHelper(c) ? finding : { ...finding, evidence: [...finding.evidence, stepEvidence(c)] };
  }
  const { message, explanation, evidence, raw, fixes, severity, confidence } = finding;
  const common = { severity, confidence, raw, fixes };
  const inner = [...(explanation ? [otherEvidence('status', explanation)] : []), ...evidence];
  const made = isHelper(c)
    ? findingOf(c, 'INI-03', { ...common, sentence: 'sentence', explanation: null, params: helperParams(c, finding.id), evidence: inner })
    : findingOf(c, 'INI-01', {
        ...common, explanation: null, params: stepParams(c, finding.id), evidence: [...inner, stepEvidence(c)],
        fixes: isOver(c) && !fixes.some(({ action }) => action === 'recreate') ? [...fixes, ...retryFix(c, fixes.length === 0)] : fixes,
      });
  return { ...made, explanation: message };
}

/** An init container that suffers from nothing that is known. */
export const initCauses: readonly Cause<ContainerCase>[] = [
  { id: 'INI-03', find: silentHelper },
  { id: 'INI-01', find: failedStep },
  { id: 'INI-02', find: longStep },
];

function failedStep(c: ContainerCase): Finding | undefined {
  const { ended, state, waiting } = c;
  const exitCode = ended?.exitCode ?? 0;
  if (isHelper(c) || exitCode === 0 || !(state.terminated || waiting.reason === 'CrashLoopBackOff')) return undefined;
  return findingOf(c, 'INI-01', {
    confidence: 'proven', params: { ...stepParams(c, 'none'), exitCode }, raw: ended?.message || waiting.message || ended?.reason,
    evidence: [...(waiting.reason === '' ? [] : [waitingEvidence(c)]), ...endedEvidence(c), ...lastWords(c), stepEvidence(c)], fixes: retryFix(c, isOver(c)),
  });
}

function longStep(c: ContainerCase): Finding | undefined {
  const running = runningFor(c);
  if (isHelper(c) || running === undefined || running < LONG_MS) return undefined;
  const awaited = waitedFor(c);
  return findingOf(c, 'INI-02', {
    severity: 'warning', confidence: 'proven', explanation: awaited ? `explanation-${awaited.state}` : 'explanation',
    params: { ...stepParams(c, 'none'), time: humanDuration(running / 1000), ...(awaited && { service: awaited.service }) },
    evidence: [
      ...(c.state.running?.startedAt ? [startedEvidence(c, c.state.running.startedAt)] : []),
      ...lastWords(c), ...(awaited?.evidence ?? []), stepEvidence(c),
    ],
  });
}

/** A sidecar (an init container with restartPolicy Always) whose startup probe has not yet answered, or that ends again and again. */
function silentHelper(c: ContainerCase): Finding | undefined {
  if (!isHelper(c)) return undefined;
  const crashing = c.waiting.reason === 'CrashLoopBackOff';
  const running = runningFor(c);
  if (!crashing && (c.status.started === true || running === undefined || running < LONG_MS)) return undefined;
  return findingOf(c, 'INI-03', {
    severity: crashing ? 'error' : 'warning', confidence: 'proven', explanation: crashing ? 'explanation-crashing' : 'explanation',
    params: helperParams(c, 'none'), raw: c.waiting.message,
    evidence: [...(crashing ? [waitingEvidence(c), ...endedEvidence(c)] : []), ...lastWords(c), stepEvidence(c)],
  });
}

function isHelper({ located: { container } }: ContainerCase): boolean {
  return container.restartPolicy === 'Always';
}

/** The kubelet tries no step of the pod again. */
function isOver({ pod }: ContainerCase): boolean {
  return pod.status?.phase === 'Failed';
}

function runningFor({ state: { running }, world }: ContainerCase): number | undefined {
  const started = Date.parse(running?.startedAt ?? '');
  return Number.isNaN(started) ? undefined : world.now.getTime() - started;
}

function stepParams(c: ContainerCase, cause: string): Message['params'] {
  const steps = containersOf(c.pod).filter(({ init }) => init);
  return {
    step: steps.findIndex(({ path }) => path === c.located.path) + 1, steps: steps.length, cause, way: wayOf(cause), final: isOver(c) ? 'yes' : 'no',
  };
}

function helperParams(c: ContainerCase, cause: string): Message['params'] {
  const blocks = condition(c, 'Initialized')?.status !== 'True';
  const state = c.waiting.reason === 'CrashLoopBackOff' || c.state.terminated ? 'crashing' : 'waiting';
  return { cause, state, blocks: blocks ? 'yes' : 'no' };
}

/** In which way the step does not succeed, as far as the cause's family says. */
function wayOf(cause: string): string {
  const family = cause.split('-')[0] ?? '';
  return ({ CFG: 'config', CRE: 'create', RUN: 'run', CRA: 'crash' } as Readonly<Record<string, string>>)[family] ?? (cause === 'none' ? 'crash' : 'other');
}

function stepEvidence(c: ContainerCase): Evidence {
  const { name = '', namespace = '' } = c.pod.metadata;
  const { step = 0, steps = 0 } = stepParams(c, 'none');
  return otherEvidence('manifest', { key: 'evidence.step', params: { container: c.name, step, steps } },
    { object: { kind: 'Pod', name, namespace }, path: c.located.path, value: c.name });
}

function startedEvidence(c: ContainerCase, startedAt: string): Evidence {
  const { name = '', namespace = '' } = c.pod.metadata;
  const index = c.pod.status?.initContainerStatuses?.indexOf(c.status) ?? 0;
  return otherEvidence('status', { key: 'evidence.started', params: { container: c.name, started: Date.parse(startedAt) } },
    { object: { kind: 'Pod', name, namespace }, path: `status.initContainerStatuses[${index}].state.running`, value: startedAt, at: startedAt });
}

/** The last line that is not blank. */
function lastWords(c: ContainerCase): Evidence[] {
  const line = (c.log?.text ?? '').split('\n').findLast((each) => each.trim() !== '');
  return line === undefined ? [] : [logEvidence(c, line)];
}
