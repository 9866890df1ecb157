// The clusters that somebody watches, one session a context; a session closes a while after its last watcher left.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import type { Docker } from '../docker.ts';
import { openMemories } from '../events/memories.ts';
import type { Topic } from '../topic.ts';
import { openPermissions } from './permissions.ts';
import { openSession, type ClusterSession } from './session.ts';

/** A reload of the screen, or a look at another context, should not cost a new connection and lists. */
const LINGER_MS = 30_000;

export interface HeldSession extends Disposable {
  readonly session: ClusterSession;
}

export interface Sessions extends AsyncDisposable {
  /** The context's session, held until it is disposed. @throws Failure CONTEXT_NOT_FOUND */
  hold(context: string): HeldSession;
  /** Whether somebody holds it, or held it a moment ago. */
  isOpen(context: string): boolean;
  /** Called with the context of each session that opens, before anybody has it. Gives what ends it. */
  onOpen(listener: (context: string) => void): () => void;
}

export function openSessions(kubeconfig: Topic<Kubeconfig>, docker: Docker): Sessions {
  const sessions = new Map<string, { session: ClusterSession; holders: number; linger?: NodeJS.Timeout | undefined }>();
  const permissions = openPermissions();
  const memories = openMemories();
  const listeners = new Set<(context: string) => void>();
  const stop = kubeconfig.subscribe((next) => {
    for (const { session } of sessions.values()) session.take(next);
  });
  return {
    hold(context) {
      let open = sessions.get(context);
      if (!open) {
        if (!kubeconfig.value.contexts.some(({ name }) => name === context))
          throw new Failure('CONTEXT_NOT_FOUND', { context }, `no context "${context}" in ${kubeconfig.value.files.join(', ')}`);
        open = { session: openSession(context, kubeconfig.value, docker, permissions, memories), holders: 0 };
        sessions.set(context, open);
        for (const listener of listeners) listener(context);
      }
      const held = open;
      held.holders += 1;
      clearTimeout(held.linger);
      let released = false;
      return {
        session: held.session,
        [Symbol.dispose]() {
          if (released) return;
          released = true;
          held.holders -= 1;
          if (held.holders > 0) return;
          held.linger = setTimeout(() => {
            sessions.delete(context);
            void held.session.close();
          }, LINGER_MS);
          held.linger.unref();
        },
      };
    },
    isOpen: (context) => sessions.has(context),
    onOpen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      stop();
      for (const { linger } of sessions.values()) clearTimeout(linger);
      await Promise.all([...sessions.values()].map(({ session }) => session.close()));
      sessions.clear();
    },
  };
}
