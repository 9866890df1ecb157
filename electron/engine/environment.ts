// The contract's calls for what this computer offers and for the chosen cluster as a whole.
import type { EnvironmentState, PracticeState } from '../../shared/contract/environment.ts';
import type { Kubeconfig } from '../clients/cluster/kubeconfig.ts';
import type { EngineCalls } from './calls.ts';
import { KEPT_MS } from './cluster/access.ts';
import type { Sessions } from './cluster/sessions.ts';
import type { Docker } from './docker.ts';
import { accessOf } from './pods/offer-access.ts';
import { createTopic, type Topic } from './topic.ts';

export interface Surroundings {
  readonly kubeconfig: Topic<Kubeconfig>;
  readonly docker: Docker;
  readonly practice: Topic<PracticeState>;
  /** The context of `--context`; the screen begins with it. */
  readonly asked: string | undefined;
}

export function environmentCalls(
  { kubeconfig, docker, practice, asked }: Surroundings,
  sessions: Sessions,
): Omit<EngineCalls['environment'], 'startPractice' | 'stopPractice'> {
  const state = createTopic(describe());
  function describe(): EnvironmentState {
    const { files, contexts, currentContext, problem } = kubeconfig.value;
    return {
      kubeconfig: { files: [...files], ...(problem ? { problem } : {}) },
      contexts: contexts.map(({ name, cluster, server, namespace, isLocal }) => ({ name, cluster, server, namespace, isLocal })),
      ...(asked === undefined ? {} : { askedContext: asked }),
      ...(currentContext === undefined ? {} : { currentContext }),
      docker: docker.state.value,
      practice: practice.value,
    };
  }
  for (const topic of [kubeconfig, docker.state, practice] as Topic<unknown>[]) topic.subscribe(() => state.set(describe()));
  return {
    watch: (_, signal) => state.watch(signal),
    async *watchCluster({ context }, signal) {
      using held = sessions.hold(context);
      yield* held.session.state.watch(signal);
    },
    async *watchAccess({ context, namespace }, signal) {
      using held = sessions.hold(context);
      const { access } = held.session;
      // Looking asks again for what is old: no event tells that a role has changed.
      const again = setInterval(() => accessOf(access, namespace), KEPT_MS);
      let sent = '';
      try {
        for await (const _ of access.changed.watch(signal)) {
          const now = accessOf(access, namespace);
          const text = JSON.stringify(now);
          if (text !== sent) yield now;
          sent = text;
        }
      } finally {
        clearInterval(again);
      }
    },
    async allowChanges({ context, allow }) {
      using held = sessions.hold(context);
      held.session.changesAllowed.set(allow);
      return { allowed: allow };
    },
  };
}
