// Builds an image, brings it to the nodes, and makes the pods anew that use it, those of a workload by the workload. Nothing of the cluster is touched
// before the image is built and on every node that it can be loaded into.
import type { BuildSettings, LeftPod } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { Teller } from '../activity/activity.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { loadIntoNodes } from '../images/load-into-nodes.ts';
import { recreatePods, type Outcome } from '../pods/recreate-pods.ts';
import { waitFor } from '../topic.ts';
import { podsOfImage, type PodsOfImage } from './pods-of-image.ts';
import type { RecentBuilds } from './recent-builds.ts';
import { lineOf, runBuild } from './run-build.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

export interface RolledOut {
  imageId: string;
  image: string;
  /** The nodes that the image was loaded into; none where they share Docker's images. */
  nodes: string[];
  recreated: Outcome['recreated'];
  left: LeftPod[];
}

/** Pods and nodes of a cluster that somebody looks at are known; of another one they are soon. */
const KNOWN_MS = 20_000;

/**
 * @param settings from `settled`
 * @throws Failure CHANGES_LOCKED at once; what scope, build and load throw; RECREATE_NOT_RESTORED once all other pods were tried
 */
export function buildLoadRecreateAction(parts: ChangeParts & { readonly recent: RecentBuilds }, settings: BuildSettings): SessionAction<RolledOut> {
  const { session } = parts;
  session.requireChanges();
  return {
    title: { key: 'activity.build-load-recreate', params: { image: settings.image } },
    commands: [lineOf(settings)],
    endsWithCaller: true,
    async run(tell, signal) {
      tell.step('step.find-pods', { image: settings.image });
      await knownPods(session, signal); // Who may not see the pods learns it before anything is built.
      const { imageId, reference } = await runBuild(parts, settings, tell, signal);
      const canHave = await nodesThatCanHave(session, signal);
      const loaded = session.nodeStores.loadable().length === 0 ? [] : await loadIntoNodes(parts, shown(reference), tell, signal);
      // What uses it now: a build takes a while.
      const { using, left } = podsOfImage(await knownPods(session, signal), reference, canHave);
      tell.goesOn();
      const outcome = await recreateAll(parts, using, tell);
      const result = {
        imageId,
        image: reference,
        nodes: loaded.map(({ node }) => node),
        recreated: outcome.recreated,
        left: [...left, ...outcome.left],
      };
      return { result, ways: outcome.ways };
    },
  };
}

/** A full name is right for the engine; a person wrote a short one. */
function shown(normalized: string): string {
  const reference = parseImageReference(normalized);
  return reference.ok ? familiarName(reference) : normalized;
}

/** The pods of all namespaces. Throws why they cannot be known: what is not seen must not be called unused. */
async function knownPods(session: ClusterSession, signal: AbortSignal): Promise<Iterable<Pod>> {
  const { pods } = await session.scope('', signal);
  const soon = AbortSignal.any([signal, AbortSignal.timeout(KNOWN_MS)]);
  await waitFor(pods, ({ connection: { state } }) => state !== 'connecting' && state !== 'reconnecting', soon).catch(() => signal.throwIfAborted());
  const { items, connection } = pods.value;
  if (connection.state === 'live' && items !== 'unknown') return items.values();
  if (connection.cause) throw Failure.ofData(connection.cause);
  throw new Failure('CLUSTER_UNREACHABLE', { context: session.context, server: session.server }, `the pods could not be read: ${connection.state}`);
}

/** Waits until it is known how each node gets its images. */
async function nodesThatCanHave(session: ClusterSession, signal: AbortSignal): Promise<(node: string) => boolean> {
  const { nodeStores } = session;
  const soon = AbortSignal.any([signal, AbortSignal.timeout(KNOWN_MS)]);
  await waitFor(nodeStores.stores, (stores) => stores !== 'unknown', soon).catch(() => signal.throwIfAborted());
  const stores = nodeStores.stores.value;
  const loadable = new Set(nodeStores.loadable().map(({ node }) => node));
  const sharing = new Set(stores === 'unknown' ? [] : stores.filter(({ sharesDocker }) => sharesDocker === 'yes').map(({ node }) => node));
  return (node) => loadable.has(node) || sharing.has(node);
}

/** A workload that Podlab does not know is left, and said to be. */
async function recreateAll(parts: ChangeParts, using: PodsOfImage['using'], tell: Teller) {
  const { context } = parts.session;
  const wanted = using.map(({ pod: { metadata: { namespace = '', name = '', uid = '' } }, askAlways }) => ({
    ref: { context, namespace, name, uid },
    change: askAlways.length === 0 ? {} : { policy: 'IfNotPresent' as const, containers: askAlways },
  }));
  const { recreated, failed, ways } = await recreatePods(parts, wanted, tell, { restarts: true });
  // A pod that is nowhere but on our disk is the news, whatever else went well.
  const lost = failed.find(({ failure }) => failure.code === 'RECREATE_NOT_RESTORED' || failure.code === 'WORKLOAD_NOT_RESTORED');
  if (lost) throw Failure.ofData(lost.failure);
  const left = failed.map(({ namespace, name, failure }): LeftPod => {
    const { kind, owner } = failure.params;
    return failure.code === 'POD_HAS_OWNER' ? { namespace, name, why: 'owned', owner: { kind: String(kind), name: String(owner) } } : { namespace, name, why: 'failed', failure };
  });
  return { recreated, left, ways };
}
