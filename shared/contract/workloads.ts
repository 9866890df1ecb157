// Workloads (what makes pods) and Services (what leads to pods), with what is wrong with each, above all where there is no pod that could say it.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { connectionState } from './environment.ts';
import { finding, message, objectName } from './findings.ts';
import { podOffer, podRow } from './pods.ts';
import { progressOf } from './progress.ts';

export const workloadRow = z.object({
  uid: z.string(),
  apiVersion: z.string(),
  /** Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Service. What another workload makes has no row of its own. */
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  createdAt: z.string().optional(),
  /** Ready of wanted pods, `1/3`; of a Job those that succeeded, of a Service the ready of the pods that it selects. Absent where nothing is counted (a CronJob). */
  ready: z.string().optional(),
  health: podRow.shape.health,
  /** The worst: its own, or that of one of its pods. */
  headline: z.object({ id: z.string(), message }).optional(),
  /** How bad the headline is, and whether no pod says it: then it is seen nowhere else. */
  severity: finding.shape.severity.optional(),
  isOwn: z.boolean(),
});
export type WorkloadRow = z.infer<typeof workloadRow>;

export const workloadDetail = z.object({
  row: workloadRow,
  /** The headline first. `pod`: it is this pod's, and so are its fixes. */
  findings: z.array(z.object({ finding, pod: z.string().optional() })),
  /** That it makes, or of a Service that it selects. */
  pods: z.array(podRow.pick({ uid: true, namespace: true, name: true, status: true, health: true, headline: true })),
  /** The `change` fixes of its own findings. */
  offers: z.array(podOffer),
});
export type WorkloadDetail = z.infer<typeof workloadDetail>;

const namespace = z.object({ context: z.string(), namespace: z.string() });
const named = namespace.extend({ kind: z.string(), name: z.string() });

export const workloads = {
  /** All of a namespace (`''`: of all namespaces): a snapshot, then changes, at most one message a frame. `unread`: the kinds whose lists cannot be had now. */
  watch: oc.errors(declared).input(namespace).output(
    eventIterator(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('snapshot'), rows: z.array(workloadRow), unread: z.array(z.string()), connection: connectionState }),
        z.object({ type: z.literal('changes'), upserted: z.array(workloadRow), removed: z.array(z.string()), unread: z.array(z.string()), connection: connectionState }),
      ]),
    ),
  ),
  /** One by kind and name: whole at first, whole again after each change; `gone` when it is deleted, and whole again when one of that name returns. */
  watchDetail: oc.errors(declared).input(named).output(
    eventIterator(z.discriminatedUnion('type', [z.object({ type: z.literal('workload'), detail: workloadDetail }), z.object({ type: z.literal('gone') })])),
  ),
  /** Makes a `change` fix of one of its own findings, as they are now, and then looks whether the finding goes. */
  applyFix: oc.errors(declared)
    .input(objectName.extend({ context: z.string(), namespace: z.string(), uid: z.string(), finding: z.string(), key: z.string() }))
    .output(eventIterator(progressOf(z.object({ namespace: z.string(), name: z.string() })))),
};
