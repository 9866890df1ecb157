// F17: back to the newest older revision of the Deployment whose pods are ready, as `kubectl rollout undo` does it.
import type { Fix } from '../contract/findings.ts';
import { isRecord } from '../kubernetes/containers.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { changeFix } from './cause.ts';
import type { PodCase } from './cause.ts';

const REVISION = 'deployment.kubernetes.io/revision';

/** None where the pod has no Deployment, or where no older revision of it has a ready pod. */
export function rollbackFix({ pod, world: { owners, revisions } }: PodCase, recommended: boolean): Fix[] {
  const root = owners === 'unknown' ? undefined : owners.at(-1);
  const { name = '', namespace } = root?.metadata ?? {};
  const own = pod.metadata.ownerReferences?.find(({ controller }) => controller);
  const current = revisions?.find(({ metadata }) => metadata.uid === own?.uid);
  if (root?.kind !== 'Deployment' || name === '' || !current || !revisions) return [];
  const older = revisions.filter((each) => revisionOf(each) < revisionOf(current) && readyOf(each) > 0).toSorted((a, b) => revisionOf(b) - revisionOf(a));
  const template = older[0] && templateOf(older[0]);
  if (!older[0] || !template) return [];
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', name, ...(namespace === undefined ? {} : { namespace }) };
  const params = { name, revision: revisionOf(older[0]), ready: readyOf(older[0]) };
  return [changeFix('F17.rollback', [{ on: 'object', object, edits: [{ path: ['spec', 'template'], value: template }] }], { recommended, params })];
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION]) || 0;
}

function readyOf({ status }: KubeObject): number {
  return isRecord(status) ? Number(status['readyReplicas']) || 0 : 0;
}

/** The ReplicaSet's template without the label by which it knows its own pods. */
function templateOf({ spec }: KubeObject): Record<string, unknown> | undefined {
  const template = isRecord(spec) ? spec['template'] : undefined;
  if (!isRecord(template)) return undefined;
  const metadata = isRecord(template['metadata']) ? template['metadata'] : {};
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  return { ...template, metadata: { ...metadata, labels: Object.fromEntries(Object.entries(labels).filter(([key]) => key !== 'pod-template-hash')) } };
}
