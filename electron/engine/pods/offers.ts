// What can be done to a pod now, what each does and which lines kubectl or docker would need; and why something cannot be done.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Finding, Message, PullPolicy } from '../../../shared/contract/findings.ts';
import type { PodDetail, PodRow } from '../../../shared/contract/pods.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { kubectl } from '../activity/shell-line.ts';
import { controllerOf } from '../cluster/owners.ts';
import { imagesOnlyInDocker } from '../images/only-in-docker.ts';
import { isWorkload } from '../workloads/root-owner.ts';
import { ownedOffer, ownerRefusal, restartOffer } from '../workloads/owned-offers.ts';
import { recreateCommands } from './commands.ts';
import { finalizerLine, forceDeleteLine, isOverdue } from './force-delete.ts';
import { recreated } from './recreate.ts';
import type { WorldSources } from './world.ts';

type Offer = PodDetail['offers'][number];

const POLICIES: readonly PullPolicy[] = ['IfNotPresent', 'Never', 'Always'];

export function offersOf({ session, docker }: WorldSources, pod: Pod, row: PodRow, findings: readonly Finding[]): Offer[] {
  const { name, namespace } = row;
  const at = { context: session.context, namespace };
  const owner = controllerOf(pod);
  const ending = pod.metadata.deletionTimestamp !== undefined;
  const missing = imagesOnlyInDocker({ session, docker }, pod);
  const loadLines = session.nodeStores.loadable().flatMap((store) => missing.map((image) => store.loadCommand(image))).filter((line) => line !== undefined);
  const loads = [...new Set(loadLines)]; // one line loads into all nodes of a kind cluster
  const refused = (message: Message | undefined) => (message ? { refused: message } : {});
  const chain = owner ? session.owners.of(pod) : [];
  const about = { context: session.context, pod, chain };
  const noChange: Message | undefined = ending ? { key: 'offer.refused.ending', params: { pod: name } } : owner ? ownerRefusal(about) : undefined;
  const noLoad: Message | undefined = loads.length > 0 ? undefined : { key: 'offer.refused.nothing-to-load', params: {} };
  const change = (action: 'recreate' | 'load-and-recreate', wanted: Pick<Offer, 'policy' | 'image' | 'container'>): Offer => {
    const no = noChange ?? (action === 'recreate' ? undefined : noLoad);
    if (owner && !noChange) return { ...ownedOffer(about, action, wanted, loads), ...refused(no) };
    const offer = { action, ...wanted, danger: 'y' as const };
    if (owner) return { ...offer, commands: [], ...refused(no) };
    const lines = recreateLines(session.context, pod, { name, ...wanted });
    if (!lines) return { ...offer, commands: [], refused: no ?? { key: 'offer.refused.which-container-of-pod', params: { pod: name } } };
    return { ...offer, commands: [...(action === 'recreate' ? [] : loads), ...lines], ...refused(no) };
  };
  const restart = owner && !ending ? restartOffer(about) : undefined;
  return [
    ...POLICIES.map((policy) => change('recreate', { policy })),
    change('recreate', {}),
    ...otherImages(findings).map(({ image, container, policy }) =>
      change('recreate', { image, ...(container === undefined ? {} : { container }), ...(policy === undefined ? {} : { policy }) }),
    ),
    { action: 'load', danger: 'g', commands: loads, ...refused(noLoad) },
    ...POLICIES.map((policy) => change('load-and-recreate', { policy })),
    ...(restart ? [restart] : []),
    {
      action: 'delete',
      danger: 'y',
      commands: [kubectl(at, 'delete', 'pod', name)],
      ...(owner ? { describe: { key: 'offer.describe.delete-owned', params: { pod: name, kind: owner.kind, owner: owner.name } } } : {}),
      ...refused(ending ? { key: 'offer.refused.ending', params: { pod: name } } : undefined),
    },
    ...deleteOwner(at, chain),
    ...lastResorts(at, pod),
  ];
}

/** Undefined where it is not clear which container gets the image: the change itself would be refused then. */
function recreateLines(context: string, pod: Pod, change: Parameters<typeof recreated>[1]): string[] | undefined {
  try {
    return recreateCommands(context, pod, recreated(pod, change));
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'CONTAINER_NOT_FOUND')) throw error;
    return undefined;
  }
}

/** Where it is known who makes the pod, and Podlab knows the kind. */
function deleteOwner(at: { context: string; namespace: string }, chain: ReturnType<WorldSources['session']['owners']['of']>): Offer[] {
  const root = chain === 'unknown' ? undefined : chain.at(-1);
  if (!root || !isWorkload(root)) return [];
  const owner = root.metadata.name ?? '';
  const params = { kind: root.kind, owner };
  return [{
    action: 'delete-owner', danger: 'r', confirm: owner,
    commands: [kubectl(at, 'delete', root.kind.toLowerCase(), owner)], describe: { key: 'offer.describe.delete-owner', params },
    ...(root.metadata.deletionTimestamp === undefined ? {} : { refused: { key: 'offer.refused.owner-ending', params: { pod: '', ...params } } }),
  }];
}

/** Only for a pod that is being deleted: one that does not end in its time, and one that waits for a finalizer. */
function lastResorts(at: { context: string; namespace: string }, pod: Pod): Offer[] {
  const { name = '', deletionTimestamp, finalizers = [] } = pod.metadata;
  if (deletionTimestamp === undefined) return [];
  const typed = { danger: 'r', confirm: name } as const;
  const force: Offer[] = isOverdue(pod, new Date()) ? [{ action: 'force-delete', ...typed, commands: [forceDeleteLine(at, name)] }] : [];
  return [...force, ...finalizers.map((finalizer): Offer => ({ action: 'remove-finalizer', finalizer, ...typed, commands: finalizerLine(at, pod, finalizer) }))];
}

/** The names that findings suggest in the place of one that is nowhere. */
function otherImages(findings: readonly Finding[]): { image: string; container: string | undefined; policy: PullPolicy | undefined }[] {
  return findings.flatMap(({ container, fixes }) =>
    fixes.flatMap((fix) => (fix.action === 'recreate' && fix.image !== undefined ? [{ image: fix.image, container, policy: fix.policy }] : [])),
  );
}
