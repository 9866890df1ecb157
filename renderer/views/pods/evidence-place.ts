// Where a piece of evidence, or what a person has to write, can be looked at.
import type { Evidence } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import type { WorkloadRow } from '../../../shared/contract/workloads.ts';
import { podSpecPath } from '../../../shared/kubernetes/containers.ts';
import { isMadeName } from '../../../shared/kubernetes/made-names.ts';
import type { CitedEvent } from '../events/shown-events.ts';

export type EvidencePlace =
  /** `cited`: which of them. */
  | { readonly where: 'events'; readonly cited: CitedEvent }
  /** `path` of the object that is looked at, or of the pod's root owner. */
  | { readonly where: 'yaml'; readonly path: string; readonly of: 'own' | 'root' }
  | { readonly where: 'images' }
  /** A line that a container of the pod wrote. */
  | { readonly where: 'logs'; readonly container: string; readonly previous: boolean; readonly line: string };

/** Undefined where there is nothing to show: another object. */
export function placeOf(evidence: Evidence, { row, root }: Pick<PodDetail, 'row' | 'root'>): EvidencePlace | undefined {
  const { kind, object, path, value, message } = evidence;
  const isPod = object?.kind === 'Pod' && object.name === row.name && (object.namespace ?? row.namespace) === row.namespace;
  const isRoot = object !== undefined && root !== undefined && object.kind === root.kind && object.name === root.name && (object.namespace ?? row.namespace) === root.namespace;
  if (kind === 'log' && isPod && path !== undefined && value !== undefined) return { where: 'logs', container: path, previous: message.params.previous === 'yes', line: value };
  const isOwner = isRoot || (object?.kind === row.owner?.kind && object?.name === row.owner?.name);
  const isNode = object?.kind === 'Node' && object.name === row.node;
  return placeIn(evidence, { isOwn: isPod, isOwnEvent: isPod || isOwner || isNode || isEventOf(object, row.namespace), isRoot });
}

/** The same for a workload or a Service, whose pods' lines are looked at where the pod is; the events of what it makes are shown among its own. */
export function workloadPlaceOf(evidence: Evidence, { kind: own, name, namespace }: Pick<WorkloadRow, 'kind' | 'name' | 'namespace'>): EvidencePlace | undefined {
  const { object } = evidence;
  const isHere = object !== undefined && (object.namespace ?? namespace) === namespace;
  const isOwn = isHere && object.kind === own && object.name === name;
  return placeIn(evidence, { isOwn, isOwnEvent: isOwn || (isHere && isMadeName({ kind: own, name }, object)) || isEventOf(object, namespace), isRoot: false });
}

/** A place of a pod, in the definition of what makes the pod: https://kubernetes.io/docs/concepts/workloads/pods/#pod-templates. */
export function pathInTemplate(kind: string, path: string): string {
  return [...podSpecPath(kind).slice(0, -1), path].join('.');
}

/** Some evidence names the event and not what it is about; what a finding cites is about the pod. */
function isEventOf(object: Evidence['object'], namespace: string): boolean {
  return object?.kind === 'Event' && (object.namespace ?? namespace) === namespace;
}

interface Whose {
  readonly isOwn: boolean;
  readonly isOwnEvent: boolean;
  readonly isRoot: boolean;
}

function placeIn({ kind, object, path, value, message }: Evidence, { isOwn, isOwnEvent, isRoot }: Whose): EvidencePlace | undefined {
  switch (kind) {
    case 'event':
      if (!isOwnEvent || !object) return undefined;
      return { where: 'events', cited: { reason: String(message.params['reason'] ?? ''), message: value ?? '', ...(object.kind === 'Event' ? {} : { name: object.name }) } };
    case 'host-image':
    case 'node-image':
      return { where: 'images' };
    case 'manifest':
    case 'policy':
    case 'condition':
    case 'status':
    case 'object': {
      if (path === undefined || !object) return undefined;
      if (isOwn) return { where: 'yaml', path, of: 'own' };
      return isRoot ? { where: 'yaml', path, of: 'root' } : undefined;
    }
    case 'store':
    case 'near-names':
    case 'credentials':
    case 'log':
    case 'node':
      return undefined;
  }
}
