// Which events are shown, and what is said of them besides.
import type { EventRow } from '../../../shared/contract/events.ts';
import { hasWords } from '../../state/has-words.ts';

export interface EventFilter {
  /** '' is every kind. */
  readonly kind: string;
  readonly isWarningsOnly: boolean;
  /** Words that all stand somewhere in it; '' finds everything. */
  readonly words: string;
}

/** What a finding cites as its proof. */
export interface CitedEvent {
  readonly reason: string;
  readonly message: string;
  /** Of the object that it is about; absent where only the event itself is named. */
  readonly name?: string;
}

export function passing(rows: readonly EventRow[], { kind, isWarningsOnly, words }: EventFilter): EventRow[] {
  return rows.filter((row) =>
    (kind === '' || row.about.kind === kind) && (!isWarningsOnly || row.type === 'Warning')
    && hasWords(words, [row.about.kind, row.about.name, row.about.container ?? '', row.reason, row.message, row.source]));
}

/** The kinds that the events are about, each once, in the order of the alphabet. */
export function kindsOf(rows: readonly EventRow[]): string[] {
  return [...new Set(rows.map(({ about }) => about.kind))].toSorted();
}

/** The newest that says what was cited, if it is there. */
export function citedRow(rows: readonly EventRow[], cited: CitedEvent | undefined): EventRow | undefined {
  if (!cited) return undefined;
  return rows.find(({ reason, message, about }) => reason === cited.reason && message === cited.message && (cited.name === undefined || about.name === cited.name));
}

/** Kubernetes' own: another program may mean something else by the same word. */
const OWN = /^(?:kubelet|default-scheduler|taint-eviction-controller|(?:[a-z]+-)*controller)$/;

/** The rows at which a reason is explained: the first of each, since the second would say the same again. */
export function explainedRows(rows: readonly EventRow[], hasWordsFor: (reason: string) => boolean): ReadonlySet<EventRow> {
  const explained = new Map<string, EventRow>();
  for (const row of rows) if (!explained.has(row.reason) && OWN.test(row.source) && hasWordsFor(row.reason)) explained.set(row.reason, row);
  return new Set(explained.values());
}
