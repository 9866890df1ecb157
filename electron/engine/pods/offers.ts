// What can be done to a pod now, what each does and which lines kubectl or docker would need; and why something cannot be done.
import type { Finding, Message, PullPolicy } from '../../../shared/contract/findings.ts';
import type { PodDetail, PodRow } from '../../../shared/contract/pods.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { kubectl } from '../activity/shell-line.ts';
import { controllerOf } from '../cluster/owners.ts';
import { imagesOnlyInDocker } from '../images/only-in-docker.ts';
import { recreateCommands } from './commands.ts';
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
  const noChange: Message | undefined = ending
    ? { key: 'offer.refused.ending', params: { pod: name } }
    : owner
      ? { key: 'offer.refused.owner', params: { pod: name, kind: owner.kind, owner: owner.name } }
      : undefined;
  const noLoad: Message | undefined = loads.length > 0 ? undefined : { key: 'offer.refused.nothing-to-load', params: {} };
  const lines = (change: Pick<Offer, 'policy' | 'image' | 'container'>) => recreateLines(session.context, pod, { name, ...change });
  return [
    ...POLICIES.map((policy): Offer => ({ action: 'recreate', policy, danger: 'y', commands: lines({ policy }), ...refused(noChange) })),
    { action: 'recreate', danger: 'y', commands: lines({}), ...refused(noChange) },
    ...otherImages(findings).map(({ image, container, policy }): Offer => {
      const change = { image, ...(container === undefined ? {} : { container }), ...(policy === undefined ? {} : { policy }) };
      return { action: 'recreate', ...change, danger: 'y', commands: lines(change), ...refused(noChange) };
    }),
    { action: 'load', danger: 'g', commands: loads, ...refused(noLoad) },
    ...POLICIES.map(
      (policy): Offer => ({
        action: 'load-and-recreate',
        policy,
        danger: 'y',
        commands: [...loads, ...lines({ policy })],
        ...refused(noChange ?? noLoad),
      }),
    ),
    {
      action: 'delete',
      danger: 'y',
      commands: [kubectl(at, 'delete', 'pod', name)],
      ...refused(ending ? { key: 'offer.refused.ending', params: { pod: name } } : undefined),
    },
  ];
}

/** None where it is not clear which container gets the image: the change itself is refused then. */
function recreateLines(context: string, pod: Pod, change: Parameters<typeof recreated>[1]): string[] {
  try {
    return recreateCommands(context, pod, recreated(pod, change));
  } catch {
    return [];
  }
}

/** The names that findings suggest in the place of one that is nowhere. */
function otherImages(findings: readonly Finding[]): { image: string; container: string | undefined; policy: PullPolicy | undefined }[] {
  return findings.flatMap(({ container, fixes }) =>
    fixes.flatMap((fix) => (fix.action === 'recreate' && fix.image !== undefined ? [{ image: fix.image, container, policy: fix.policy }] : [])),
  );
}
