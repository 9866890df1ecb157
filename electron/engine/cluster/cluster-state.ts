// What the screen is told of a cluster as a whole.
import type { ClusterState, ConnectionState, NodeInfo } from '../../../shared/contract/environment.ts';
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { NodeImages } from '../../../shared/diagnosis/world.ts';
import type { KubeNode, KubeObject } from '../../../shared/kubernetes/objects.ts';
import type { FoundStore } from '../../clients/nodes/find-stores.ts';
import type { LiveTable } from './live-table.ts';

export interface ClusterFacts {
  readonly context: string;
  readonly isLocal: boolean;
  readonly changesAllowed: boolean;
  readonly connection: ConnectionState;
  readonly serverVersion: string | undefined;
  readonly namespaces: LiveTable<KubeObject>;
  readonly defaultNamespace: string;
  readonly nodes: LiveTable<KubeNode>;
  readonly stores: readonly FoundStore[] | 'unknown';
  readonly images: { readonly read: readonly NodeImages[]; readonly problems: ReadonlyMap<string, FailureData> };
}

export function clusterStateOf(facts: ClusterFacts): ClusterState {
  const { namespaces, nodes } = facts;
  const names = namespaces.items === 'unknown' ? [] : [...namespaces.items.values()].map(({ metadata }) => metadata.name ?? '').sort();
  return {
    context: facts.context,
    isLocal: facts.isLocal,
    changesAllowed: facts.changesAllowed,
    connection: facts.connection,
    ...(facts.serverVersion ? { serverVersion: facts.serverVersion } : {}),
    namespaces: {
      // Who may not list namespaces still has the one that the kubeconfig names.
      names: names.length > 0 ? names : [facts.defaultNamespace],
      ...(namespaces.connection.cause && namespaces.items === 'unknown' ? { problem: namespaces.connection.cause } : {}),
    },
    nodes: nodes.items === 'unknown' ? [] : [...nodes.items.values()].map((node) => nodeInfo(node, facts)),
  };
}

function nodeInfo(node: KubeNode, facts: ClusterFacts): NodeInfo {
  const name = node.metadata.name ?? '';
  const store = facts.stores === 'unknown' ? undefined : facts.stores.find((found) => found.node === name);
  const images = facts.images.read.find((list) => list.node === name);
  const problem = facts.images.problems.get(name);
  return {
    name,
    ready: node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    runtime: node.status?.nodeInfo?.containerRuntimeVersion ?? '',
    architecture: node.status?.nodeInfo?.architecture ?? '',
    store: store
      ? { kind: store.kind, sharesDocker: store.sharesDocker, known: store.known, ...(store.cluster === undefined ? {} : { cluster: store.cluster }) }
      : { kind: 'generic', sharesDocker: 'unknown', known: 'no-evidence' },
    ...(images ? { images: { source: images.source, count: images.images.length, complete: images.complete, readAt: images.readAt } } : {}),
    ...(problem ? { imagesProblem: problem } : {}),
  };
}
