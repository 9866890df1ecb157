// The contract's calls for pods.
import type { Activity } from '../activity/activity.ts';
import type { Journal } from '../activity/journal.ts';
import type { EngineCalls } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import { loadMissing } from '../images/load-missing.ts';
import { createAction } from './create.ts';
import { deleteAction } from './delete.ts';
import { livePod } from './pod-ref.ts';
import { recreateAction } from './recreate.ts';
import { runCommandAction } from './run-command.ts';
import { runInSession } from '../cluster/session-action.ts';
import { podWatches } from './watch.ts';

export function podCalls(sessions: Sessions, docker: Docker, activity: Activity, journal: Journal): EngineCalls['pods'] {
  return {
    ...podWatches(sessions, docker),
    create: ({ context, namespace, manifest, fileName }, signal) =>
      runInSession(sessions, activity, context, signal, (session) => createAction(session, namespace, manifest, fileName)),
    recreate: (input, signal) => runInSession(sessions, activity, input.context, signal, (session) => recreateAction({ session, docker, journal }, input)),
    delete: (input, signal) => runInSession(sessions, activity, input.context, signal, (session) => deleteAction({ session, docker, journal }, input)),
    loadImages: (input, signal) =>
      runInSession(sessions, activity, input.context, signal, (session) => {
        session.requireChanges();
        return {
          title: { key: 'activity.load-images', params: { pod: input.name } },
          commands: [],
          subject: { context: input.context, namespace: input.namespace, pod: input.name },
          endsWithCaller: true,
          async run(tell, own) {
            const pod = await livePod(session, input, own);
            return { result: { images: await loadMissing({ session, docker }, pod, tell, own) } };
          },
        };
      }),
    async runCommand(input, signal) {
      using held = sessions.hold(input.context);
      return await activity.settle(runCommandAction(held.session, input), signal);
    },
  };
}
