// The proof of a finding: which object, where in it, what stands there and when. Its words are `evidence.…`; the image family has more of its own.
import type { Evidence, Message } from '../contract/findings.ts';
import { eventCount, eventMessage, eventTime } from '../kubernetes/events.ts';
import type { KubeEvent, KubeNode, KubeObject } from '../kubernetes/objects.ts';
import { condition } from './cause.ts';
import type { ContainerCase, PodCase } from './cause.ts';

const podRef = ({ pod: { metadata } }: PodCase) => ({ kind: 'Pod', name: metadata.name ?? '', ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) });

/** What stands at a path of the pod's own definition. */
export function fieldEvidence(subject: PodCase, path: string, value: unknown): Evidence {
  const text = textOf(value);
  return { kind: 'manifest', message: { key: 'evidence.field', params: { path, value: text } }, object: podRef(subject), path, value: text };
}

/** Why the container waits, in Kubernetes' word. */
export function waitingEvidence(subject: ContainerCase): Evidence {
  const { waiting: { reason, message }, name } = subject;
  return {
    kind: 'status', message: { key: 'evidence.status', params: { reason, container: name } },
    object: podRef(subject), path: `${statusPath(subject)}.state.waiting`, value: message || reason,
  };
}

/** How the container's last run ended. */
export function endedEvidence(subject: ContainerCase): Evidence[] {
  const { ended, name, state } = subject;
  if (!ended) return [];
  const { exitCode = 0, reason = '', finishedAt, message } = ended;
  return [{
    kind: 'status', message: { key: 'evidence.ended', params: { container: name, exitCode, reason: reason || 'none' } },
    object: podRef(subject), path: `${statusPath(subject)}.${state.terminated ? 'state' : 'lastState'}.terminated`, value: message || reason,
    ...(finishedAt ? { at: finishedAt } : {}),
  }];
}

export function eventEvidence(event: KubeEvent): Evidence {
  const { kind = '', namespace, name = '' } = event.involvedObject;
  const at = eventTime(event);
  return {
    kind: 'event', message: { key: 'evidence.event', params: { reason: event.reason ?? '', count: eventCount(event) } },
    object: { kind, name, ...(namespace === undefined ? {} : { namespace }) }, value: eventMessage(event), ...(at ? { at } : {}),
  };
}

/** A condition of the pod; none where it has no such condition. */
export function conditionEvidence(subject: PodCase, type: string): Evidence[] {
  const found = condition(subject, type);
  if (!found) return [];
  const index = subject.pod.status?.conditions?.indexOf(found) ?? 0;
  const { status, reason = '', message = '', lastTransitionTime } = found;
  return [{
    kind: 'condition', message: { key: 'evidence.condition', params: { type, status, reason: reason || 'none' } },
    object: podRef(subject), path: `status.conditions[${index}]`, value: message || reason, ...(lastTransitionTime ? { at: lastTransitionTime } : {}),
  }];
}

/** A line that the container's program wrote. */
export function logEvidence(subject: ContainerCase, line: string): Evidence {
  const { log, name } = subject;
  return {
    kind: 'log', message: { key: 'evidence.log', params: { container: name, previous: log?.previous ? 'yes' : 'no' } },
    object: podRef(subject), path: name, value: line,
  };
}

/** What stands in another object. */
export function objectEvidence(object: KubeObject, path: string, value: unknown): Evidence {
  const { kind = '', metadata: { name = '', namespace } } = object;
  const text = textOf(value);
  return {
    kind: 'object', message: { key: 'evidence.object', params: { kind, name, path, value: text } },
    object: { kind, name, ...(namespace === undefined ? {} : { namespace }) }, path, value: text,
  };
}

/** An object that is not there, as the cluster just said. */
export function missingEvidence(subject: PodCase, kind: string, name: string): Evidence {
  const { namespace } = podRef(subject);
  return { kind: 'object', message: { key: 'evidence.missing', params: { kind, name, namespace: namespace ?? 'none' } }, object: { kind, name, ...(namespace === undefined ? {} : { namespace }) } };
}

/** A fact of a node: the path in it and what stands there. */
export function nodeEvidence(node: KubeNode, path: string, value: unknown): Evidence {
  const text = textOf(value);
  const name = node.metadata.name ?? '';
  return { kind: 'node', message: { key: 'evidence.node', params: { name, path, value: text } }, object: { kind: 'Node', name }, path, value: text };
}

/** Something else that stands in a message of its own key. */
export function otherEvidence(kind: Evidence['kind'], message: Message, rest: Omit<Evidence, 'kind' | 'message'> = {}): Evidence {
  return { kind, message, ...rest };
}

function statusPath({ pod, located, status }: ContainerCase): string {
  const list = located.init ? 'initContainerStatuses' : 'containerStatuses';
  return `status.${list}[${pod.status?.[list]?.indexOf(status) ?? 0}]`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : leavesOf(value, '').join(', ');
}

/** An object in one line, for people: `labelSelector.matchLabels.app=web, topologyKey=zone`. The whole of it is in the YAML, at the path. */
function leavesOf(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [`${path && `${path}=`}${typeof value === 'string' ? value : JSON.stringify(value)}`];
  const below = Object.entries(value).flatMap(([name, each]) => leavesOf(each, Array.isArray(value) ? path : path && `${path}.${name}` || name));
  return below.length > 0 || path === '' ? below : [path];
}
