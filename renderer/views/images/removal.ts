// What would be removed, and whom it would meet: copies of images, the lines that do the same, and the pods that need them.
import type { NodeInfo } from '../../../shared/contract/environment.ts';
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import type { ImageCopy, ImageRow, Prediction } from '../../../shared/contract/images.ts';
import { nodeRemoval } from '../../../shared/kubernetes/node-removal.ts';
import { verdict } from '../../../shared/kubernetes/verdict.ts';
import { hasOwnStore } from './on-node.ts';

/** The copies of an image that can be removed: Docker's, and those of nodes with a store of their own. */
export function copiesOf(row: ImageRow, nodes: readonly NodeInfo[]): ImageCopy[] {
  const own = new Set(nodes.filter(hasOwnStore).map(({ name }) => name));
  return [
    ...(row.inDocker === 'yes' ? [{ key: row.key, place: { docker: true as const } }] : []),
    ...row.nodes.filter(({ node, presence }) => own.has(node) && isThere(presence)).map(({ node }) => ({ key: row.key, place: { node } })),
  ];
}

/** The nodes that have the image only because they use Docker's. */
export function sharingNodes(row: ImageRow, nodes: readonly NodeInfo[]): string[] {
  const sharing = new Set(nodes.filter(({ store }) => store.sharesDocker === 'yes').map(({ name }) => name));
  return row.nodes.filter(({ node, presence }) => sharing.has(node) && isThere(presence)).map(({ node }) => node);
}

const isThere = (presence: ImageRow['nodes'][number]['presence']) => presence === 'present' || presence === 'older-build';

/** Whether the cluster is changed: a copy of Docker's alone is no part of it, so its removal is not locked. */
export function changesCluster(copies: readonly ImageCopy[]): boolean {
  return copies.some(({ place }) => 'node' in place);
}

/** Tells copies apart. */
export function copyId({ key, place }: ImageCopy): string {
  return JSON.stringify([key, 'docker' in place ? null : place.node]);
}

/** The lines that do the same. */
export function removalLines(copies: readonly ImageCopy[], rows: readonly ImageRow[], nodes: readonly NodeInfo[]): string[] {
  return copies.flatMap(({ key, place }) => {
    const row = rows.find((one) => one.key === key);
    const name = row?.reference || row?.imageId || key;
    if ('docker' in place) return `docker rmi ${name}`;
    const node = nodes.find((one) => one.name === place.node);
    const words = node && nodeRemoval(node, row?.reference ? key : name, name);
    return words ? [words.join(' ')] : [];
  });
}

/**
 * The pods whose containers hold the image, so that Docker refuses to remove it: that of this computer for a node which shares it, or a node's
 * own. containerd takes the name away and keeps the layers.
 */
export function holders(row: ImageRow, copies: readonly ImageCopy[], nodes: readonly NodeInfo[]): string[] {
  const ofDocker = new Set(nodes.filter(({ runtime }) => runtime.startsWith('docker://')).map(({ name }) => name));
  const places = copies.filter(({ key }) => key === row.key).map(({ place }) => place);
  const isHeld = places.some((place) => ('docker' in place ? sharingNodes(row, nodes).length > 0 : ofDocker.has(place.node)));
  return isHeld ? [...new Set(row.usedBy.filter(({ runs }) => runs === 'this-build').map(({ pod }) => pod))] : [];
}

export interface Sufferer {
  readonly namespace: string;
  readonly pod: string;
  readonly policy: PullPolicy;
  /** Whether a container of it runs now: removing an image stops nothing. */
  readonly isRunning: boolean;
  /** At its next start. `as-before`: it would be no different with the image there. */
  readonly outcome: 'never' | 'lacks' | 'down' | 'downloads' | 'unknown' | 'as-before';
  /** The nodes on which that is so; absent where it is so on every node that has the image. */
  readonly onlyOn?: readonly string[];
}

/** The pods that the removal of these copies meets at their next start: none where no node loses the image. */
export function sufferers(row: ImageRow, copies: readonly ImageCopy[], nodes: readonly NodeInfo[], registry: Prediction['registry']): Sufferer[] {
  const places = copies.filter(({ key }) => key === row.key).map(({ place }) => place);
  const losing = new Set(places.flatMap((place) => ('docker' in place ? sharingNodes(row, nodes) : [place.node])));
  if (losing.size === 0) return [];
  const keeps = row.nodes.some(({ node, presence }) => !losing.has(node) && (isThere(presence) || presence === 'unknown'));
  return [...new Map(row.usedBy.map((use) => [`${use.namespace}/${use.pod}/${use.policy}`, use])).values()].map(({ namespace, pod, policy }) => ({
    namespace,
    pod,
    policy,
    isRunning: row.usedBy.some((use) => use.namespace === namespace && use.pod === pod && use.runs !== 'none' && use.runs !== 'unknown'),
    outcome: outcomeOf(policy, registry),
    ...(keeps ? { onlyOn: [...losing] } : {}),
  }));
}

function outcomeOf(policy: PullPolicy, registry: Prediction['registry']): Sufferer['outcome'] {
  if (policy === 'Never') return 'never';
  const [without, having] = (['no', 'yes'] as const).map((onNode) => verdict({ policy, onNode, registry }));
  if (without?.fate === having?.fate) return 'as-before';
  if (without?.fate === 'downloads') return 'downloads';
  return registry === 'lacks' || registry === 'down' ? registry : 'unknown';
}
