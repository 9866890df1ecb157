// Which clusters of kind and minikube are on this computer, and whether they run: by the labels of their nodes' containers, and by what the tools
// list. Pure.
import type { ClusterTool, LocalCluster } from '../../../shared/contract/clusters.ts';
import type { HostContainer } from '../../clients/docker/containers.ts';
import type { ListedCluster } from '../../clients/tools/cluster-tool.ts';
import { clusterTools, wordsOf } from './toolbox.ts';

const KIND_CLUSTER = 'io.x-k8s.kind.cluster';
const KIND_ROLE = 'io.x-k8s.kind.role';
const MINIKUBE = 'created_by.minikube.sigs.k8s.io';
/** Despite the comment in minikube's pkg/drivers/kic/oci/types.go it is not the profile that is in it, but the machine: `PROFILE-m02` for a second node. */
const MINIKUBE_MACHINE = 'name.minikube.sigs.k8s.io';

export interface ClusterEvidence {
  readonly containers: readonly HostContainer[] | 'unknown';
  readonly listed: Readonly<Record<ClusterTool, readonly ListedCluster[] | 'unknown'>>;
  readonly contexts: readonly string[];
}

/** Those of kind first, each tool's by name. */
export function localClusters({ containers, listed, contexts }: ClusterEvidence): LocalCluster[] {
  return clusterTools.flatMap((tool) => {
    const known = listed[tool] === 'unknown' ? [] : listed[tool];
    const inDocker = containers === 'unknown' ? new Map<string, HostContainer[]>() : nodesByCluster(tool, containers, known);
    const names = [...new Set([...inDocker.keys(), ...known.map(({ name }) => name)])].sort();
    return names.map((name): LocalCluster => {
      const nodes = nodesOf(inDocker.get(name), known.find((cluster) => cluster.name === name), containers !== 'unknown');
      const context = wordsOf[tool].contextOf(name);
      return {
        tool,
        name,
        ...(contexts.includes(context) ? { context } : {}),
        state: nodes.length > 0 ? stateOf(nodes) : (known.find((cluster) => cluster.name === name)?.state ?? 'unknown'),
        nodes,
      };
    });
  });
}

/** The containers that a kind cluster is made of, its load balancer too; those that carry the state first to last as they have to be started. */
export function kindContainers(containers: readonly HostContainer[], name: string): HostContainer[] {
  const order = ['external-load-balancer', 'control-plane', 'worker'];
  const rank = ({ labels }: HostContainer) => order.indexOf(labels[KIND_ROLE] ?? '');
  return containers.filter(({ labels }) => labels[KIND_CLUSTER] === name).sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** What changes when a cluster starts, stops, comes or goes; nothing else in Docker's list is of interest here. */
export function clusterContainersIn(containers: readonly HostContainer[] | 'unknown'): string {
  if (containers === 'unknown') return 'unknown';
  const nodes = containers.filter(({ labels }) => labels[KIND_CLUSTER] !== undefined || labels[MINIKUBE] === 'true');
  return nodes.map(({ id, state }) => `${id} ${state}`).sort().join('\n');
}

type Node = LocalCluster['nodes'][number];

function nodesByCluster(tool: ClusterTool, containers: readonly HostContainer[], known: readonly ListedCluster[]): Map<string, HostContainer[]> {
  const nodes = containers.filter(({ labels }) =>
    tool === 'kind' ? labels[KIND_CLUSTER] !== undefined && labels[KIND_ROLE] !== 'external-load-balancer' : labels[MINIKUBE] === 'true');
  const clusters = new Map<string, HostContainer[]>();
  for (const node of nodes) {
    const name = tool === 'kind' ? node.labels[KIND_CLUSTER]! : profileOf(node, nodes, known);
    clusters.set(name, [...(clusters.get(name) ?? []), node]);
  }
  return clusters;
}

/** By minikube's own list; without that by the names, where the first node is there: `minikube-m02` is of `minikube`, a lone `web-m02` may be a profile. */
function profileOf(node: HostContainer, all: readonly HostContainer[], known: readonly ListedCluster[]): string {
  const machine = node.labels[MINIKUBE_MACHINE] || node.name;
  const listed = known.find(({ nodes, name }) => nodes.includes(machine) || name === machine);
  if (listed) return listed.name;
  const [, base] = /^(.+)-m\d\d+$/.exec(machine) ?? [];
  return base !== undefined && all.some(({ labels, name }) => (labels[MINIKUBE_MACHINE] || name) === base) ? base : machine;
}

function nodesOf(containers: readonly HostContainer[] | undefined, listed: ListedCluster | undefined, dockerIsKnown: boolean): Node[] {
  const seen = (containers ?? []).map(({ name, state }): Node => ({ name, state: nodeState(state) }));
  const missing = (listed?.nodes ?? []).filter((name) => !seen.some((node) => node.name === name));
  // A node that is to be a container and is none does not run; one elsewhere is as its machine is.
  const state = listed?.inDocker ? (dockerIsKnown ? 'stopped' : 'unknown') : (listed?.state ?? 'unknown');
  return [...seen, ...missing.map((name): Node => ({ name, state }))].sort((a, b) => a.name.localeCompare(b.name));
}

/** A paused container runs nothing, but cannot be started either. */
function nodeState(container: string): Node['state'] {
  if (container === 'running') return 'running';
  return ['exited', 'created', 'dead'].includes(container) ? 'stopped' : 'unknown';
}

function stateOf(nodes: readonly Node[]): LocalCluster['state'] {
  const states = new Set(nodes.map(({ state }) => state));
  if (states.size === 1) return nodes[0]!.state;
  return states.has('running') ? 'partly' : 'unknown';
}
