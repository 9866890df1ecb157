// One action while it runs, and how it ended: what ProgressLine shows beside the button.
import type { BuildStep } from '../../shared/contract/build-step.ts';
import type { FailureData } from '../../shared/contract/failures.ts';
import type { Message } from '../../shared/contract/findings.ts';
import type { Progress } from '../../shared/contract/progress.ts';
import { toFailure } from './engine.ts';
import { keepRecent, type Sample } from './pace.ts';

export interface Step {
  readonly step: Message;
  readonly state: 'running' | 'done' | 'failed';
}
/** A call that streams its progress, bound to its input. */
export type ProgressCall<Result> = (signal: AbortSignal) => PromiseLike<AsyncIterable<Progress<Result>>>;

const sameStep = (a: Message, b: Message) => a.key === b.key && JSON.stringify(a.params) === JSON.stringify(b.params);

/** A step that is told again has changed its state; a new one is added. */
export function foldStep(steps: readonly Step[], told: Step): Step[] {
  const at = steps.findIndex(({ step }) => sameStep(step, told.step));
  return at < 0 ? [...steps, told] : steps.with(at, told);
}

/** A step of a build that is told again has changed; a new one is added. */
export function foldBuildStep(steps: readonly BuildStep[], told: BuildStep): BuildStep[] {
  const at = steps.findIndex(({ id }) => id === told.id);
  return at < 0 ? [...steps, told] : steps.with(at, told);
}

/** Lines kept of a log: the end is what a person reads. */
const LOG_LINES = 2000;

export class Running<Result> {
  /** What was pressed. */
  readonly label: Message;
  /** It may be left in the middle, until it says that it goes on. */
  readonly cancellable: boolean;
  steps = $state.raw<readonly Step[]>([]);
  log = $state.raw<readonly string[]>([]);
  buildSteps = $state.raw<readonly BuildStep[]>([]);
  /** It can no longer be cancelled, though it could before. */
  goesOn = $state(false);
  bytes = $state.raw<{ sent: number; total?: number | undefined }>();
  /** The last of the bytes with their times, for the rate. */
  samples = $state.raw<readonly Sample[]>([]);
  state = $state<'running' | 'done' | 'failed' | 'cancelled'>('running');
  failure = $state.raw<FailureData>();
  activityId = $state<string>();
  result = $state.raw<Result>();
  /** Settles when it ended, however it ended. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  #finished: readonly string[] = [];
  #unfinished = '';

  constructor(label: Message, call: ProgressCall<Result>, cancellable: boolean) {
    this.label = label;
    this.cancellable = cancellable;
    this.ended = this.#follow(call);
  }

  cancel(): void {
    if (!this.goesOn) this.#stop.abort();
  }

  async #follow(call: ProgressCall<Result>): Promise<void> {
    try {
      for await (const event of await call(this.#stop.signal)) this.#take(event);
      if (this.state === 'running') throw new Error('The engine ended the action without a result.');
    } catch (error) {
      this.state = this.#stop.signal.aborted ? 'cancelled' : 'failed';
      if (this.state === 'failed') this.failure = toFailure(error);
    }
  }

  #take(event: Progress<Result>): void {
    switch (event.type) {
      case 'step':
        this.steps = foldStep(this.steps, event);
        // What was moved was another step's.
        if (event.state === 'running') {
          this.bytes = undefined;
          this.samples = [];
        }
        break;
      case 'log':
        this.#takeLog(event.text);
        break;
      case 'bytes':
        this.bytes = event;
        this.samples = keepRecent(this.samples, { at: Date.now(), sent: event.sent });
        break;
      case 'build-step':
        this.buildSteps = foldBuildStep(this.buildSteps, event.buildStep);
        break;
      case 'goes-on':
        this.goesOn = true;
        break;
      case 'waits':
        this.activityId = event.activityId;
        break;
      case 'done':
        this.activityId = event.activityId;
        this.result = event.result;
        this.state = 'done';
    }
  }

  /** Docker's log comes in pieces that end anywhere: the last line goes on with the next piece. */
  #takeLog(text: string): void {
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop() ?? '';
    this.#finished = [...this.#finished, ...lines.map(asShown).filter(isSaid)].slice(-LOG_LINES);
    this.log = [...this.#finished, ...[asShown(this.#unfinished)].filter(isSaid)].slice(-LOG_LINES);
  }
}

/** A line as a terminal shows it: a carriage return begins it anew. */
const asShown = (line: string) => {
  const ended = line.replace(/\r$/, '');
  return ended.slice(ended.lastIndexOf('\r') + 1);
};
const isSaid = (line: string) => line.trim() !== '';

/** Begins an action. `label` is the button's message, or its key alone. `cancellable`: its progress line offers Cancel. */
export function run<Result>(label: Message | string, call: ProgressCall<Result>, { cancellable = false } = {}): Running<Result> {
  return new Running(typeof label === 'string' ? { key: label, params: {} } : label, call, cancellable);
}
