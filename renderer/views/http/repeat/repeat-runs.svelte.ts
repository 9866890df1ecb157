// The run that goes on, or the last one: kept while the person looks at another screen.
import type { FailureData } from '../../../../shared/contract/failures.ts';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { RepeatPlan, RepeatSnapshot, RepeatTarget } from '../../../../shared/contract/repeat.ts';
import { engine, toFailure } from '../../../state/engine.ts';

/** What the region Repeat shows. */
export interface RepeatRun {
  readonly state: 'running' | 'ended' | 'stopped' | 'failed';
  readonly method: string;
  readonly path: string;
  /** Absent until the first numbers come. */
  readonly snapshot?: RepeatSnapshot;
  readonly failure?: FailureData;
}

class RepeatRuns {
  run = $state.raw<RepeatRun>();
  readonly isRunning = $derived(this.run?.state === 'running');
  #running: AbortController | undefined;

  /** @param isConfirmed the person was asked about a large one */
  async start(target: RepeatTarget, request: HttpRequest, plan: RepeatPlan, isConfirmed: boolean): Promise<void> {
    if (this.isRunning) return;
    const running = (this.#running = new AbortController());
    let last: RepeatRun = { state: 'running', method: request.method, path: request.path };
    this.run = last;
    const end = (part: Pick<RepeatRun, 'state' | 'failure'>) => {
      if (this.#running === running) this.run = { ...last, ...part };
    };
    try {
      for await (const snapshot of await engine.repeat.run({ target, request, ...plan, isConfirmed }, { signal: running.signal })) {
        if (this.#running !== running) return;
        this.run = last = { ...last, snapshot };
      }
      end({ state: running.signal.aborted ? 'stopped' : 'ended' });
    } catch (error) {
      end(running.signal.aborted ? { state: 'stopped' } : { state: 'failed', failure: toFailure(error) });
    }
  }

  stop(): void {
    this.#running?.abort();
  }

  close(): void {
    if (!this.isRunning) this.run = undefined;
  }

  /** Ends what runs, and nothing of it is told any more. */
  forget(): void {
    this.stop();
    this.#running = undefined;
    this.run = undefined;
  }
}

export const repeatRuns = new RepeatRuns();
