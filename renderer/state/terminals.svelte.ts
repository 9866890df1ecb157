// The terminals that are open, wherever the person looks: they live in the engine, and this is what it tells.
import type { TerminalPlace, TerminalRow } from '../../shared/contract/terminals.ts';
import { app } from './app.svelte.ts';
import { engine } from './engine.ts';
import { live } from './live.svelte.ts';

class Terminals {
  readonly watched = $derived.by(() => {
    void app.world; // those of the other world are not this one's
    return live(engine.terminals.watch, {});
  });
  readonly all = $derived<readonly TerminalRow[]>(this.watched.latest?.terminals ?? []);
  /** The one that is shown, by the pod's uid. */
  #chosen = $state.raw<Readonly<Record<string, string>>>({});

  of({ context, namespace, pod }: Pick<TerminalPlace, 'context' | 'namespace' | 'pod'>): readonly TerminalRow[] {
    return this.all.filter((row) => row.context === context && row.namespace === namespace && row.pod === pod);
  }

  /** The one that was chosen last for a pod. */
  chosen(key: string): string | undefined {
    return this.#chosen[key];
  }

  choose(key: string, id: string): void {
    this.#chosen = { ...this.#chosen, [key]: id };
  }
}

export const terminals = new Terminals();

type Pod = Pick<TerminalPlace, 'context' | 'namespace' | 'pod'>;
const keyOf = ({ context, namespace, pod }: Pod) => JSON.stringify([context, namespace, pod]);
let asked = '';

/** The pod whose terminals were asked for elsewhere: its detail opens with them, once. */
export const askedTerminals = {
  ask(pod: Pod): void {
    asked = keyOf(pod);
  },
  take(pod: Pod): boolean {
    const isAsked = asked === keyOf(pod);
    asked = '';
    return isAsked;
  },
};
