// The folder of saved requests that a person chose, which of them is in the form, and the variables that can be used.
import { engine } from '../../../state/engine.ts';
import { live } from '../../../state/live.svelte.ts';
import { remember, remembered } from '../../../state/remembered.ts';
import type { Place } from '../targets.ts';
import { builtInVariables } from './fill-variables.ts';

/** The saved request that the form was filled from. */
export interface Opened {
  readonly file: string;
  /** What the file was then. */
  readonly hash: string;
  readonly name: string;
  /** Of the file, and none of the form's. */
  readonly otherChecks: readonly unknown[];
}

const FOLDER = 'http.folder';

class Saved {
  #folder = $state(remembered(FOLDER) ?? '');
  opened = $state.raw<Opened>();
  /** The chosen target: its names are variables, too. */
  place = $state.raw<Place>();
  readonly watched = $derived(this.#folder === '' ? undefined : live(engine.requests.watchCollection, { folder: this.#folder }));
  readonly collection = $derived(this.watched?.latest);
  readonly builtIn = $derived(builtInVariables(this.place));
  /** A person's own hide those of the target. */
  readonly variables = $derived(new Map([...this.builtIn, ...Object.entries(this.collection?.state === 'read' ? this.collection.variables.values : {})]));
  /** Before that a variable may be there and not known. */
  readonly isRead = $derived(this.#folder === '' || this.collection !== undefined);

  /** '' before any is chosen. */
  get folder(): string {
    return this.#folder;
  }
  set folder(folder: string) {
    this.#folder = folder;
    this.opened = undefined;
    remember(FOLDER, folder === '' ? undefined : folder);
  }
}

export const saved = new Saved();
