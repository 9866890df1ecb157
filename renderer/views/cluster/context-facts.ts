// What a cluster's nodes have in common, for one line of the list of contexts.
import type { NodeInfo } from '../../../shared/contract/environment.ts';
import { storeKey } from './store-words.ts';

/** Each runtime once, in the nodes' order. */
export function runtimesOf(nodes: readonly NodeInfo[]): string[] {
  return [...new Set(nodes.map(({ runtime }) => runtime).filter((runtime) => runtime !== ''))];
}

/** One entry for the nodes whose stores are alike and known alike, in the nodes' order. */
export function storesOf(nodes: readonly NodeInfo[]): { store: NodeInfo['store']; nodes: NodeInfo[] }[] {
  const groups = new Map<string, { store: NodeInfo['store']; nodes: NodeInfo[] }>();
  for (const node of nodes) {
    const key = `${storeKey(node.store)} ${node.store.sharesDocker} ${node.store.known}`;
    const group = groups.get(key);
    if (group) group.nodes.push(node);
    else groups.set(key, { store: node.store, nodes: [node] });
  }
  return [...groups.values()];
}
