// Which events belong to an object that is looked at, and what their objects are to it.
import type { EventRelation } from '../../../shared/contract/events.ts';
import { eventTime } from '../../../shared/kubernetes/events.ts';
import { isMadeName } from '../../../shared/kubernetes/made-names.ts';
import type { KubeEvent } from '../../../shared/kubernetes/objects.ts';
import type { Families, Member } from './families.ts';
import type { KeptEvent } from './memory.ts';

export interface EventTarget {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** What happened to a node before there was the pod says nothing of it, but what happened just before it came may be why it does not start. */
const NODE_BEFORE_MS = 5 * 60_000;

export type RelationOf = (event: KubeEvent) => EventRelation | undefined;

/**
 * @param present the target as it is there now.
 * @param families with the present objects and those that were seen before.
 * @param kept for the uid of a target that is gone and was never seen.
 */
export function relationsOf(target: EventTarget, present: Member | undefined, families: Families, kept: Iterable<KeptEvent>): RelationOf {
  const isOfName = (one: { readonly kind?: string; readonly namespace?: string; readonly name?: string }) =>
    one.kind === target.kind && one.name === target.name && (one.namespace ?? '') === target.namespace;
  const one = present ?? newestOf([...families.all()].filter(isOfName));
  const uid = one?.uid ?? lastUid([...kept].filter(({ event }) => isOfName(event.involvedObject)).map(({ event }) => event));
  const own: RelationOf = ({ involvedObject: about }) => {
    if (!isOfName(about)) return undefined;
    // Who writes events by hand may leave the uid out.
    return about.uid === undefined || about.uid === '' || uid === undefined || about.uid === uid ? 'self' : 'earlier';
  };
  const others = target.kind === 'Pod' ? aroundPod(one, families) : underWorkload(target, uid, families);
  return (event) => own(event) ?? others(event);
}

function aroundPod(pod: Member | undefined, families: Families): RelationOf {
  const owners = new Set<string>();
  for (let at = pod?.controller; at && !owners.has(at.uid); at = families.of(at.uid)?.controller) owners.add(at.uid);
  const from = pod ? Date.parse(pod.createdAt) - NODE_BEFORE_MS : Infinity;
  return (event) => {
    const { kind, name, uid = '' } = event.involvedObject;
    if (owners.has(uid)) return 'owner';
    // A kubelet gives the node's name for its uid: pkg/kubelet, nodeRef.
    return kind === 'Node' && name === pod?.node && !(Date.parse(eventTime(event)) < from) ? 'node' : undefined;
  };
}

function underWorkload(target: EventTarget, uid: string | undefined, families: Families): RelationOf {
  const made = new Set(uid === undefined ? [] : [uid]);
  // A CronJob's pods are two steps away, and nothing of Kubernetes' own is further.
  for (let step = 0; step < 2; step += 1) for (const { uid: each, controller } of families.all()) if (controller && made.has(controller.uid)) made.add(each);
  return ({ involvedObject: { kind = '', name = '', namespace = '', uid: about = '' } }) => {
    const isMade = made.has(about) || (namespace === target.namespace && !families.of(about)?.controller && isMadeName(target, { kind, name }));
    if (!isMade) return undefined;
    return kind === 'Pod' ? 'pod' : 'owned';
  };
}

function newestOf(members: readonly Member[]): Member | undefined {
  return members.reduce<Member | undefined>((newest, each) => (newest && newest.createdAt >= each.createdAt ? newest : each), undefined);
}

function lastUid(events: readonly KubeEvent[]): string | undefined {
  return events.filter(({ involvedObject: { uid } }) => uid).reduce<KubeEvent | undefined>(
    (last, each) => (last && Date.parse(eventTime(last)) >= Date.parse(eventTime(each)) ? last : each), undefined,
  )?.involvedObject.uid;
}
