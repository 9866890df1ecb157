// What every change goes through: the lock of clusters that are not local, and the question before it.
import type { Danger } from '../../shared/contract/findings.ts';
import { app } from '../state/app.svelte.ts';
import { confirm } from './confirm.svelte.ts';
import type { Question } from './confirm.svelte.ts';

/** Whether a change of this danger asks first: always on a cluster that is not local, and always when data may be lost. */
export function asksFirst(isLocal: boolean, danger: Danger): boolean {
  return !isLocal || danger === 'r';
}

/**
 * Runs `begin` at once, or after Confirm; undefined when the person cancelled. The engine holds the lock itself: this only asks.
 * `isLocal` is of the cluster that is changed, where that may be another one than the chosen.
 */
export async function change<Result>(
  about: Omit<Question, 'dangerous'> & { danger: Danger; isLocal?: boolean },
  begin: () => Result,
): Promise<Result | undefined> {
  const { danger, isLocal = app.isLocal, ...question } = about;
  if (!asksFirst(isLocal, danger)) return begin();
  const confirmed = await confirm({ ...question, dangerous: danger === 'r' });
  return confirmed ? begin() : undefined;
}
