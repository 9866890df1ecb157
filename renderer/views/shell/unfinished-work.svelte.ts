// The unfinished changes as the note shows them: those that are offered, and those that are being settled here or were a moment ago.
import type { UnfinishedChange } from '../../../shared/contract/activity.ts';
import type { ContextInfo } from '../../../shared/contract/environment.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import type { Running } from '../../state/running.svelte.ts';

export type How = 'finish' | 'restore' | 'dismiss';

/** One line of the note. */
export interface UnfinishedRow {
  readonly change: UnfinishedChange;
  /** The last thing that was done about it. */
  readonly running: Running<unknown> | undefined;
  /** It is not offered now: it is being settled, or was. */
  readonly isSettled: boolean;
}

/** What is offered, and after it what was begun here and is offered no more. */
export function unfinishedRows(offered: readonly UnfinishedChange[], begun: readonly Omit<UnfinishedRow, 'isSettled'>[]): UnfinishedRow[] {
  const runOf = (id: string) => begun.find(({ change }) => change.id === id)?.running;
  return [
    ...offered.map((change) => ({ change, running: runOf(change.id), isSettled: false })),
    ...begun.filter(({ change }) => !offered.some(({ id }) => id === change.id)).map((each) => ({ ...each, isSettled: true })),
  ];
}

interface Where {
  readonly contexts: readonly ContextInfo[];
  /** The chosen context, and whether it may be changed. */
  readonly context: string | undefined;
  readonly changesAllowed: boolean;
}

/** Why the cluster of a change cannot be changed now; undefined where it can, as far as is known. Whether another cluster is unlocked is known only while it is shown. */
export function clusterRefusal({ context }: Pick<UnfinishedChange, 'context'>, { contexts, context: chosen, changesAllowed }: Where): Message | undefined {
  const info = contexts.find(({ name }) => name === context);
  if (!info) return { key: 'unfinished.refused.no-context', params: { context } };
  if (context === chosen) return changesAllowed ? undefined : { key: 'pods.refused.locked', params: {} };
  return info.isLocal ? undefined : { key: 'undo.refused.elsewhere', params: { context } };
}

/** What was begun in the world that is shown, until it is closed by hand. */
export class UnfinishedWork {
  #begun = $state.raw<readonly Omit<UnfinishedRow, 'isSettled'>[]>([]);

  get begun(): readonly Omit<UnfinishedRow, 'isSettled'>[] {
    return this.#begun;
  }

  add(change: UnfinishedChange, running: Running<unknown>): void {
    this.#begun = [...this.#begun.filter((each) => each.change.id !== change.id), { change, running }];
  }

  forget(id: string): void {
    this.#begun = this.#begun.filter(({ change }) => change.id !== id);
  }
}
