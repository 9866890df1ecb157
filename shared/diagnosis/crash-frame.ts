// When a container counts as crashing, and what is said of every crash: how often, how long the last run was, when the next try comes.
import type { Evidence, Finding, Fix, Message } from '../contract/findings.ts';
import { humanDuration } from '../kubernetes/age.ts';
import { eventMessage } from '../kubernetes/events.ts';
import { isNewRun } from '../kubernetes/health.ts';
import type { ContainerStateTerminated } from '../kubernetes/objects.ts';
import { findingOf } from './cause.ts';
import type { ContainerCase } from './cause.ts';
import { usesShell } from './container-command.ts';
import { endedEvidence, logEvidence, waitingEvidence } from './evidence.ts';
import { rollbackFix } from './rollback.ts';

export interface Crash {
  readonly ended: ContainerStateTerminated;
  readonly exitCode: number;
  readonly reason: string;
  /** Ends so far. */
  readonly crashes: number;
  /** Whether a shell could have made the exit code; 'unknown' where the command is not known. */
  readonly shell: 'yes' | 'no' | 'unknown';
}

/** A container that ran ten minutes has its back-off reset by the kubelet; until then an end counts as part of the same trouble. */
const SETTLED_MS = 10 * 60_000;
/** After its first crash a container without a readiness probe is Ready at once, and may be gone a second later. */
const FIRST_RUN_MS = 10_000;

/**
 * How the container crashed; undefined where it did not, where that is over, or where it never ran (ContainerCannotRun of Docker, StartError of
 * containerd). Between two crashes it runs for moments, and is crashing all the same.
 */
export function crashOf(c: ContainerCase): Crash | undefined {
  const { ended, state } = c;
  if (!ended || !isCrash(c, ended) || !isPresent(c, ended) || wasChanged(c)) return undefined;
  const { exitCode = 0, reason = '' } = ended;
  // While it waits for its next try the count of restarts does not have it yet.
  const crashes = Math.max(1, c.restarts + (state.running ? 0 : 1));
  return { ended, exitCode, reason, crashes, shell: usesShell(c) };
}

function isCrash(c: ContainerCase, { exitCode = 0, reason = '' }: ContainerStateTerminated): boolean {
  if (reason === 'ContainerCannotRun' || reason === 'StartError') return false;
  return exitCode !== 0 || restartPolicy(c) === 'Always';
}

/** Of a sidecar its own; an init container is done once it ends well. */
export function restartPolicy({ located: { init, container }, pod }: ContainerCase): string {
  if (init) return container.restartPolicy ?? 'OnFailure';
  return pod.spec?.restartPolicy ?? 'Always';
}

function isPresent(c: ContainerCase, ended: ContainerStateTerminated): boolean {
  const { state, waiting, status, restarts } = c;
  if (state.terminated || waiting.reason === 'CrashLoopBackOff') return true;
  if (!state.running) return false;
  const since = c.world.now.getTime() - Date.parse(ended.finishedAt ?? '');
  return since < SETTLED_MS && (restarts > 1 || !status.ready || isNewRun(status, c.world.now, FIRST_RUN_MS));
}

/** Whether it was ended because somebody changed it in place, such as its image. */
function wasChanged({ ownEvents }: ContainerCase): boolean {
  const killing = ownEvents.find(({ reason }) => reason === 'Killing');
  return killing !== undefined && eventMessage(killing).includes('definition changed');
}

/** The last lines of the run that crashed: its log, or what it left as its termination message; '' where neither is known. */
export function crashText({ log, state, ended }: ContainerCase): string {
  if (log && (log.previous || !state.running)) return log.text;
  return ended?.message ?? '';
}

export interface CrashParts {
  readonly confidence: Finding['confidence'];
  readonly params?: Message['params'];
  /** The line of the log that tells. */
  readonly line?: string | undefined;
  readonly evidence?: readonly Evidence[];
  /** The recommended one first, if any is. */
  readonly fixes?: readonly Fix[];
}

/** Every crash has the same frame: what is said before the cause, its proof, and the way back to an older revision. */
export function crashFinding(c: ContainerCase, crash: Crash, id: string, { confidence, params, line, evidence = [], fixes = [] }: CrashParts): Finding {
  const certain = fixes.some(({ recommended }) => recommended);
  const back = rollbackFix(c, !certain);
  return findingOf(c, id, {
    confidence,
    params: { ...frame(c, crash), ...params },
    evidence: [...endedEvidence(c), ...(c.waiting.reason ? [waitingEvidence(c)] : []), ...(line ? [logEvidence(c, line)] : []), ...evidence],
    raw: c.waiting.message || crash.ended.message || crash.reason,
    fixes: certain ? [...fixes, ...back] : [...back, ...fixes],
  });
}

function frame(c: ContainerCase, { crashes, exitCode, ended, shell }: Crash): Message['params'] {
  return { crashes, exitCode, lasted: lasted(ended), next: backOff(c.waiting.message), probably: shell === 'no' ? 'no' : 'yes' };
}

function lasted({ startedAt = '', finishedAt = '' }: ContainerStateTerminated): string {
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  // Docker's zero time is the year 1.
  if (!(seconds >= 0) || Date.parse(startedAt) < 0) return 'none';
  return seconds < 1 ? '<1s' : humanDuration(seconds);
}

/** kubelet, doBackOff: `back-off 10s restarting failed container=app pod=…`. */
function backOff(message: string): string {
  return /^back-off (\S{1,20}) restarting failed container=/.exec(message)?.[1] ?? 'none';
}
