// How many bytes of each terminal were drawn on this page, before a reload too: what they asked is answered (see replay.ts).
import { rememberedHere, rememberHere } from '../../state/remembered.ts';

const NAME = 'terminal.seen';
const counts = new Map<string, number>(before());

export const seenBytes = {
  /** Undefined for one that this page never drew. */
  of: (id: string): number | undefined => counts.get(id),
  note(id: string, upTo: number): void {
    counts.set(id, Math.max(counts.get(id) ?? 0, upTo));
  },
  forget(id: string): void {
    counts.delete(id);
  },
};
if (typeof window !== 'undefined') window.addEventListener('pagehide', () => rememberHere(NAME, JSON.stringify([...counts])));

function before(): [string, number][] {
  try {
    return JSON.parse(rememberedHere(NAME) ?? '[]') as [string, number][];
  } catch {
    return [];
  }
}
