// The contract's calls for images.
import type { EngineCalls } from '../calls.ts';
import type { Scope } from '../cluster/scope.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';
import { describeImage } from '../../clients/docker/describe-image.ts';
import { runInSession } from '../cluster/session-action.ts';
import { createTopic, type Topic } from '../topic.ts';
import { knownRegistry } from './known-registry.ts';
import type { KeptCopies } from './kept-copies.ts';
import { loadIntoNodes } from './load-into-nodes.ts';
import { predict } from './predict.ts';
import { nameImage, removeImages } from './removal-actions.ts';
import { storesKnown } from './stores-known.ts';
import { imageRows } from './table.ts';
import type { Images } from './used-by.ts';
import type { Changes } from '../cluster/changes.ts';

export function imageCalls(changes: Changes, keptCopies: KeptCopies): EngineCalls['images'] {
  const { sessions, docker, activity } = changes;
  return {
    async *watch({ context }, signal) {
      using held = context === undefined ? undefined : sessions.hold(context);
      const session = held?.session;
      const scope = await session?.scope('', signal);
      for await (const rows of whenever(sourcesOf(docker, session, scope), () => rowsOf(docker, session, scope), signal)) yield { rows };
    },
    async *watchPrediction({ context, image }, signal) {
      using held = sessions.hold(context);
      const { session } = held;
      const scope = await session.scope('', signal);
      const look = () => {
        const { items } = session.nodes.value;
        const nodes = items === 'unknown' ? [] : [...items.values()].map(({ metadata }) => metadata.name ?? '').sort();
        const images = imagesOf(docker, session);
        return predict(image, nodes, images, knownRegistry(scope, images));
      };
      yield* whenever([...sourcesOf(docker, session, scope), session.nodes], look, signal);
    },
    inspect: ({ image }, signal) => describeImage(docker.connection.docker(), image, signal),
    tag: nameImage({ docker, activity }),
    remove: removeImages(changes, keptCopies),
    load: ({ context, image, nodes }, signal) =>
      runInSession(changes, context, signal, ({ session }) => {
        session.requireChanges();
        return {
          title: { key: 'activity.load', params: { image } },
          commands: [],
          endsWithCaller: true,
          async run(tell, own) {
            await storesKnown({ session, docker });
            return { result: { nodes: await loadIntoNodes({ session, docker }, image, tell, own, nodes) } };
          },
        };
      }),
  };
}

/** What `look` sees at first, and whenever it sees something else after one of the sources changed. */
async function* whenever<Seen>(sources: readonly Topic<unknown>[], look: () => Seen, signal: AbortSignal): AsyncGenerator<Seen, void, void> {
  using stops = new DisposableStack();
  const changed = createTopic(0);
  for (const topic of sources) stops.defer(topic.subscribe(() => changed.set(changed.value + 1)));
  let sent = '';
  for await (const _ of changed.watch(signal)) {
    const seen = look();
    const text = JSON.stringify(seen);
    if (text !== sent) yield seen;
    sent = text;
  }
}

function sourcesOf(docker: Docker, session: ClusterSession | undefined, scope: Scope | undefined): Topic<unknown>[] {
  const sources: Topic<unknown>[] = [docker.images, docker.state];
  if (session && scope) sources.push(scope.pods, scope.events, session.nodeStores.stores, session.nodeStores.images);
  return sources;
}

function imagesOf(docker: Docker, session: ClusterSession | undefined): Images & { readonly nodeImages: Exclude<Images['nodeImages'], 'unknown'> } {
  return { hostImages: docker.images.value, stores: session?.nodeStores.stores.value ?? [], nodeImages: session?.nodeStores.images.value.read ?? [] };
}

function rowsOf(docker: Docker, session: ClusterSession | undefined, scope: Scope | undefined) {
  const images = imagesOf(docker, session);
  const pods = scope?.pods.value.items ?? 'unknown';
  const registries = scope && knownRegistry(scope, images);
  return imageRows({
    ...images,
    stores: images.stores === 'unknown' ? [] : images.stores,
    pods: pods === 'unknown' ? [] : [...pods.values()],
    registryOf: (image) => registries?.of(image) ?? { answer: 'unknown' },
  });
}
