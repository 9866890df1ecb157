// One workload or Service with what is wrong with it, out of what is known at this moment.
import type { Finding } from '../../../shared/contract/findings.ts';
import type { WorkloadRow } from '../../../shared/contract/workloads.ts';
import { diagnoseOwner } from '../../../shared/diagnosis/owner.ts';
import type { OwnerWorld } from '../../../shared/diagnosis/owner-world.ts';
import { diagnoseService } from '../../../shared/diagnosis/service.ts';
import type { NodeStore } from '../../../shared/diagnosis/world.ts';
import { fieldsAt, fieldsIn, textIn } from '../../../shared/diagnosis/spec-fields.ts';
import type { KubeEvent, KubeObject } from '../../../shared/kubernetes/objects.ts';
import type { PodEntry } from '../pods/view.ts';
import { isReady } from './plan.ts';

export interface WorkloadEntry {
  readonly object: KubeObject;
  readonly row: WorkloadRow;
  /** `pod`: whose finding it is; its own where absent. */
  readonly findings: readonly { readonly finding: Finding; readonly pod?: string }[];
  readonly events: readonly KubeEvent[] | 'unknown';
  readonly pods: readonly PodEntry[];
}

export interface WorkloadParts extends Pick<OwnerWorld, 'now' | 'children' | 'events' | 'quotas' | 'limitRanges' | 'serviceAccounts'> {
  readonly object: KubeObject;
  /** That it makes, directly or by its children. */
  readonly pods: readonly PodEntry[];
}

export function workloadEntry(parts: WorkloadParts): WorkloadEntry {
  const { object, pods, events, children, ...rest } = parts;
  const counted = countOf(object);
  const worst = worstPod(parts, counted);
  const podFinding = worst && findingOf(worst);
  const findings = diagnoseOwner({ owner: object, children, events, ...rest, ...(podFinding && { podFinding }) })
    .map((finding) => (finding === podFinding ? { finding, pod: worst?.row.name ?? '' } : { finding }));
  return { object, row: rowOf(object, findings, counted), findings, events, pods };
}

export interface ServiceParts {
  readonly now: Date;
  readonly object: KubeObject;
  /** All of its namespace that are known. */
  readonly pods: readonly PodEntry[];
  readonly endpoints: readonly KubeObject[] | undefined;
  readonly stores: readonly NodeStore[] | 'unknown';
  readonly events: readonly KubeEvent[] | 'unknown';
  /** The labels that it looks for; undefined where others say who is behind it. */
  readonly selected: readonly PodEntry[] | undefined;
}

export function serviceEntry({ now, object, pods, endpoints, stores, events, selected }: ServiceParts): WorkloadEntry {
  const findings = diagnoseService({
    now, service: object, pods: pods.map(({ pod }) => pod), ...(endpoints && { endpoints }), ...(stores !== 'unknown' && { stores }),
  }).map((finding) => ({ finding }));
  const ready = selected?.filter(({ pod }) => isReady(pod)).length;
  return {
    object, findings, events, pods: selected ?? [],
    row: rowOf(object, findings, selected && ready !== undefined ? { ready, wanted: selected.length } : undefined),
  };
}

interface Counted {
  readonly ready: number;
  readonly wanted: number;
}

/** As `kubectl get` counts each kind; nothing of a CronJob. */
function countOf(object: KubeObject): Counted | undefined {
  const [spec, status] = [fieldsAt(object, 'spec'), fieldsAt(object, 'status')];
  const number = (value: unknown, otherwise = 0) => (typeof value === 'number' ? value : otherwise);
  switch (object.kind ?? '') {
    case 'Deployment': case 'ReplicaSet': case 'StatefulSet': return { ready: number(status['readyReplicas']), wanted: number(spec['replicas'], 1) };
    case 'DaemonSet': return { ready: number(status['numberReady']), wanted: number(status['desiredNumberScheduled']) };
    // Without `completions` one success of several at once is enough.
    case 'Job': return { ready: number(status['succeeded']), wanted: number(spec['completions'], 1) };
    default: return undefined;
  }
}

/** Of the pods that count now, the one whose finding is worst, the newest of equals. */
function worstPod({ object: { kind }, pods, children }: WorkloadParts, counted: Counted | undefined): PodEntry | undefined {
  const isWhole = counted !== undefined && counted.ready >= counted.wanted;
  // A Job that is done forgives the tries before; and what an evicted pod left behind is history where its place is filled.
  if (isWhole && kind === 'Job') return undefined;
  const newestJob = kind === 'CronJob' && children !== 'unknown' ? newest(children, ({ metadata }) => metadata.creationTimestamp)?.metadata.uid : undefined;
  const counting = pods.filter(({ pod: { metadata, status } }) => {
    if (metadata.deletionTimestamp) return false;
    if (newestJob !== undefined && !metadata.ownerReferences?.some(({ uid }) => uid === newestJob)) return false;
    return !(isWhole && kind !== 'CronJob' && status?.phase === 'Failed');
  });
  const ill = counting.filter((entry) => findingOf(entry) !== undefined);
  const errors = ill.filter((entry) => findingOf(entry)?.severity === 'error');
  return newest(errors.length > 0 ? errors : ill, ({ pod }) => pod.metadata.creationTimestamp);
}

function newest<Item>(items: readonly Item[], timeOf: (item: Item) => string | null | undefined): Item | undefined {
  return items.reduce<Item | undefined>((last, each) => (last !== undefined && (timeOf(last) ?? '') >= (timeOf(each) ?? '') ? last : each), undefined);
}

/** What is only worth knowing of a pod is said where the pod is looked at. */
function findingOf({ findings }: PodEntry): Finding | undefined {
  return findings.find(({ severity }) => severity !== 'info');
}

function rowOf(object: KubeObject, findings: WorkloadEntry['findings'], counted: Counted | undefined): WorkloadRow {
  const { apiVersion = '', kind = '', metadata: { uid = '', namespace = '', name = '', creationTimestamp } } = object;
  const [first] = findings;
  return {
    uid, apiVersion, kind, namespace, name, ...(creationTimestamp && { createdAt: creationTimestamp }),
    ...(counted && { ready: `${counted.ready}/${counted.wanted}` }),
    health: healthOf(object, first?.finding, counted),
    ...(first && { headline: { id: first.finding.id, message: first.finding.message }, severity: first.finding.severity }),
    isOwn: first !== undefined && first.pod === undefined,
  };
}

function healthOf(object: KubeObject, first: Finding | undefined, counted: Counted | undefined): WorkloadRow['health'] {
  const { kind, metadata } = object;
  if (metadata.deletionTimestamp) return 'ending';
  if (first?.severity === 'error') return 'failing';
  if (first?.severity === 'warning') return 'degraded';
  // A Job that failed for good has no pod any more that could say so.
  const failed = kind === 'Job' && fieldsIn(fieldsAt(object, 'status')['conditions']).some(([, each]) => textIn(each, 'type') === 'Failed' && textIn(each, 'status') === 'True');
  if (failed) return 'failing';
  if (!counted || first) return 'ok';
  // A Service does its work with one of its pods; without any it does not, though it may only have begun.
  return (kind === 'Service' ? counted.ready === 0 : counted.ready < counted.wanted) ? 'progressing' : 'ok';
}
