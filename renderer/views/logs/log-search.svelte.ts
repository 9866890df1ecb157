// Going from match to match in the open log.
import type { FailureData } from '../../../shared/contract/failures.ts';
import { toFailure } from '../../state/engine.ts';
import type { Found, LogView } from './log-view.svelte.ts';

export class LogSearch {
  text = $state('');
  isRegex = $state(false);
  /** Undefined while nothing is looked for, or it is not known yet. */
  found = $state.raw<Found>();
  failure = $state.raw<FailureData>();
  readonly #view: () => LogView;
  #asked = 0;

  /** @param view the log that is shown then */
  constructor(view: () => LogView) {
    this.#view = view;
  }

  /** What can be marked in the lines; an expression is the engine's to try, which stops one that never ends. */
  get words(): string {
    return this.isRegex ? '' : this.text;
  }

  /** @returns the row of the match that is nearest to `from`; undefined where there is none, or something else was asked meanwhile */
  async find(from: number, direction: 'forward' | 'back'): Promise<number | undefined> {
    const asked = (this.#asked += 1);
    this.failure = undefined;
    if (this.text === '') {
      this.found = undefined;
      return undefined;
    }
    try {
      const found = await this.#view().find({ text: this.text, isRegex: this.isRegex, matchesCase: false }, from, direction);
      if (asked !== this.#asked) return undefined;
      this.found = found;
      return found.row;
    } catch (error) {
      if (asked === this.#asked) {
        this.failure = toFailure(error);
        this.found = undefined;
      }
      return undefined;
    }
  }
}
