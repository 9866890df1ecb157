// The scheduler's message, taken apart: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had taint {…}.` (FitError.Error,
// pkg/scheduler/framework/types.go). Each reason begins with the number of nodes that gave it; a taint's text has commas of its own.
import { eventMessage } from '../kubernetes/events.ts';
import type { KubeEvent } from '../kubernetes/objects.ts';
import { condition } from './cause.ts';
import type { PodCase } from './cause.ts';

export type SchedulingId = 'SCH-01' | 'SCH-02' | 'SCH-03' | 'SCH-04' | 'SCH-05' | 'SCH-06' | 'SCH-07' | 'SCH-08' | 'SCH-12';

export interface Token {
  readonly id: SchedulingId;
  /** How many nodes gave it; 0 where it is about the pod as a whole. */
  readonly nodes: number;
  /** Without the number and the last period. */
  readonly text: string;
}

export interface SchedulerMessage {
  readonly raw: string;
  /** How many nodes there are, as the scheduler said; 0 where it did not. */
  readonly total: number;
  /** What hinders most nodes first. */
  readonly tokens: readonly Token[];
  /** Where it was read, when it is no condition. */
  readonly event?: KubeEvent;
}

/** In the words of 1.20 and of newer ones. The first that matches counts, and what stands first is told first where as many nodes say it. */
const reasons: readonly (readonly [SchedulingId, RegExp])[] = [
  ['SCH-04', /PersistentVolumeClaim|persistentvolumeclaim|persistent volumes? to bind|volume node affinity conflict/],
  ['SCH-06', /were unschedulable/],
  ['SCH-07', /pod (anti-)?affinity|pods anti-affinity|topology spread/],
  ['SCH-03', /match (Pod's )?node (selector|affinity)|didn't match node selector/],
  ['SCH-05', /free ports for the requested pod ports/],
  ['SCH-08', /^Too many pods/],
  ['SCH-01', /^Insufficient /],
  ['SCH-02', /\b(had|has) (untolerated )?taint/],
];

/** What the scheduler says about the pod: its condition, else its newest event. Undefined where it said nothing. */
export function schedulerMessage(subject: PodCase): SchedulerMessage | undefined {
  const said = condition(subject, 'PodScheduled');
  if (said?.status === 'False' && said.message) return parse(said.message);
  const event = subject.events.find(({ reason }) => reason === 'FailedScheduling');
  return event && { ...parse(eventMessage(event)), event };
}

export function parse(raw: string): SchedulerMessage {
  const [, total = '0', list = raw] = /^\d+\/(\d+) nodes are available: ([^]*)$/.exec(raw) ?? [];
  // What preemption would bring, and what claims could be given back, is said behind the reasons (since 1.22 and 1.31).
  const own = list.replace(/[,.]? ?\bpreemption: [^]*$/, '').replace(/[,.] no new claims to deallocate/, '').replace(/\.$/, '');
  const tokens = own.split(/, (?=\d+ )/).map((text): Token => {
    const [, nodes = '0', words = text] = /^(\d+) ([^]*)$/.exec(text) ?? [];
    return { id: reasons.find(([, pattern]) => pattern.test(words))?.[0] ?? 'SCH-12', nodes: Number(nodes), text: words };
  });
  const rank = ({ id }: Token) => (id === 'SCH-12' ? reasons.length : reasons.findIndex(([each]) => each === id));
  return { raw, total: Number(total), tokens: tokens.toSorted((a, b) => b.nodes - a.nodes || rank(a) - rank(b)) };
}
