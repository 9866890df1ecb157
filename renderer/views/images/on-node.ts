// The On node cell of an image: one word for all nodes, and whether the image can be loaded into one of them.
import type { NodeInfo } from '../../../shared/contract/environment.ts';
import type { Presence } from '../../../shared/contract/findings.ts';
import type { ImageRow } from '../../../shared/contract/images.ts';

export type NodePresence = Exclude<Presence, 'only-in-docker'>;

export interface OnNode {
  readonly presence: NodePresence;
  /** Given where there are several nodes. */
  readonly count?: { readonly present: number; readonly of: number };
}

/** This screen has a column of its own for Docker, so "only in Docker" is "not found" on the node. */
export function nodePresence(presence: Presence): NodePresence {
  return presence === 'only-in-docker' ? 'not-found' : presence;
}

// The first that any node has is the word of the row: what is there, before what is missing.
const byImportance = ['present', 'older-build', 'downloading', 'unknown', 'not-found'] as const satisfies readonly NodePresence[];

/** Undefined where there is no node (no cluster is chosen). */
export function onNode(nodes: ImageRow['nodes']): OnNode | undefined {
  if (nodes.length === 0) return undefined;
  const all = nodes.map((node) => nodePresence(node.presence));
  const presence = byImportance.find((one) => all.includes(one)) ?? 'unknown';
  if (nodes.length === 1) return { presence };
  return { presence, count: { present: all.filter((one) => one === 'present').length, of: nodes.length } };
}

/** Whether images can be put into the node and taken from it, apart from Docker's. */
export function hasOwnStore({ store }: Pick<NodeInfo, 'store'>): boolean {
  return store.kind === 'kind' || store.kind === 'minikube' || store.kind === 'k3d';
}

/** A node whose store can be loaded into lacks what Docker has, or has an older build of it. Unknown is no reason to load. */
export function canLoad(row: ImageRow, nodes: readonly NodeInfo[]): boolean {
  if (row.inDocker !== 'yes' || row.reference === '') return false;
  const loadable = new Set(nodes.filter(hasOwnStore).map(({ name }) => name));
  return row.nodes.some(({ node, presence }) => loadable.has(node) && ['older-build', 'not-found'].includes(nodePresence(presence)));
}

/** Why an image cannot be loaded; undefined where it can. What is there already is found out by loading. */
export function loadRefusal(row: Pick<ImageRow, 'inDocker' | 'reference'>, nodes: readonly Pick<NodeInfo, 'store'>[]): 'not-in-docker' | 'no-name' | 'shared' | 'no-store' | undefined {
  if (row.inDocker !== 'yes') return 'not-in-docker';
  if (row.reference === '') return 'no-name';
  if (nodes.some(hasOwnStore)) return undefined;
  return nodes.length > 0 && nodes.every(({ store }) => store.sharesDocker === 'yes') ? 'shared' : 'no-store';
}

/** What a node has under the name, set against Docker's; `there` where Docker has none to compare with. */
export function buildOnNode(row: Pick<ImageRow, 'inDocker'>, { presence }: ImageRow['nodes'][number]): 'same' | 'another' | 'there' | 'absent' | 'downloading' | 'unknown' {
  if (presence === 'older-build') return 'another';
  if (presence === 'present') return row.inDocker === 'yes' ? 'same' : 'there';
  if (presence === 'downloading' || presence === 'unknown') return presence;
  return 'absent';
}
