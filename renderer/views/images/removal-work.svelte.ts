// The removals of images that run or have ended, until the person puts them away; and the question before one.
import type { Outputs } from '../../../shared/contract/contract.ts';
import type { ImageCopy, ImageRow } from '../../../shared/contract/images.ts';
import { engine } from '../../state/engine.ts';
import { run } from '../../state/running.svelte.ts';
import type { Running } from '../../state/running.svelte.ts';

type Result<Stream> = Stream extends AsyncIterable<infer Event> ? (Event extends { type: 'done'; result: infer R } ? R : never) : never;
type Removed = Result<Outputs['images']['remove']>;

class RemovalWork {
  /** What the dialog asks about; undefined while it is closed. */
  asked = $state.raw<readonly ImageRow[]>();
  shown = $state.raw<readonly { readonly id: number; readonly names: string; readonly running: Running<Removed> }[]>([]);
  #count = 0;

  /** @param names what is removed, for a person. */
  start(context: string | undefined, copies: ImageCopy[], names: string): void {
    this.asked = undefined;
    const input = { ...(context === undefined ? {} : { context }), copies };
    const running = run<Removed>({ key: 'images.remove', params: {} }, (signal) => engine.images.remove(input, { signal }));
    this.shown = [...this.shown, { id: (this.#count += 1), names, running }];
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((one) => one.id !== id);
  }

  /** Another Docker and other nodes are shown now. */
  forget(): void {
    this.asked = undefined;
    this.shown = [];
  }
}
export const removalWork = new RemovalWork();
