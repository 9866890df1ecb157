// The log that is open. A server sends its oldest lines first, and a long log takes seconds: so the newest lines are asked for by themselves, and where
// there may be older ones all of them take their place as soon as they are read.
import type { LineFilter } from '../../../shared/contract/logs.ts';
import { LogView, type LogOptions } from './log-view.svelte.ts';

/** Of each container, more than anybody reads while the others come. */
const NEWEST = 500;

export class OpenLog {
  /** What is shown. */
  view = $state.raw(new LogView());
  /** All lines, while they are being read. */
  whole = $state.raw<LogView>();
  #asked: { readonly options: LogOptions; readonly signal: AbortSignal } | undefined;
  #filter: LineFilter | undefined;
  #leaveNewest = new AbortController();
  #wholeShown = Promise.withResolvers<void>();

  /** Opens another one, until `signal` aborts. @param isSought a line is looked for that may be any of them: all are read at once */
  open(options: LogOptions, filter: LineFilter, isSought: boolean, signal: AbortSignal): void {
    this.#asked = { options, signal };
    this.#filter = filter;
    this.#wholeShown.resolve();
    this.whole = undefined;
    this.#leaveNewest = new AbortController();
    this.view = new LogView();
    void this.#keepOpen(this.view, isSought ? {} : { tail: NEWEST }, AbortSignal.any([signal, this.#leaveNewest.signal]));
  }

  /** Begins to read all lines, if there are more than the newest and it has not begun. */
  readOlder(): void {
    if (this.whole || !this.#asked || !this.view.state?.mayHaveOlder) return;
    const shown = (this.#wholeShown = Promise.withResolvers<void>());
    this.whole = new LogView();
    void this.#keepOpen(this.whole, {}, this.#asked.signal).then(() => shown.resolve());
  }

  /** All lines take the place of the newest, once they are read. @returns what was shown until then; undefined where nothing changed */
  showWhole(): LogView | undefined {
    const { view, whole } = this;
    if (whole?.state?.isReading !== false || whole.shown.end !== whole.state.shown.end) return undefined;
    this.view = whole;
    this.whole = undefined;
    this.#leaveNewest.abort();
    this.#wholeShown.resolve();
    return view;
  }

  /** Resolves when all lines are shown, or cannot be: then `whole` says why. */
  get allShown(): Promise<void> {
    return this.whole ? this.#wholeShown.promise : Promise.resolve();
  }

  /** As LogView's. */
  setFilter(filter: LineFilter, keep: number | undefined): Promise<number | undefined> {
    this.#filter = filter;
    void this.whole?.setFilter(filter, undefined);
    return this.view.setFilter(filter, keep);
  }

  #keepOpen(view: LogView, more: { readonly tail?: number }, signal: AbortSignal): Promise<void> {
    if (this.#filter) void view.setFilter(this.#filter, undefined);
    return view.keepOpen({ ...this.#asked!.options, ...more }, signal);
  }
}
