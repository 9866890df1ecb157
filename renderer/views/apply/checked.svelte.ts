// What the cluster says of a text while it is typed: asked when the typing rests, an answer to an older text is never taken for the newer one's.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { CheckedDocument, Problem } from '../../../shared/contract/objects.ts';
import { engine, toFailure } from '../../state/engine.ts';

export interface CheckInput {
  readonly context: string;
  readonly namespace: string;
  readonly text: string;
}
interface Answer {
  readonly input: CheckInput;
  readonly problems: readonly Problem[];
  readonly documents: readonly CheckedDocument[];
}

const REST_MS = 500;
/** A pasted text is told of soon. */
const FIRST_MS = 120;
const same = (a: CheckInput, b: CheckInput) => a.text === b.text && a.namespace === b.namespace && a.context === b.context;

export class Checked {
  answer = $state.raw<Answer>();
  failure = $state.raw<FailureData>();

  /** Asks when `input` has rested. Gives what ends the asking. */
  follow(input: CheckInput): () => void {
    const stop = new AbortController();
    if (input.text.trim() === '') {
      this.answer = undefined;
      this.failure = undefined;
      return () => stop.abort();
    }
    const timer = setTimeout(() => void this.#ask(input, stop.signal), this.answer === undefined ? FIRST_MS : REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }

  /** The documents of exactly this text: from what is known, else asked for. */
  async documentsOf(input: CheckInput): Promise<readonly CheckedDocument[]> {
    if (this.answer && same(this.answer.input, input)) return this.answer.documents;
    return (await engine.objects.check(input)).documents;
  }

  isOf(input: CheckInput): boolean {
    return this.answer !== undefined && same(this.answer.input, input);
  }

  async #ask(input: CheckInput, signal: AbortSignal): Promise<void> {
    try {
      const { problems, documents } = await engine.objects.check(input, { signal });
      if (signal.aborted) return;
      this.answer = { input, problems, documents };
      this.failure = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.failure = toFailure(error);
      this.answer = undefined;
    }
  }
}
