// The last thing that was done to each pod, so that its progress and Undo are there when the detail is opened again.
import { SvelteMap } from 'svelte/reactivity';
import type { Running } from './running.svelte.ts';

const runs = new SvelteMap<string, Running<unknown>>();
const keyOf = (context: string, namespace: string, name: string) => JSON.stringify([context, namespace, name]);

/** By name and not by uid: a recreated pod is another one under the same name. */
export function podRun(context: string, namespace: string, name: string): Running<unknown> | undefined {
  return runs.get(keyOf(context, namespace, name));
}

/** Notes what is done to a pod now; undefined forgets it. */
export function setPodRun(context: string, namespace: string, name: string, running: Running<unknown> | undefined): void {
  if (running) runs.set(keyOf(context, namespace, name), running);
  else runs.delete(keyOf(context, namespace, name));
}

/** Forgets them all: other clusters are shown now. */
export function forgetPodRuns(): void {
  runs.clear();
}
