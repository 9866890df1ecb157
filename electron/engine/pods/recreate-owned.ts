// Recreates a pod that has an owner, and restarts all pods of one.
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { Teller } from '../activity/activity.ts';
import type { WayBack } from '../activity/way-back.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { planLines, restartLines } from '../workloads/lines.ts';
import { renewOwned, restartOwned, planned, type Renewed } from '../workloads/renew.ts';
import { readOwners, workloadOf } from '../workloads/root-owner.ts';
import type { TemplateChange } from '../workloads/template.ts';
import { stayingPod, type PodRef } from './pod-ref.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

export interface RecreatedPod {
  namespace: string;
  /** Absent where no new pod was seen yet. */
  name?: string;
  uid?: string;
  workload?: { kind: string; name: string };
}

/** @throws Failure as readOwners and renewOwned */
export async function recreateOwned(
  parts: ChangeParts, pod: Pod, { policy, image, container }: TemplateChange, tell: Teller,
): Promise<{ result: RecreatedPod; ways: readonly WayBack[] }> {
  const change = { policy, image, container };
  const connection = await parts.session.client();
  const { name = '', namespace = '' } = pod.metadata;
  tell.step('step.find-owner', { pod: name });
  const chain = await readOwners(connection, pod);
  for (const line of planLines({ context: parts.session.context, namespace }, planned([pod], chain, change), [name], change)) tell.command(line);
  const renewed = await renewOwned(parts, connection, [pod], chain, change, tell);
  return { result: resultOf(namespace, renewed), ways: renewed.ways };
}

/** @throws Failure CHANGES_LOCKED at once; as readOwners and restartOwned, and POD_HAS_OWNER where nothing that Podlab knows makes it, when it runs */
export function restartAction(parts: ChangeParts, ref: PodRef): SessionAction<RecreatedPod> {
  const { session } = parts;
  session.requireChanges();
  const at = { context: session.context, namespace: ref.namespace };
  return {
    title: { key: 'activity.restart', params: { pod: ref.name } },
    commands: [],
    subject: { ...at, pod: ref.name },
    endsWithCaller: false,
    async run(tell) {
      const connection = await session.client();
      tell.step('step.find-owner', { pod: ref.name });
      const pod = await stayingPod(session, ref);
      const chain = await readOwners(connection, pod);
      for (const line of restartLines(at, workloadOf(pod, chain))) tell.command(line);
      return { result: resultOf(ref.namespace, await restartOwned(parts, connection, [pod], chain, tell)) };
    },
  };
}

function resultOf(namespace: string, { created, workload }: Renewed): RecreatedPod {
  return { ...(created ?? { namespace }), workload: { ...workload } };
}
