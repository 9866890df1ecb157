// The question before a change: on a cluster that is not local, and before anything that may lose data.

/** What the dialog tells before a change. */
export interface Question {
  /** Plain words: what will be done. */
  readonly title: string;
  /** What that means, where the title does not say it all. */
  readonly explanation?: string;
  /** The lines that kubectl or docker would need. */
  readonly commands: readonly string[];
  readonly dangerous: boolean;
  /** What else is concerned, a line each. */
  readonly details?: readonly string[];
  /** What the person types before it can be confirmed. */
  readonly typed?: string;
}

let open = $state.raw<{ question: Question; answer: (confirmed: boolean) => void }>();

export const confirmation = {
  /** The open question; drawn by ConfirmDialog. */
  get open(): Question | undefined {
    return open?.question;
  },
  answer(confirmed: boolean): void {
    open?.answer(confirmed);
    open = undefined;
  },
};

/** Asks; true when the person confirms. An older open question counts as refused. */
export function confirm(question: Question): Promise<boolean> {
  confirmation.answer(false);
  return new Promise((answer) => (open = { question, answer }));
}
