// One open log: how it stands, the rows that are looked at, what is filtered and what is found. The lines are the engine's; here is only a window of them.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { LineFilter, LineQuery, LogLine, LogState, LogTarget } from '../../../shared/contract/logs.ts';
import { engine, toFailure, whenOpen } from '../../state/engine.ts';

export interface LogOptions {
  readonly context: string;
  readonly namespace: string;
  readonly target: LogTarget;
  /** '' is all. */
  readonly container: string;
  readonly previous: boolean;
  readonly sinceSeconds: number | undefined;
  /** The newest so many lines of each container; all where absent. */
  readonly tail?: number;
}

export interface Found {
  readonly matches: number;
  readonly row?: number | undefined;
  readonly place?: number | undefined;
}

/** So many rows are kept here; those in sight are a few dozen. */
const MOST_KEPT = 4_000;
const MOST_READ = 500;
/** Read before and after those in sight. */
const SPARE = 30;
/** Lines that come so soon after one another are drawn together: they would be in each other's way. */
const TOGETHER_MS = 500;

export class LogView {
  /** Undefined until the engine has said something. */
  state = $state.raw<LogState>();
  /** Why the log is not open. */
  failure = $state.raw<FailureData>();
  /** Why the filter that was asked for is not the one that is shown. */
  filterFailure = $state.raw<FailureData>();
  /** The rows that there are to scroll through. */
  shown = $state.raw<LogState['shown']>({ filter: -1, first: 0, end: 0 });
  /** Whether the newest row stays in sight. */
  isFollowing = $state(true);
  isPaused = $state(false);
  /** Where the rows ended when following was left. */
  leftAt = $state(0);
  /** Changes with every row that was read. */
  version = $state(0);

  readonly #rows = new Map<number, LogLine>();
  #id = '';
  #filter: LineFilter = { text: '', isRegex: false, matchesCase: false, isNegated: false, severities: [] };
  #asked = 0;
  #latest: LogState['shown'] = { filter: -1, first: 0, end: 0 };
  #wanted = { from: 0, to: 0 };
  /** The row that was the newest when it was read: its line may not have ended. */
  #unfinished = -1;
  #isReading = false;
  #readAgain = false;
  /** When what has been read until then is drawn. */
  #drawsAt = 0;

  /** Rows that came since following was left. */
  get newer(): number {
    return this.isFollowing && !this.isPaused ? 0 : Math.max(0, (this.state?.shown.filter === this.shown.filter ? this.state.shown.end : this.shown.end) - this.leftAt);
  }

  /** A row that was read; reactive. */
  row(row: number): LogLine | undefined {
    void this.version;
    return this.#rows.get(row);
  }

  /** Keeps it open until `signal` aborts; open anew when the engine returns. */
  async keepOpen(options: LogOptions, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure = await this.#follow(options, signal);
      if (signal.aborted) return;
      this.failure = failure;
      if (failure.code !== 'ENGINE_LOST') return;
      await whenOpen(signal).catch(() => undefined);
    }
  }

  async #follow({ container, sinceSeconds, ...rest }: LogOptions, signal: AbortSignal): Promise<FailureData> {
    const id = crypto.randomUUID();
    this.#id = id;
    this.#forget();
    this.state = undefined;
    this.shown = this.#latest = { filter: -1, first: 0, end: 0 };
    this.failure = undefined;
    this.isFollowing = true;
    this.isPaused = false;
    const filter = this.#filter;
    this.#drawsAt = performance.now() + TOGETHER_MS;
    const timer = setTimeout(() => this.#pump(), TOGETHER_MS);
    try {
      const states = await engine.logs.open({ id, ...rest, filter, ...(container === '' ? {} : { container }), ...(sinceSeconds === undefined ? {} : { sinceSeconds }) }, { signal });
      for await (const state of states) {
        if (signal.aborted || this.#id !== id) break;
        const isFirst = this.state === undefined;
        this.#take(state);
        // It was changed while the log was being opened.
        if (isFirst && this.#filter !== filter) void this.setFilter(this.#filter, undefined);
      }
      return toFailure(new Error('The engine ended the stream.'));
    } catch (error) {
      return toFailure(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #take(state: LogState): void {
    this.state = state;
    // A state of before the filter was changed.
    if (state.shown.filter < this.#latest.filter) return;
    if (state.shown.filter > this.#latest.filter) this.#forget();
    this.#latest = state.shown;
    if (!state.isReading || performance.now() >= this.#drawsAt) this.#pump();
  }

  /** Rows that are in sight. */
  want(from: number, to: number): void {
    if (from === this.#wanted.from && to === this.#wanted.to) return;
    this.#wanted = { from, to };
    this.#pump();
  }

  follow(): void {
    this.isPaused = false;
    this.isFollowing = true;
    this.#pump();
  }

  /** The person looks at something that is to stay where it is. */
  leave(): void {
    if (!this.isFollowing) return;
    this.isFollowing = false;
    if (!this.isPaused) this.leftAt = this.shown.end;
  }

  pause(): void {
    this.isPaused = true;
    if (this.isFollowing) this.leftAt = this.shown.end;
  }

  /** @returns the row that the line is in now, or the next one; undefined where another filter came meanwhile or it was refused */
  async setFilter(filter: LineFilter, keep: number | undefined): Promise<number | undefined> {
    this.#filter = filter;
    const asked = (this.#asked += 1);
    const id = this.#id;
    this.filterFailure = undefined;
    if (!this.state) return undefined;
    try {
      const { shown } = await engine.logs.filter({ id, filter });
      if (asked !== this.#asked || id !== this.#id) return undefined;
      this.#forget();
      this.#latest = shown;
      this.leftAt = shown.end;
      this.isPaused = false;
      this.#pump();
      if (keep === undefined) return undefined;
      const { filter: of, row } = await engine.logs.rowOf({ id, filter: shown.filter, number: keep });
      return of === shown.filter && asked === this.#asked ? row : undefined;
    } catch (error) {
      if (asked === this.#asked && id === this.#id) this.filterFailure = toFailure(error);
      return undefined;
    }
  }

  /**
   * The nearest row with these words, and how many there are.
   * @throws what the engine said, for toFailure
   */
  async find(query: LineQuery, from: number, direction: 'forward' | 'back'): Promise<Found> {
    const { matches, row, place } = await engine.logs.find({ id: this.#id, filter: this.#latest.filter, query, from, direction });
    return { matches, row, place };
  }

  /** The line of a row, wherever it is; undefined where it is not there any more. */
  async lineAt(row: number): Promise<LogLine | undefined> {
    const { lines } = await engine.logs.read({ id: this.#id, filter: this.#latest.filter, from: row, count: 1 });
    return lines.find((line) => line.row === row);
  }

  /** One line whole. @throws what the engine said, for toFailure */
  line(number: number): Promise<{ text: string; isCut: boolean }> {
    return engine.logs.line({ id: this.#id, number });
  }

  /** All rows that are shown, as text. @throws what the engine said, for toFailure */
  async text(options: { withTime: boolean; withSource: boolean }): Promise<string> {
    const { filter, first, end } = this.shown;
    const parts: string[] = [];
    for await (const { text } of await engine.logs.text({ id: this.#id, filter, from: first, to: end, ...options })) parts.push(text);
    return parts.join('');
  }

  #forget(): void {
    this.#rows.clear();
    this.#unfinished = -1;
    this.version += 1;
  }

  /** One reading at a time, the latest wish wins. */
  #pump(): void {
    this.#readAgain = true;
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    const id = this.#id;
    try {
      while (this.#readAgain && id === this.#id) {
        this.#readAgain = false;
        const latest = this.#latest;
        if (latest.filter < 0) continue;
        if (this.isPaused && latest.filter === this.shown.filter) {
          // The same is no news: it would be drawn and asked for again, without end.
          const end = Math.max(latest.first, Math.min(this.shown.end, latest.end));
          if (latest.first !== this.shown.first || end !== this.shown.end) this.shown = { ...latest, end };
        } else if (this.isFollowing) {
          // The newest rows are here before they are shown, so that none is blank for a moment.
          const inSight = Math.max(40, this.#wanted.to - this.#wanted.from);
          await this.#read(latest, latest.end - inSight, latest.end);
          if (latest.filter === this.#latest.filter) this.shown = latest;
        } else {
          this.shown = latest;
        }
        await this.#read(latest, this.#wanted.from - SPARE, this.#wanted.to + SPARE);
      }
    } catch (error) {
      // While a log is closed for another one its calls fail, and the stream itself says what is wrong with it.
      const failure = toFailure(error);
      if (id === this.#id && failure.code !== 'LOG_CLOSED' && failure.code !== 'ENGINE_LOST') this.failure = failure;
    } finally {
      this.#isReading = false;
      if (this.#readAgain && id !== this.#id) this.#pump();
    }
  }

  async #read(shown: LogState['shown'], from: number, to: number): Promise<void> {
    const isMissing = (row: number) => !this.#rows.has(row) || (row === this.#unfinished && row + 1 < shown.end);
    let start = Math.max(from, shown.first);
    let end = Math.min(to, shown.end);
    while (start < end && !isMissing(start)) start += 1;
    while (end > start && !isMissing(end - 1)) end -= 1;
    if (start >= end) return;
    const { filter, lines } = await engine.logs.read({ id: this.#id, filter: shown.filter, from: start, count: Math.min(MOST_READ, end - start) });
    if (filter !== this.#latest.filter) return;
    if (this.#unfinished >= start && this.#unfinished < end) this.#unfinished = -1;
    for (const line of lines) this.#rows.set(line.row, line);
    if (lines.at(-1)?.row === shown.end - 1) this.#unfinished = shown.end - 1;
    this.#forgetFar();
    this.version += 1;
  }

  #forgetFar(): void {
    if (this.#rows.size <= MOST_KEPT) return;
    const { from, to } = this.#wanted;
    for (const row of this.#rows.keys()) if ((row < from - SPARE || row >= to + SPARE) && row < this.#latest.end - MOST_READ) this.#rows.delete(row);
  }
}
