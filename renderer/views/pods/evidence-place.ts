// Where a piece of evidence can be looked at.
import type { Evidence } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';

export type EvidencePlace =
  | { readonly where: 'events' }
  /** `path` of the pod, or of its root owner. */
  | { readonly where: 'yaml'; readonly path: string; readonly of: 'pod' | 'root' }
  | { readonly where: 'images' };

/** Undefined where there is nothing to show: another object, a line of a log. */
export function placeOf({ kind, object, path }: Evidence, { row, root }: Pick<PodDetail, 'row' | 'root'>): EvidencePlace | undefined {
  const isPod = object?.kind === 'Pod' && object.name === row.name && (object.namespace ?? row.namespace) === row.namespace;
  switch (kind) {
    case 'event':
      return isPod ? { where: 'events' } : undefined;
    case 'host-image':
    case 'node-image':
      return { where: 'images' };
    case 'manifest':
    case 'policy':
    case 'condition':
    case 'status':
    case 'object': {
      if (path === undefined || !object) return undefined;
      if (isPod) return { where: 'yaml', path, of: 'pod' };
      const isRoot = root !== undefined && object.kind === root.kind && object.name === root.name && (object.namespace ?? row.namespace) === root.namespace;
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
