// How a load that has ended is told.
import type { LoadedOnNode } from '../../../shared/contract/images.ts';

export interface LoadedWords {
  /** `already`: every node had it. `several`: more than one node. */
  readonly key: 'already' | 'done' | 'several';
  readonly nodes: string;
  /** Of nodes that have it now. */
  readonly count: number;
  /** Given where less was sent than the image is big, which `whole` is for all nodes that were sent to. */
  readonly sent?: number;
  readonly whole: number;
}

/** An archive is a little bigger than what it carries, or smaller. */
const ALL_OF_IT = 0.95;

/** @param size the image's, as Docker tells it. */
export function loadedWords(loaded: readonly LoadedOnNode[], size: number): LoadedWords {
  const sentTo = loaded.filter(({ alreadyThere }) => !alreadyThere);
  const sent = sentTo.reduce((sum, node) => sum + node.sentBytes, 0);
  const whole = size * sentTo.length;
  return {
    key: sentTo.length === 0 ? 'already' : loaded.length > 1 ? 'several' : 'done',
    nodes: loaded.map(({ node }) => node).join(', '),
    count: loaded.length,
    ...(sentTo.length > 0 && sent < whole * ALL_OF_IT ? { sent } : {}),
    whole,
  };
}
