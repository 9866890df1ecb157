// The connection that is open, or was last: kept while the person looks at another screen.
import type { FailureData } from '../../../../shared/contract/failures.ts';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { LiveProtocol, LiveState, LiveTarget } from '../../../../shared/contract/live.ts';
import { engine, toFailure } from '../../../state/engine.ts';
import { after } from './live-messages.ts';

/** What the region Live connection shows. */
export interface LiveRun {
  readonly id: string;
  readonly protocol: LiveProtocol;
  readonly target: LiveTarget;
  readonly request: HttpRequest;
  /** Whether the engine still tells of it. */
  readonly isOver: boolean;
  /** Whether it is over because the person closed it. */
  readonly isClosedHere?: boolean;
  /** Absent until the engine has said something. */
  readonly state?: LiveState;
  readonly failure?: FailureData;
}

class LiveRuns {
  protocol = $state<LiveProtocol>('websocket');
  /** As it is typed: divided by commas or blanks. */
  subprotocols = $state('');
  message = $state('');
  run = $state.raw<LiveRun>();
  /** Why the last message was not sent. */
  sendFailure = $state.raw<FailureData>();
  readonly isRunning = $derived(this.run?.isOver === false);
  #running: AbortController | undefined;
  /** The id of the one that the person closed. */
  #closed = '';

  async open(target: LiveTarget, request: HttpRequest, protocol = this.protocol): Promise<void> {
    if (this.isRunning) return;
    const running = (this.#running = new AbortController());
    let last: LiveRun = { id: crypto.randomUUID(), protocol, target, request, isOver: false };
    this.run = last;
    this.sendFailure = undefined;
    const subprotocols = this.subprotocols.split(/[\s,]+/).filter(Boolean);
    try {
      for await (const state of await engine.live.open({ id: last.id, protocol, target, request, subprotocols }, { signal: running.signal })) {
        if (this.#running !== running) return;
        this.run = last = { ...last, state };
      }
      if (this.#running === running) this.run = { ...last, isOver: true, isClosedHere: this.#closed === last.id };
    } catch (error) {
      if (this.#running === running) this.run = { ...last, isOver: true, ...(running.signal.aborted ? {} : { failure: toFailure(error) }) };
    }
  }

  /** What was over; a stream of events goes on after its last one. */
  async openAgain(): Promise<void> {
    if (this.run?.isOver) await this.open(this.run.target, after(this.run.request, this.run.state?.lastEventId), this.run.protocol);
  }

  async send(): Promise<void> {
    if (!this.run || this.run.state?.state !== 'open') return;
    try {
      await engine.live.send({ id: this.run.id, text: this.message });
      this.message = '';
      this.sendFailure = undefined;
    } catch (error) {
      this.sendFailure = toFailure(error);
    }
  }

  /** Says goodbye where it is open; one that is still being opened is given up. */
  async close(): Promise<void> {
    if (!this.run || this.run.isOver) return;
    this.#closed = this.run.id;
    if (this.run.state?.state !== 'open') return this.#running?.abort();
    await engine.live.close({ id: this.run.id }).catch(() => this.#running?.abort());
  }

  dismiss(): void {
    if (!this.isRunning) this.run = undefined;
  }

  /** Ends it, and nothing of it is told any more. */
  forget(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.run = undefined;
  }
}

export const liveRuns = new LiveRuns();
