// What the banner's chip says of a cluster whose nodes may differ.
import type { NodeInfo } from '../../../shared/contract/environment.ts';

export type StoreWord = 'shares' | 'shares-likely' | 'own-store' | 'unknown-store' | 'mixed';

/** One word when all nodes agree; one node of which nothing is known makes the whole unknown. */
export function storesInOneWord(nodes: readonly Pick<NodeInfo, 'store'>[]): StoreWord {
  const answers = new Set(nodes.map(({ store }) => store.sharesDocker));
  if (answers.size === 0 || answers.has('unknown')) return 'unknown-store';
  if (answers.size > 1) return 'mixed';
  if (answers.has('no')) return 'own-store';
  // That both lists are the same is a likeness, and no measurement.
  return nodes.every(({ store }) => store.known !== 'same-images') ? 'shares' : 'shares-likely';
}
