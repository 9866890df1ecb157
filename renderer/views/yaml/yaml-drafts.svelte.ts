// Texts that were begun from live objects. They stay while Podlab runs, wherever the person goes; only the person ends one.
import { SvelteMap } from 'svelte/reactivity';
import type { ObjectName } from '../../../shared/contract/objects.ts';

export interface YamlDraft {
  readonly text: string;
  /** The live object, without noise, that the text was begun from. */
  readonly base: string;
  /** What was written before it was begun anew. */
  readonly former?: { readonly text: string; readonly base: string } | undefined;
}
export type DraftOf = ObjectName & { readonly context: string };

const drafts = new SvelteMap<string, YamlDraft>();
const keyOf = ({ context, apiVersion, kind, namespace = '', name }: DraftOf) => JSON.stringify([context, apiVersion, kind, namespace, name]);

export const yamlDrafts = {
  of: (object: DraftOf): YamlDraft | undefined => drafts.get(keyOf(object)),
  /** Of a text that was begun before, nothing is lost. */
  begin(object: DraftOf, live: string): void {
    const key = keyOf(object);
    if (!drafts.has(key)) drafts.set(key, { text: live, base: live });
  },
  write(object: DraftOf, text: string): void {
    const draft = drafts.get(keyOf(object));
    if (draft) drafts.set(keyOf(object), { ...draft, text });
  },
  /** Begins from what the cluster has now; what was written stays to go back to. */
  beginAnew(object: DraftOf, live: string): void {
    const { text, base } = drafts.get(keyOf(object)) ?? { text: live, base: live };
    drafts.set(keyOf(object), { text: live, base: live, ...(text === base ? {} : { former: { text, base } }) });
  },
  goBack(object: DraftOf): void {
    const former = drafts.get(keyOf(object))?.former;
    if (former) drafts.set(keyOf(object), former);
  },
  end(object: DraftOf): void {
    drafts.delete(keyOf(object));
  },
};
