// The unfinished changes: which there are, and how one is settled. Each world has those of its own journal.
import type { UnfinishedChange } from '../../../shared/contract/activity.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { EngineCalls } from '../calls.ts';
import { runInSession, type SessionAction } from '../cluster/session-action.ts';
import { resumePod } from '../pods/resume.ts';
import { requireServer } from '../pods/same-cluster.ts';
import type { Action } from './activity.ts';
import type { Journal, OpenChange } from './journal.ts';
import { resumeObject } from './resume-object.ts';
import { kubectl } from './shell-line.ts';
import type { Changes } from '../cluster/changes.ts';

/** Nothing tells that another Podlab has died. */
const LOOK_MS = 5_000;

type How = 'finish' | 'restore' | 'dismiss';

export function unfinishedCalls(changes: Changes): Pick<EngineCalls['activity'], 'watchUnfinished' | 'settleUnfinished'> {
  const { journal, activity } = changes;
  return {
    async *watchUnfinished(_, signal) {
      await journal.look();
      const again = setInterval(() => void journal.look(), LOOK_MS);
      try {
        for await (const found of journal.unfinished.watch(signal)) yield { changes: found.map(told) };
      } finally {
        clearInterval(again);
      }
    },
    async *settleUnfinished({ id, how }, signal) {
      const found = (await journal.look()).find((each) => each.id === id);
      if (!found) throw new Failure('UNFINISHED_GONE', { id }, `no unfinished change ${id}`);
      if (how === 'dismiss') yield* activity.run(dismissal(journal, found), signal);
      else {
        yield* runInSession(changes, found.context, signal, (parts): SessionAction<Record<string, never>> => {
          parts.session.requireChanges();
          requireServer(parts.session, found.server);
          return {
            ...about(found, how),
            async run(tell) {
              await claimed(journal, found, (open) => {
                const resume = kindOf(open) === 'Pod' ? resumePod : resumeObject;
                return resume(parts, open, how, tell);
              });
              return { result: {} };
            },
          };
        });
      }
    },
  };
}

const kindOf = ({ restore }: OpenChange) => restore.kind ?? 'Pod';

function told(change: OpenChange): UnfinishedChange {
  const { id, at, context, namespace, pod, file, make } = change;
  return { id, at, change: change.change, context, namespace, kind: kindOf(change), pod, file, canFinish: kindOf(change) === 'Pod' && (change.change === 'delete' || make !== undefined) };
}

function about({ context, namespace, pod, file, change }: OpenChange, how: How): Omit<Action<unknown>, 'run'> {
  const at = { context, namespace };
  const restoring = [kubectl(at, 'apply', '--server-side', '--field-manager=podlab', '-f', file)];
  const deleting = change === 'delete' ? [kubectl(at, 'delete', 'pod', pod)] : [];
  return {
    title: { key: `activity.unfinished-${how}`, params: { pod } },
    commands: how === 'restore' ? restoring : how === 'finish' ? deleting : [],
    subject: { ...at, pod },
    endsWithCaller: false,
  };
}

function dismissal(journal: Journal, found: OpenChange): Action<Record<string, never>> {
  return {
    ...about(found, 'dismiss'),
    async run() {
      await claimed(journal, found, async ({ file }) => void (await journal.close(file)));
      return { result: {} };
    },
  };
}

/** Runs what settles the change, for this Podlab alone; what it does not settle is offered again. */
async function claimed(journal: Journal, { id }: OpenChange, settle: (open: OpenChange) => Promise<void>): Promise<void> {
  const open = await journal.claim(id);
  try {
    await settle(open);
  } catch (error) {
    // Settled all the same, by its end: nothing is left of it then.
    if (!(error instanceof Failure && error.code === 'RECREATE_RESTORED')) await journal.leave(open.file);
    throw error;
  }
}
