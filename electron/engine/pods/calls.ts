// The contract's calls for pods.
import type { EngineCalls } from '../calls.ts';
import { applyFixAction } from '../fixes/apply-fix.ts';
import { loadMissing } from '../images/load-missing.ts';
import { createAction } from './create.ts';
import { deleteAction } from './delete.ts';
import { deleteOwnerAction, dependentsOf } from '../workloads/delete-owner.ts';
import { forceDeleteAction, removeFinalizerAction } from './force-delete.ts';
import { deleteManyAction, recreateManyAction } from './many.ts';
import { livePod } from './pod-ref.ts';
import { restartAction } from './recreate-owned.ts';
import { recreateAction } from './recreate.ts';
import { runCommandAction } from './run-command.ts';
import { runInSession } from '../cluster/session-action.ts';
import { podWatches } from './watch.ts';
import type { Changes } from '../cluster/changes.ts';

export function podCalls(changes: Changes): EngineCalls['pods'] {
  const { sessions, docker, activity } = changes;
  return {
    ...podWatches(sessions, docker),
    create: ({ context, namespace, manifest, fileName }, signal) =>
      runInSession(changes, context, signal, ({ session }) => createAction(session, namespace, manifest, fileName)),
    recreate: (input, signal) => runInSession(changes, input.context, signal, (parts) => recreateAction(parts, input)),
    recreateMany: (input, signal) => runInSession(changes, input.context, signal, (parts) => recreateManyAction(parts, input)),
    restart: (input, signal) => runInSession(changes, input.context, signal, (parts) => restartAction(parts, input)),
    delete: (input, signal) => runInSession(changes, input.context, signal, (parts) => deleteAction(parts, input)),
    deleteMany: (input, signal) => runInSession(changes, input.context, signal, (parts) => deleteManyAction(parts, input)),
    deleteOwner: (input, signal) => runInSession(changes, input.context, signal, (parts) => deleteOwnerAction(parts, input)),
    forceDelete: (input, signal) => runInSession(changes, input.context, signal, (parts) => forceDeleteAction(parts, input)),
    removeFinalizer: (input, signal) => runInSession(changes, input.context, signal, (parts) => removeFinalizerAction(parts, input)),
    applyFix: (input, signal) => runInSession(changes, input.context, signal, (parts) => applyFixAction(parts, input)),
    async dependents(input, signal) {
      using held = sessions.hold(input.context);
      return await dependentsOf(held.session, input, signal);
    },
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
