// Makes several pods anew: bare ones one after the other, those of a workload by one change of the workload. One that fails does not stop the next.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import type { Teller } from '../activity/activity.ts';
import type { WayBack } from '../activity/way-back.ts';
import { controllerOf } from '../cluster/owners.ts';
import { byWorkload, type Owned } from '../workloads/by-workload.ts';
import { planLines, restartLines } from '../workloads/lines.ts';
import { planned, renewOwned, restartOwned } from '../workloads/renew.ts';
import { readOwners, workloadOf } from '../workloads/root-owner.ts';
import type { TemplateChange } from '../workloads/template.ts';
import { recreateCommands } from './commands.ts';
import { stayingPod, type PodRef } from './pod-ref.ts';
import { recreated } from './recreate.ts';
import { replacePod } from './replace.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

export interface Wanted {
  readonly ref: PodRef;
  readonly change: TemplateChange;
}
export interface Outcome {
  /** Those that were asked for; `workload` made the new one where the pod has an owner. */
  readonly recreated: { namespace: string; name: string; workload?: { kind: string; name: string } }[];
  readonly failed: { namespace: string; name: string; failure: FailureData }[];
  readonly ways: WayBack[];
}
interface OwnedWanted extends Owned {
  readonly wanted: Wanted;
}

/**
 * @param restarts whether a workload whose template stays as it is makes all its pods anew, and not only those that are asked for
 * @throws what is no Failure: a bug of ours
 */
export async function recreatePods(parts: ChangeParts, all: readonly Wanted[], tell: Teller, { restarts = false } = {}): Promise<Outcome> {
  const connection = await parts.session.client();
  const outcome: Outcome = { recreated: [], failed: [], ways: [] };
  const owned: OwnedWanted[] = [];
  /** Tells each step as one of this pod: of several that read the same, each has its own state. */
  const tellOf = (name: string): Teller => ({ ...tell, step: (key, params) => tell.step(key, { ...params, of: name }) });
  const attempt = async (wanted: readonly Wanted[], work: (tell: Teller) => Promise<void>) => {
    try {
      await work(tellOf(wanted[0]?.ref.name ?? ''));
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      tell.stepFailed();
      for (const { ref: { namespace, name } } of wanted) outcome.failed.push({ namespace, name, failure: failure.toData() });
    }
  };
  for (const wanted of all) {
    await attempt([wanted], async (own) => {
      own.step('step.check-pod', { pod: wanted.ref.name });
      const pod = await stayingPod(parts.session, wanted.ref);
      if (controllerOf(pod)) owned.push({ pod, wanted, chain: await readOwners(connection, pod) });
      else await recreateBare(parts, pod, wanted, restarts, own, outcome);
    });
  }
  for (const group of byWorkload(owned)) {
    await attempt(group.map(({ wanted }) => wanted), (own) => recreateGroup(parts, connection, group, restarts, own, outcome));
  }
  return outcome;
}

async function recreateBare(parts: ChangeParts, pod: Pod, { ref, change }: Wanted, restarts: boolean, tell: Teller, outcome: Outcome): Promise<void> {
  const { policy, containers } = change;
  const make = (live: Pod) => (containers ? recreateManifest(live, { ...(policy && { policy }), containers }) : recreated(live, { name: ref.name, ...change }));
  for (const line of recreateCommands(ref.context, pod, make(pod))) tell.command(line);
  const { created, old, file } = await replacePod(parts, { ref, make }, tell);
  outcome.recreated.push({ namespace: created.namespace, name: created.name });
  // After a mere restart there is nothing to take back.
  if (!restarts || change.policy !== undefined) outcome.ways.push({ type: 'replace-pod', ...created, old, file });
}

async function recreateGroup(
  parts: ChangeParts, connection: ClusterConnection, group: readonly OwnedWanted[], restarts: boolean, tell: Teller, outcome: Outcome,
): Promise<void> {
  const [first] = group;
  if (!first) return;
  const { chain, wanted: { ref, change: wish } } = first;
  const pods = group.map(({ pod }) => pod);
  // Several pods of one template may name different containers: the template gets them all.
  const containers = group.flatMap(({ wanted }) => wanted.change.containers ?? []);
  const change: TemplateChange = wish.containers ? { ...wish, containers: [...new Set(containers)] } : wish;
  const at = { context: ref.context, namespace: ref.namespace };
  const isRestart = restarts && (change.policy === undefined || change.containers?.length === 0) && change.image === undefined;
  const names = pods.map(({ metadata }) => metadata.name ?? '');
  const lines = isRestart ? restartLines(at, workloadOf(first.pod, chain)) : planLines(at, planned(pods, chain, change), names, change);
  for (const line of lines) tell.command(line);
  const renewed = isRestart ? await restartOwned(parts, connection, pods, chain, tell) : await renewOwned(parts, connection, pods, chain, change, tell);
  outcome.recreated.push(...pods.map(({ metadata: { namespace = '', name = '' } }) => ({ namespace, name, workload: { ...renewed.workload } })));
  outcome.ways.push(...renewed.ways);
}
