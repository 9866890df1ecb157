// The removals of images that run or have ended, until the person puts them away; and the question before one.
import type { Outputs } from '../../../shared/contract/contract.ts';
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { ImageCopy, ImageRow } from '../../../shared/contract/images.ts';
import { engine } from '../../state/engine.ts';
import { run } from '../../state/running.svelte.ts';
import type { Running } from '../../state/running.svelte.ts';

type Result<Stream> = Stream extends AsyncIterable<infer Event> ? (Event extends { type: 'done'; result: infer R } ? R : never) : never;
type Removed = Result<Outputs['images']['remove']>;

export interface Removal {
  readonly id: number;
  readonly context: string | undefined;
  readonly names: string;
  readonly copies: readonly ImageCopy[];
  readonly running: Running<Removed>;
}

/** A removal that was refused because no copy can be kept. */
interface NotKept {
  readonly removal: Removal;
  readonly failure: FailureData;
}

class RemovalWork {
  /** What the dialog asks about; undefined while it is closed. */
  asked = $state.raw<readonly ImageRow[]>();
  /** The dialog asks whether it shall be done without a copy. */
  notKept = $state.raw<NotKept>();
  shown = $state.raw<readonly Removal[]>([]);
  #count = 0;

  close(): void {
    this.asked = undefined;
    this.notKept = undefined;
  }

  askWithoutCopy(rows: readonly ImageRow[], notKept: NotKept): void {
    this.notKept = notKept;
    this.asked = rows;
  }

  /** @param names what is removed, for a person. */
  start(context: string | undefined, copies: ImageCopy[], names: string): void {
    const { notKept } = this;
    this.close();
    if (notKept) this.dismiss(notKept.removal.id);
    const input = { ...(context === undefined ? {} : { context }), copies, ...(notKept ? { withoutCopy: true } : {}) };
    const running = run<Removed>({ key: 'images.remove', params: {} }, (signal) => engine.images.remove(input, { signal }));
    this.shown = [...this.shown, { id: (this.#count += 1), context, names, copies, running }];
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((one) => one.id !== id);
  }

  /** Another Docker and other nodes are shown now. */
  forget(): void {
    this.close();
    this.shown = [];
  }
}
export const removalWork = new RemovalWork();
