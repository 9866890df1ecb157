// How the pods of a namespace are doing, as numbers: what the navigation shows on every screen, and what a notification is made of.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { message } from './findings.ts';

const failingPod = z.object({ uid: z.string(), namespace: z.string(), name: z.string(), headline: message.optional() });

export const podsHealth = z.object({
  /** Pods that fail and that partly fail; undefined while no list was read. */
  failing: z.number().optional(),
  degraded: z.number().optional(),
  /** Those that fail, at most 100. */
  pods: z.array(failingPod),
});
export type PodsHealth = z.infer<typeof podsHealth>;

export const health = {
  /** Of a namespace's pods (`''`: of all namespaces); again when it changed. */
  watch: oc.errors(declared).input(z.object({ context: z.string(), namespace: z.string() })).output(eventIterator(podsHealth)),
};
