// Builds an image, brings it to the nodes, and makes the bare pods anew that use it. Nothing of the cluster is touched before the image is built
// and on every node that it can be loaded into.
import type { BuildSettings, LeftPod } from '../../../shared/contract/builds.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { Teller } from '../activity/activity.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { loadIntoNodes } from '../images/load-into-nodes.ts';
import { recreateCommands } from '../pods/commands.ts';
import type { Created } from '../pods/create.ts';
import { replacePod, type ChangeParts } from '../pods/replace.ts';
import { waitFor } from '../topic.ts';
import { podsOfImage } from './pods-of-image.ts';
import type { RecentBuilds } from './recent-builds.ts';
import { lineOf, runBuild } from './run-build.ts';

export interface RolledOut {
  imageId: string;
  image: string;
  /** The nodes that the image was loaded into; none where they share Docker's images. */
  nodes: string[];
  recreated: { namespace: string; name: string }[];
  left: LeftPod[];
}

/** A pod whose definition was changed, so that it can be had back as it was. */
interface Changed {
  readonly created: Created;
  readonly old: Pod;
  readonly file: string;
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
      const { bare, left } = podsOfImage(await knownPods(session, signal), reference, canHave);
      tell.goesOn();
      const outcome = await recreateAll(parts, bare, tell);
      const result = {
        imageId,
        image: reference,
        nodes: loaded.map(({ node }) => node),
        recreated: outcome.recreated.map(({ namespace, name }) => ({ namespace, name })),
        left: [...left, ...outcome.failed],
      };
      return { result, ways: outcome.changed.map(({ created, old, file }) => ({ type: 'replace-pod', ...created, old, file })) };
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

/** One pod that fails is no reason to leave the next one with the old build. */
async function recreateAll(parts: ChangeParts, bare: ReturnType<typeof podsOfImage>['bare'], tell: Teller) {
  const recreated: Created[] = [];
  const changed: Changed[] = [];
  const failed: LeftPod[] = [];
  let lost: Failure | undefined;
  for (const { pod, askAlways } of bare) {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const ref = { context: parts.session.context, namespace, name, uid };
    const make = (live: Pod) => recreateManifest(live, askAlways.length === 0 ? {} : { policy: 'IfNotPresent', containers: askAlways });
    for (const line of recreateCommands(ref.context, pod, make(pod))) tell.command(line);
    try {
      const replaced = await replacePod(parts, { ref, make }, tell);
      recreated.push(replaced.created);
      if (askAlways.length > 0) changed.push(replaced);
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error; // a bug of ours
      tell.stepFailed();
      failed.push({ namespace, name, why: 'failed', failure: failure.toData() });
      if (failure.code === 'RECREATE_NOT_RESTORED') lost ??= failure;
    }
  }
  // A pod that is nowhere but on our disk is the news, whatever else went well.
  if (lost) throw lost;
  return { recreated, changed, failed };
}
