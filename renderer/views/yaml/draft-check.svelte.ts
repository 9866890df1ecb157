// What the cluster says of a draft: asked when the typing rests, or at once. An answer is only shown for the text it is about.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { CheckedDocument, Problem } from '../../../shared/contract/objects.ts';
import { engine, toFailure } from '../../state/engine.ts';

export interface DraftInput {
  readonly context: string;
  readonly namespace: string;
  readonly text: string;
  readonly base: string;
}
interface Answer {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly documents: readonly CheckedDocument[];
}

const REST_MS = 500;

export class DraftCheck {
  answer = $state.raw<Answer>();
  failure = $state.raw<FailureData>();
  isAsking = $state(false);
  #stop = new AbortController();

  /** Asks when `input` has rested. Gives what ends the asking. */
  follow(input: DraftInput): () => void {
    const timer = setTimeout(() => void this.ask(input), REST_MS);
    return () => {
      clearTimeout(timer);
      this.#stop.abort();
      this.isAsking = false;
    };
  }

  /** Asks now; what was asked before is outdated. */
  async ask(input: DraftInput): Promise<void> {
    this.#stop.abort();
    const { signal } = (this.#stop = new AbortController());
    this.isAsking = true;
    try {
      const { problems, documents } = await engine.objects.check(input, { signal });
      if (signal.aborted) return;
      this.answer = { text: input.text, problems, documents };
      this.failure = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.answer = undefined;
      this.failure = toFailure(error);
    }
    this.isAsking = false;
  }
}
