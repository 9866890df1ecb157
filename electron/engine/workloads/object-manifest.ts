// The manifest that makes a workload again after it was deleted.
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { jobManifest } from './job-manifest.ts';
import type { Workload } from './root-owner.ts';

const DROPPED = [
  'uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation', 'finalizers',
  'ownerReferences',
];

/** Without what the server and the controllers wrote: status, identity, and the revision that a Deployment counts. */
export function workloadManifest(workload: Workload): KubeObject {
  if (workload.kind === 'Job') return jobManifest(workload);
  const { status: _, metadata, ...rest } = workload;
  const { annotations, ...kept } = Object.fromEntries(Object.entries(metadata).filter(([key]) => !DROPPED.includes(key))) as KubeObject['metadata'];
  const { 'deployment.kubernetes.io/revision': _revision, ...others } = annotations ?? {};
  return { ...rest, metadata: { ...kept, ...(Object.keys(others).length > 0 ? { annotations: others } : {}) } };
}
