// What can be done for a pod that an owner makes: each button says what it changes, and why deleting the pod alone would not.
import type { Message } from '../../../shared/contract/findings.ts';
import type { PodDetail } from '../../../shared/contract/pods.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { planLines, restartLines } from './lines.ts';
import { planOf, type Plan } from './plan.ts';
import { isWorkload, type Workload } from './root-owner.ts';
import { isPaused, rollsOut, sourceOf, type TemplateChange } from './template.ts';

type Offer = PodDetail['offers'][number];
type Change = Pick<TemplateChange, 'policy' | 'image' | 'container'>;

interface About {
  readonly context: string;
  readonly pod: Pod;
  /** From the pod's controller to the root; 'unknown' while it is read, or where it cannot be. */
  readonly chain: readonly KubeObject[] | 'unknown';
}

/** Why nothing can be changed for the pod by its owner; undefined where it can. */
export function ownerRefusal({ pod, chain }: About): Message | undefined {
  const name = pod.metadata.name ?? '';
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
  if (chain === 'unknown' || chain.length === 0) {
    return { key: 'offer.refused.owner-unread', params: { pod: name, kind: owner?.kind ?? '', owner: owner?.name ?? '' } };
  }
  const root = chain.at(-1);
  const { kind = '', metadata } = root ?? { metadata: {} };
  const params = { pod: name, kind, owner: metadata.name ?? '' };
  if (!root || !isWorkload(root)) return { key: 'offer.refused.owner', params };
  if (metadata.deletionTimestamp !== undefined) return { key: 'offer.refused.owner-ending', params };
  return isPaused(root) ? { key: 'offer.refused.owner-paused', params } : undefined;
}

/** How `change` is made, with its lines; undefined where the owner cannot be changed by Podlab. `loads`: the lines that load the images before. */
export function ownedOffer(about: About, action: 'recreate' | 'load-and-recreate', change: Change, loads: readonly string[] = []): Offer {
  const { context, pod, chain } = about;
  const offer = { action, danger: 'y' as const, ...change };
  const refused = ownerRefusal(about);
  if (refused || chain === 'unknown') return { ...offer, commands: [], ...(refused ? { refused } : {}) };
  const { name = '', namespace = '' } = pod.metadata;
  try {
    const plan = planOf([pod], chain, change);
    const lines = planLines({ context, namespace }, plan, [name], change);
    const commands = [...(action === 'load-and-recreate' ? loads : []), ...lines];
    return { ...offer, commands, describe: describe(plan, action, change), notes: notesOf(plan.workload, plan.patch !== undefined) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const root = chain.at(-1);
    return { ...offer, commands: [], refused: { key: 'offer.refused.which-container', params: { kind: root?.kind ?? '', owner: root?.metadata.name ?? '' } } };
  }
}

/** Restart all pods of the workload, where its kind can and there are more than this one. */
export function restartOffer(about: About): Offer | undefined {
  const { context, pod, chain } = about;
  const root = chain === 'unknown' ? undefined : chain.at(-1);
  if (!root || !isWorkload(root) || !rollsOut(root) || replicasOf(root) < 2 || ownerRefusal(about)) return undefined;
  const params = { kind: root.kind, owner: root.metadata.name ?? '' };
  return {
    action: 'restart', danger: 'y', commands: restartLines({ context, namespace: pod.metadata.namespace ?? '' }, root),
    describe: { key: 'offer.describe.restart', params },
  };
}

/** A DaemonSet says how many it should have in its status only. */
function replicasOf(workload: Workload): number {
  const { replicas = 1 } = (workload['spec'] ?? {}) as { replicas?: number };
  const { desiredNumberScheduled = 1 } = (workload['status'] ?? {}) as { desiredNumberScheduled?: number };
  return workload.kind === 'DaemonSet' ? desiredNumberScheduled : replicas;
}

function describe({ workload, patch, job, deletesPods }: Plan, action: string, { policy, image }: Change): Message {
  const params = {
    kind: workload.kind, owner: workload.metadata.name ?? '', policy: policy ?? '', image: image ?? '', job: job?.metadata.name ?? '',
    what: image !== undefined ? 'image' : policy !== undefined ? 'policy' : 'plain', load: action === 'load-and-recreate' ? 'yes' : 'no',
  };
  if (workload.kind === 'CronJob' && patch) return { key: job ? 'offer.describe.cronjob-and-job' : 'offer.describe.cronjob', params };
  if (job) return { key: 'offer.describe.job', params };
  if (!patch) return { key: policy === undefined && image === undefined ? 'offer.describe.pod-of-owner' : 'offer.describe.as-template', params };
  return { key: deletesPods ? 'offer.describe.template-and-pod' : 'offer.describe.template', params };
}

/** What is written by a tool from elsewhere is written again by it. */
function notesOf(workload: Workload, changesIt: boolean): Message[] {
  const source = sourceOf(workload);
  if (!source || !changesIt) return [];
  return [{ key: 'offer.note.source', params: { source, kind: workload.kind, owner: workload.metadata.name ?? '' } }];
}

