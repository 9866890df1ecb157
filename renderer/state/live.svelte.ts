// A subscription that lives exactly as long as something on screen reads it.
import { createSubscriber } from 'svelte/reactivity';
import type { FailureData } from '../../shared/contract/failures.ts';
import { toFailure, whenOpen } from './engine.ts';

/** A watching call of the contract. */
export type Watch<Input, Event> = (input: Input, options: { signal: AbortSignal }) => PromiseLike<AsyncIterable<Event>>;
/** Takes what is known and one event, gives what is known then. `before` is undefined for a stream's first event. */
export type Fold<Event, Known> = (before: Known | undefined, event: Event) => Known;

/** The engine's latest word on one subject. Ended when nobody reads it any more; begun anew when the engine returns. */
export class Live<Input, Event, Known = Event> {
  #latest = $state.raw<Known>();
  #failure = $state.raw<FailureData>();
  readonly #subscribe: () => void;
  readonly #watch: Watch<Input, Event>;
  readonly #input: Input;
  readonly #fold: Fold<Event, Known>;
  #again = Promise.withResolvers<void>();

  constructor(watch: Watch<Input, Event>, input: Input, fold: Fold<Event, Known>) {
    this.#watch = watch;
    this.#input = input;
    this.#fold = fold;
    this.#subscribe = createSubscriber(() => {
      const stop = new AbortController();
      void this.#keepFollowing(stop.signal);
      return () => stop.abort();
    });
  }

  /** What is known; undefined before the first event. Kept while the engine is lost: `failure` says that it may be old. */
  get latest(): Known | undefined {
    this.#subscribe();
    return this.#latest;
  }

  /** Why the stream ended; undefined while it runs. */
  get failure(): FailureData | undefined {
    this.#subscribe();
    return this.#failure;
  }

  /** Begins again after a failure that the engine declared (a lost engine is waited for anyway). */
  retry(): void {
    this.#again.resolve();
  }

  async #keepFollowing(signal: AbortSignal): Promise<void> {
    // Not in the same turn: the first reader may be a $derived, in which no state may be written.
    await Promise.resolve();
    while (!signal.aborted) {
      const failure = await this.#follow(signal);
      if (signal.aborted) return;
      this.#failure = failure;
      if (failure.code === 'ENGINE_LOST') await whenOpen(signal).catch(() => undefined);
      else await this.#asked(signal);
    }
  }

  async #follow(signal: AbortSignal): Promise<FailureData> {
    try {
      let known: Known | undefined;
      for await (const event of await this.#watch(this.#input, { signal })) {
        if (signal.aborted) break;
        known = this.#fold(known, event);
        this.#latest = known;
        this.#failure = undefined;
      }
      return toFailure(new Error('The engine ended the stream.'));
    } catch (error) {
      return toFailure(error);
    }
  }

  async #asked(signal: AbortSignal): Promise<void> {
    this.#again = Promise.withResolvers();
    signal.addEventListener('abort', () => this.#again.resolve(), { once: true });
    await this.#again.promise;
  }
}

/** A subject that arrives whole each time. */
export function live<Input, Event>(watch: Watch<Input, Event>, input: Input): Live<Input, Event> {
  return new Live(watch, input, (_, event) => event);
}

/** A subject that arrives as a snapshot and then changes. */
export function folded<Input, Event, Known>(watch: Watch<Input, Event>, input: Input, fold: Fold<Event, Known>): Live<Input, Event, Known> {
  return new Live(watch, input, fold);
}
