// Leads to a line that a finding cites, which may be in the other run by now, or not be kept any more.
import type { LogSource, LogState } from '../../../shared/contract/logs.ts';
import { soughtLine } from './log-words.ts';
import type { LogView } from './log-view.svelte.ts';

export interface LogPlace {
  readonly container: string;
  readonly previous: boolean;
  /** As the evidence has it. */
  readonly line: string;
}

interface Ways {
  /** Shows the row and leaves the keyboard there. */
  show(row: number): Promise<void>;
  /** Opens the other run. */
  turn(): void;
}

/** Lines that were written long ago are read by then. */
const PATIENCE_MS = 4_000;

export class LogSeek {
  state = $state<'seeking' | 'found' | 'missing'>('seeking');
  /** The number of the line that was found. */
  number = $state<number>();
  readonly #view: () => LogView;
  readonly #text: string;
  readonly #ways: Ways;
  #hasTurned = false;
  #isBusy = false;
  #since: number | undefined;

  /** @param view the log that is shown then */
  constructor(view: () => LogView, place: LogPlace, ways: Ways) {
    this.#view = view;
    this.#text = soughtLine(place.line);
    this.#ways = ways;
  }

  /** Looks again; called with each state of the log, and when nothing came for a while. */
  async look(state: LogState): Promise<void> {
    if (this.state !== 'seeking' || this.#isBusy) return;
    this.#isBusy = true;
    this.#since ??= Date.now();
    const since = this.#since;
    try {
      const { row } = await this.#view().find({ text: this.#text, isRegex: false, matchesCase: true }, state.shown.end - 1, 'back').catch(() => ({ row: undefined }));
      // Another run was opened meanwhile.
      if (since !== this.#since) return;
      if (row !== undefined) {
        // Not among the rows to scroll through yet: a list without it would stay where it is. It is looked for again.
        if (row >= this.#view().shown.end) return;
        this.number = (await this.#view().lineAt(row).catch(() => undefined))?.number;
        this.state = 'found';
        await this.#ways.show(row);
      } else if (isRead(state.sources) || Date.now() - since > PATIENCE_MS) this.#giveUp(state);
    } finally {
      this.#isBusy = false;
    }
  }

  #giveUp({ sources }: LogState): void {
    if (this.#hasTurned || !sources.some(({ hasPrevious, isPrevious }) => hasPrevious || isPrevious)) {
      this.state = 'missing';
      return;
    }
    this.#hasTurned = true;
    this.#since = undefined;
    this.#ways.turn();
  }
}

/** Whether nothing more will come. */
const isRead = (sources: readonly LogSource[]) => sources.length > 0 && sources.every(({ state }) => state === 'ended' || state === 'failed');
