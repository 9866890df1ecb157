// The contract's calls for pods.
import type { EngineCalls } from '../calls.ts';
import { loadMissing } from '../images/load-missing.ts';
import { createAction } from './create.ts';
import { deleteAction } from './delete.ts';
import { livePod } from './pod-ref.ts';
import { recreateAction } from './recreate.ts';
import { runCommandAction } from './run-command.ts';
import { runInSession, type Changes } from '../cluster/session-action.ts';
import { podWatches } from './watch.ts';

export function podCalls(changes: Changes): EngineCalls['pods'] {
  const { sessions, docker, activity } = changes;
  return {
    ...podWatches(sessions, docker),
    create: ({ context, namespace, manifest, fileName }, signal) =>
      runInSession(changes, context, signal, ({ session }) => createAction(session, namespace, manifest, fileName)),
    recreate: (input, signal) => runInSession(changes, input.context, signal, (parts) => recreateAction(parts, input)),
    delete: (input, signal) => runInSession(changes, input.context, signal, (parts) => deleteAction(parts, input)),
    loadImages: (input, signal) =>
      runInSession(changes, input.context, signal, ({ session }) => {
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
