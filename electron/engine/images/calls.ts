// The contract's calls for images.
import type { ImageRow } from '../../../shared/contract/images.ts';
import type { Activity } from '../activity/activity.ts';
import type { EngineCalls } from '../calls.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import { runInSession } from '../cluster/session-action.ts';
import { createTopic, type Topic } from '../topic.ts';
import { loadIntoNodes } from './load-into-nodes.ts';
import { imageRows } from './table.ts';

export function imageCalls(sessions: Sessions, docker: Docker, activity: Activity): EngineCalls['images'] {
  return {
    async *watch({ context }, signal) {
      using held = context === undefined ? undefined : sessions.hold(context);
      using stops = new DisposableStack();
      const pods = (await held?.session.scope('', signal))?.pods;
      const sources: Topic<unknown>[] = [docker.images, docker.state];
      if (held && pods) sources.push(pods, held.session.nodeStores.stores, held.session.nodeStores.images);
      const changed = createTopic(0);
      for (const topic of sources) stops.defer(topic.subscribe(() => changed.set(changed.value + 1)));
      let sent = '';
      for await (const _ of changed.watch(signal)) {
        const rows = rowsOf(docker, held?.session, pods?.value.items);
        const text = JSON.stringify(rows);
        if (text !== sent) yield { rows };
        sent = text;
      }
    },
    inspect: () => notYet(),
    watchPrediction: () => notYet(),
    tag: () => notYet(),
    remove: () => notYet(),
    load: ({ context, image, nodes }, signal) =>
      runInSession(sessions, activity, context, signal, (session) => {
        session.requireChanges();
        return {
          title: { key: 'activity.load', params: { image } },
          commands: [],
          endsWithCaller: true,
          run: async (tell, own) => ({ result: { nodes: await loadIntoNodes({ session, docker }, image, tell, own, nodes) } }),
        };
      }),
  };
}

function rowsOf(docker: Docker, session: ClusterSession | undefined, pods: ReadonlyMap<string, Parameters<typeof imageRows>[0]['pods'][number]> | 'unknown' | undefined): ImageRow[] {
  const stores = session?.nodeStores.stores.value ?? [];
  return imageRows({
    hostImages: docker.images.value,
    stores: stores === 'unknown' ? [] : stores,
    nodeImages: session?.nodeStores.images.value.read ?? [],
    pods: pods === undefined || pods === 'unknown' ? [] : [...pods.values()],
  });
}

function notYet(): never {
  throw new Error('not there yet');
}
