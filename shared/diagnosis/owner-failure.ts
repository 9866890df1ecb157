// That pods of a workload are not made, in the controller's own words.
import { eventMessage, eventTime } from '../kubernetes/events.ts';
import type { KubeEvent, KubeObject } from '../kubernetes/objects.ts';
import type { Evidence } from '../contract/findings.ts';
import { eventEvidence, objectEvidence } from './evidence.ts';
import type { OwnerWorld } from './owner-world.ts';
import { fieldsAt, fieldsIn, textIn, type Fields } from './spec-fields.ts';

export interface CreationFailure {
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/**
 * The present failure: of an object that has fewer pods than it wants. Its condition (a ReplicaSet's, pkg/controller/replicaset/replica_set_utils.go)
 * says what is the case now; an event is taken where there is none, since the other kinds have no such condition.
 */
export function creationFailure({ owner, children, events }: OwnerWorld): CreationFailure | undefined {
  const lacking = [...(children === 'unknown' ? [] : children), owner].filter(lacksPods);
  for (const object of lacking) {
    const [index, condition] = fieldsIn(fieldsAt(object, 'status')['conditions'])
      .find(([, each]) => textIn(each, 'type') === 'ReplicaFailure' && textIn(each, 'status') === 'True' && textIn(each, 'reason') === 'FailedCreate') ?? [];
    if (condition) return { text: textIn(condition, 'message'), evidence: [objectEvidence(object, `status.conditions[${index}]`, textIn(condition, 'message'))] };
  }
  const uids = new Set(lacking.flatMap(({ metadata }) => metadata.uid ?? []));
  const newest = (events === 'unknown' ? [] : events)
    .filter(({ reason, involvedObject }) => reason === 'FailedCreate' && uids.has(involvedObject.uid ?? ''))
    .toSorted((a, b) => timeOf(b) - timeOf(a))[0];
  return newest && { text: eventMessage(newest).replace(/^Error creating: /, ''), evidence: [eventEvidence(newest)] };
}

const timeOf = (event: KubeEvent) => Date.parse(eventTime(event)) || 0;

function lacksPods(object: KubeObject): boolean {
  const [spec, status] = [fieldsAt(object, 'spec'), fieldsAt(object, 'status')];
  switch (object.kind ?? '') {
    case 'Deployment': case 'ReplicaSet': case 'StatefulSet': return count(spec, 'replicas', 1) > count(status, 'replicas');
    // Its controller counts only when no pod was refused (pkg/controller/daemon, syncDaemonSet): before that what it wants is not known (seen on 1.20).
    case 'DaemonSet': return count(status, 'desiredNumberScheduled') > count(status, 'currentNumberScheduled') || count(status, 'observedGeneration') < (object.metadata.generation ?? 0);
    case 'Job': {
      const isOver = fieldsIn(status['conditions']).some(([, each]) => /^(?:Complete|Failed|Suspended)$/.test(textIn(each, 'type')) && textIn(each, 'status') === 'True');
      return !isOver && spec['suspend'] !== true && count(status, 'active') < count(spec, 'parallelism', 1);
    }
    default: return false;
  }
}

function count(fields: Fields, name: string, otherwise = 0): number {
  const value = fields[name];
  return typeof value === 'number' ? value : otherwise;
}
