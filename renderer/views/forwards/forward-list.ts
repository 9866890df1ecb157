// What can be done with the forwards of the list.
import type { ForwardRow, LoggedRequest } from '../../../shared/contract/forwards.ts';

type Known = Pick<ForwardRow, 'state' | 'listensOn'>;

/** A failed one may listen all the same: its last connection failed, and the next one may not. */
export function canStart({ state, listensOn }: Known): boolean {
  return state === 'stopped' || (state === 'failed' && listensOn.length === 0);
}

/** Whether there is one in a context that can be started, and one that can be stopped. */
export function startAndStop(rows: readonly (Known & Pick<ForwardRow, 'context'>)[], context: string | undefined): { start: boolean; stop: boolean } {
  const here = rows.filter((row) => row.context === context);
  return { start: here.some(canStart), stop: here.some((row) => !canStart(row)) };
}

/** `Deployment web` leads to any of its pods: which one serves can be chosen. A pod is itself. */
export function hasSeveralPods({ target }: Pick<ForwardRow, 'target'>): boolean {
  return target.kind !== 'Pod';
}

const MOST_REQUESTS = 200;

/** The last requests, the newest first. */
export function newestFirst(requests: readonly LoggedRequest[]): LoggedRequest[] {
  return requests.slice(-MOST_REQUESTS).toReversed();
}

/** How a status is coloured, by its class (RFC 9110 15). */
export function statusTone(status: number | undefined): 'ok' | 'busy' | 'warn' | 'bad' | 'gone' {
  if (status === undefined) return 'gone';
  if (status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return status >= 300 || status < 200 ? 'busy' : 'ok';
}
