// The request that runs, or the comparison of all ways, and what came of it: kept while the person looks at another screen.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import type { ComparedWay, HttpRequest, HttpResponse, HttpTarget } from '../../../shared/contract/http.ts';
import { engine, toFailure } from '../../state/engine.ts';
import { liveRuns } from './live/live-runs.svelte.ts';
import { repeatRuns } from './repeat/repeat-runs.svelte.ts';
import type { Compared } from './targets.ts';

/** What the region Response shows. */
export type Outcome =
  | { readonly state: 'none' | 'waiting' | 'cancelled' }
  | { readonly state: 'answered'; readonly response: HttpResponse; readonly sent: { readonly target: HttpTarget; readonly request: HttpRequest } }
  | { readonly state: 'failed'; readonly failure: FailureData };

/** What the table of all ways shows. */
export interface Comparison {
  readonly state: 'running' | 'ended' | 'cancelled' | 'failed';
  readonly ways: readonly ComparedWay[];
  readonly conclusion?: Message | undefined;
  readonly failure?: FailureData;
}

class HttpRuns {
  outcome = $state.raw<Outcome>({ state: 'none' });
  comparison = $state.raw<Comparison>();
  readonly isRunning = $derived(this.outcome.state === 'waiting' || this.comparison?.state === 'running' || repeatRuns.isRunning);
  #running: AbortController | undefined;

  /** @param typed with its variables, where it has any */
  async send(target: HttpTarget, request: HttpRequest, typed?: HttpRequest): Promise<void> {
    if (this.isRunning) return;
    const running = (this.#running = new AbortController());
    this.comparison = undefined;
    this.outcome = { state: 'waiting' };
    try {
      const response = await engine.http.send({ ...request, target, ...(typed ? { typed } : {}) }, { signal: running.signal });
      if (this.#running === running) this.outcome = { state: 'answered', response, sent: { target, request } };
    } catch (error) {
      if (this.#running === running) this.outcome = running.signal.aborted ? { state: 'cancelled' } : { state: 'failed', failure: toFailure(error) };
    }
  }

  async compare(compared: Compared, request: HttpRequest): Promise<void> {
    if (this.isRunning) return;
    const running = (this.#running = new AbortController());
    let last: Comparison = { state: 'running', ways: [] };
    // An earlier answer is of another request, perhaps of another pod.
    this.outcome = { state: 'none' };
    this.comparison = last;
    try {
      for await (const { ways, conclusion } of await engine.http.compare({ ...compared, request }, { signal: running.signal })) {
        if (this.#running !== running) return;
        this.comparison = last = { state: 'running', ways, conclusion };
      }
      if (this.#running === running) this.comparison = { ...last, state: running.signal.aborted ? 'cancelled' : 'ended' };
    } catch (error) {
      if (this.#running !== running) return;
      this.comparison = running.signal.aborted ? { ...last, state: 'cancelled' } : { ...last, state: 'failed', failure: toFailure(error) };
    }
  }

  closeComparison(): void {
    if (this.comparison?.state !== 'running') this.comparison = undefined;
  }

  cancel(): void {
    this.#running?.abort();
    repeatRuns.stop();
  }

  /** Ends what runs, and nothing of it is told any more. */
  forget(): void {
    this.cancel();
    repeatRuns.forget();
    liveRuns.forget();
    this.#running = undefined;
    this.outcome = { state: 'none' };
    this.comparison = undefined;
  }
}

export const httpRuns = new HttpRuns();
