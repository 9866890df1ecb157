// What a cause of the catalogue is, what it may look at, and how it makes its finding.
import type { ChangePart, Danger, Edit, Evidence, Finding, Fix, Message, PathStep } from '../contract/findings.ts';
import type { LocatedContainer } from '../kubernetes/containers.ts';
import { eventContainer, podEvents } from '../kubernetes/events.ts';
import type { ContainerState, ContainerStateTerminated, ContainerStatus, KubeEvent, Pod, PodCondition } from '../kubernetes/objects.ts';
import { isWorkloadKind } from '../kubernetes/workload-kinds.ts';
import type { LogTail, World } from './world.ts';

/** One cause: its id in the catalogue, and the finding where it is the case. Pure; undefined where it is not, or where that cannot be told. */
export interface Cause<Case> {
  readonly id: string;
  find(subject: Case): Finding | undefined;
}

/** A pod, with what most causes ask of it. */
export interface PodCase {
  readonly world: World;
  readonly pod: Pod;
  /** Newest first; [] also where they cannot be read. */
  readonly events: readonly KubeEvent[];
  /** Milliseconds since the pod was created; 0 where that is not known. */
  readonly age: number;
}

/** One container that has a status. */
export interface ContainerCase extends PodCase {
  readonly located: LocatedContainer;
  readonly name: string;
  readonly status: ContainerStatus;
  readonly state: ContainerState;
  /** The reason and message for which it waits; '' where it does not. */
  readonly waiting: { readonly reason: string; readonly message: string };
  /** Its last end: the present state where it has ended, else the end of the run before. */
  readonly ended: ContainerStateTerminated | undefined;
  readonly restarts: number;
  /** Events of this container alone, newest first. */
  readonly ownEvents: readonly KubeEvent[];
  readonly log: LogTail | undefined;
}

export function podCase(world: World): PodCase {
  const { pod, now, events } = world;
  const made = Date.parse(pod.metadata.creationTimestamp ?? '');
  return { world, pod, events: events === 'unknown' ? [] : podEvents(events, pod), age: Number.isNaN(made) ? 0 : now.getTime() - made };
}

/** Undefined where the kubelet has not said anything about the container yet. */
export function containerCase(subject: PodCase, located: LocatedContainer): ContainerCase | undefined {
  const { status } = located;
  if (!status) return undefined;
  const { name } = located.container;
  const state = status.state ?? {};
  return {
    ...subject, located, name, status, state,
    waiting: { reason: state.waiting?.reason ?? '', message: state.waiting?.message ?? '' },
    ended: state.terminated ?? status.lastState?.terminated,
    restarts: status.restartCount ?? 0,
    ownEvents: subject.events.filter((event) => eventContainer(event)?.name === name),
    log: subject.world.logs?.[name],
  };
}

/** The first cause that is the case. The order of a family is the order of its list: what is more exact stands first. */
export function firstOf<Case>(causes: readonly Cause<Case>[], subject: Case): Finding | undefined {
  for (const cause of causes) {
    const finding = cause.find(subject);
    if (finding) return finding;
  }
  return undefined;
}

export interface FindingParts {
  /** 'error' when absent. */
  readonly severity?: Finding['severity'];
  readonly confidence: Finding['confidence'];
  /** The last part of the sentence's key, where a cause has several: `sentence-refused`. */
  readonly sentence?: string;
  /** As `sentence`; null where a sentence is enough. */
  readonly explanation?: string | null;
  /** Beside `pod`, `namespace`, `node` and `container`, which every message has. */
  readonly params?: Message['params'];
  readonly evidence: readonly Evidence[];
  /** Kubernetes' own words. */
  readonly raw?: string | undefined;
  /** The recommended one first. */
  readonly fixes?: readonly Fix[];
}

/** Its messages are `finding.ID.sentence`, `finding.ID.explanation`, and `finding.ID.short` for the table, all with the same parameters. */
export function findingOf(subject: PodCase | ContainerCase, id: string, parts: FindingParts): Finding {
  const { severity = 'error', confidence, sentence = 'sentence', explanation = 'explanation', evidence, raw, fixes = [] } = parts;
  const params = { ...commonParams(subject), ...parts.params };
  return {
    id, severity, confidence,
    ...('located' in subject ? { container: subject.name } : {}),
    message: { key: `finding.${id}.${sentence}`, params },
    ...(explanation === null ? {} : { explanation: { key: `finding.${id}.${explanation}`, params } }),
    evidence: [...evidence], ...(raw ? { raw } : {}), fixes: [...fixes],
  };
}

function commonParams(subject: PodCase | ContainerCase): Message['params'] {
  const { metadata, spec } = subject.pod;
  return {
    pod: metadata.name ?? '', namespace: metadata.namespace ?? '', node: spec?.nodeName ?? '', container: 'located' in subject ? subject.name : '',
  };
}

/** A pod as young as this may only look stuck, unless Kubernetes itself names an error. */
const YOUNG_MS = 10_000;

export function isYoung({ age }: PodCase): boolean {
  return age < YOUNG_MS;
}

export function condition({ pod }: PodCase, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((each) => each.type === type);
}

/** Whether the pod's root owner is of a kind whose template Podlab can change, or it has none. Where that is not known, nothing is offered. */
export function isChangeable({ pod, world: { owners } }: PodCase): boolean {
  const controller = pod.metadata.ownerReferences?.find((each) => each.controller);
  if (!controller) return true;
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  return root !== undefined && isWorkloadKind(root);
}

export interface FixParts {
  readonly recommended?: boolean;
  /** 'y' when absent. */
  readonly danger?: Danger;
  readonly params?: Message['params'];
}

/** A change of objects; its words are `fix.KEY` and `fix.KEY.describe`. */
export function changeFix(key: string, parts: readonly ChangePart[], { recommended = false, danger = 'y', params = {} }: FixParts = {}): Fix {
  return { action: 'change', key, label: { key: `fix.${key}`, params }, describe: { key: `fix.${key}.describe`, params }, parts: [...parts], recommended, danger };
}

/** A change of the pod, or of its root owner's template; none where Podlab does not know how that owner makes its pods. */
export function podFix(subject: PodCase, key: string, edits: readonly Edit[], options: FixParts = {}): Fix[] {
  return isChangeable(subject) ? [changeFix(key, [{ on: 'pod', edits: [...edits] }], options)] : [];
}

/** Something for a person to write; see the contract. */
export function writeFix(key: string, what: { readonly manifest?: Record<string, unknown>; readonly path?: string }, { recommended = false, danger = 'y', params = {} }: FixParts = {}): Fix {
  return { action: 'write', key, label: { key: `fix.${key}`, params }, describe: { key: `fix.${key}.describe`, params }, ...what, recommended, danger };
}

/** Lines for this computer's terminal. */
export function hostFix(key: string, lines: readonly string[], { recommended = false, danger = 'g', params = {} }: FixParts = {}): Fix {
  return { action: 'host-lines', key, label: { key: `fix.${key}`, params }, describe: { key: `fix.${key}.describe`, params }, lines: [...lines], recommended, danger };
}

/** The pod deleted and made again, by its owner or by Podlab: what resets every back-off (F3, F4). */
export function retryFix(subject: PodCase, recommended = true): Fix[] {
  return isChangeable(subject) ? [{ action: 'recreate', recommended, danger: 'y' }] : [];
}

/** From the pod to a field of this container. */
export function inContainer({ located }: ContainerCase, ...rest: readonly PathStep[]): PathStep[] {
  return ['spec', located.init ? 'initContainers' : 'containers', { name: located.container.name }, ...rest];
}
