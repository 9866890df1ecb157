// Every context of the kubeconfig with what its cluster says of itself. Those on this computer are connected to while somebody watches; those
// elsewhere only when they were asked for: looking at a list must not knock at other people's clusters.
import type { ContextRow } from '../../../shared/contract/clusters.ts';
import type { Kubeconfig, KubeContext } from '../../clients/cluster/kubeconfig.ts';
import type { HeldSession, Sessions } from '../cluster/sessions.ts';
import { createTopic, type Topic } from '../topic.ts';

export async function* watchContextRows(
  sessions: Sessions,
  kubeconfig: Topic<Kubeconfig>,
  ask: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ contexts: ContextRow[] }, void, void> {
  const since = new Date().toISOString();
  const held = new Map<string, HeldSession & { readonly stop: () => void }>();
  const rows = createTopic<{ contexts: ContextRow[] }>({ contexts: [] });

  const update = () => {
    const contexts = kubeconfig.value.contexts.map((context): ContextRow => {
      const cluster = held.get(context.name)?.session.state.value;
      return {
        context: context.name,
        kind: kindOf(context, kubeconfig.value, cluster?.nodes ?? []),
        server: context.server,
        isLocal: context.isLocal,
        asked: held.has(context.name),
        connection: cluster?.connection ?? { state: 'connecting', since },
        ...(cluster?.serverVersion === undefined ? {} : { serverVersion: cluster.serverVersion }),
        nodes: cluster?.nodes ?? [],
      };
    });
    // A pod that changes is news to the session, and none to this list.
    if (JSON.stringify(contexts) !== JSON.stringify(rows.value.contexts)) rows.set({ contexts });
  };
  const connect = () => {
    const wanted = kubeconfig.value.contexts.filter(({ name, isLocal }) => isLocal || ask.includes(name)).map(({ name }) => name);
    for (const [name, session] of held) {
      if (wanted.includes(name)) continue;
      held.delete(name);
      session.stop();
      session[Symbol.dispose]();
    }
    for (const name of wanted) {
      if (held.has(name)) continue;
      const session = sessions.hold(name);
      held.set(name, { session: session.session, stop: session.session.state.subscribe(update), [Symbol.dispose]: () => session[Symbol.dispose]() });
    }
    update();
  };

  const stop = kubeconfig.subscribe(connect);
  try {
    connect();
    yield* rows.watch(signal);
  } finally {
    stop();
    for (const session of held.values()) {
      session.stop();
      session[Symbol.dispose]();
    }
  }
}

/** What made the cluster: by its nodes where they are known, else by what its tool writes into the kubeconfig. */
export function kindOf({ name, cluster }: Pick<KubeContext, 'name' | 'cluster'>, { clusters }: Kubeconfig, nodes: ContextRow['nodes']): ContextRow['kind'] {
  const stores = new Set(nodes.map(({ store }) => store.kind));
  for (const kind of ['kind', 'minikube', 'k3d'] as const) if (stores.has(kind)) return kind;
  if (nodes.some((node) => node.name === 'docker-desktop')) return 'docker-desktop';
  // minikube names itself in its entry; the others only give their names (kind's, k3d's and Docker Desktop's own ways of naming a context).
  if (clusters.get(cluster)?.provider?.includes('minikube')) return 'minikube';
  if (name === 'docker-desktop') return 'docker-desktop';
  if (name.startsWith('kind-')) return 'kind';
  if (name.startsWith('k3d-')) return 'k3d';
  return nodes.length > 0 ? 'other' : 'unknown';
}
