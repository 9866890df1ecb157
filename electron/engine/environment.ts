// The contract's calls for what this computer offers and for the chosen cluster as a whole.
import type { EnvironmentState } from '../../shared/contract/environment.ts';
import type { Kubeconfig } from '../clients/cluster/kubeconfig.ts';
import type { EngineCalls } from './calls.ts';
import type { Sessions } from './cluster/sessions.ts';
import type { Docker } from './docker.ts';
import { createTopic, type Topic } from './topic.ts';

/** @param asked the context of `--context`; the screen begins with it. */
export function environmentCalls(kubeconfig: Topic<Kubeconfig>, docker: Docker, sessions: Sessions, asked: string | undefined): EngineCalls['environment'] {
  const state = createTopic(describe());
  function describe(): EnvironmentState {
    const { files, contexts, currentContext, problem } = kubeconfig.value;
    return {
      kubeconfig: { files: [...files], ...(problem ? { problem } : {}) },
      contexts: contexts.map(({ name, cluster, server, namespace, isLocal }) => ({ name, cluster, server, namespace, isLocal })),
      ...(asked === undefined ? {} : { askedContext: asked }),
      ...(currentContext === undefined ? {} : { currentContext }),
      docker: docker.state.value,
    };
  }
  kubeconfig.subscribe(() => state.set(describe()));
  docker.state.subscribe(() => state.set(describe()));
  return {
    watch: (_, signal) => state.watch(signal),
    async *watchCluster({ context }, signal) {
      using held = sessions.hold(context);
      yield* held.session.state.watch(signal);
    },
    async allowChanges({ context, allow }) {
      using held = sessions.hold(context);
      held.session.changesAllowed.set(allow);
      return { allowed: allow };
    },
  };
}
