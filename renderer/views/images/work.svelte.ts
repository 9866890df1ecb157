// What a person began on the Images screen. It goes on, and is still shown, while they look at another screen.
import type { Outputs } from '../../../shared/contract/contract.ts';
import { change } from '../../actions/change.ts';
import { engine } from '../../state/engine.ts';
import { run } from '../../state/running.svelte.ts';
import type { ProgressCall, Running } from '../../state/running.svelte.ts';
import { say } from '../../state/say.ts';

type Result<Stream> = Stream extends AsyncIterable<infer Event> ? (Event extends { type: 'done'; result: infer R } ? R : never) : never;
type Loaded = Result<Outputs['images']['load']>;

const keyOf = (context: string, key: string) => JSON.stringify([context, key]);

/** The images that are being loaded, or were, until the person puts them away. By context and the row's key. */
class LoadWork {
  #runs = $state.raw<ReadonlyMap<string, { readonly reference: string; readonly size: number; readonly running: Running<Loaded> }>>(new Map());

  get shown() {
    return [...this.#runs].map(([key, work]) => ({ key, ...work }));
  }

  isLoading(context: string, key: string): boolean {
    return this.#runs.get(keyOf(context, key))?.running.state === 'running';
  }

  /** Loads the image into every node that lacks it. On a cluster that is not local it asks first. */
  async start(context: string, { key, reference, size }: { key: string; reference: string; size: number }): Promise<void> {
    const call: ProgressCall<Loaded> = (signal) => engine.images.load({ context, image: reference }, { signal });
    const running = await change({ title: say('images.load.question', { image: reference }), commands: [], danger: 'g' }, () => run('images.load', call, { cancellable: true }));
    if (running) this.#runs = new Map(this.#runs).set(keyOf(context, key), { reference, size, running });
  }

  /** Other nodes are shown now. */
  forget(): void {
    this.#runs = new Map();
  }

  dismiss(key: string): void {
    this.#runs = new Map([...this.#runs].filter(([shown]) => shown !== key));
  }
}
export const loadWork = new LoadWork();
