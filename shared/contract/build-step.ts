// One step of a build, as a running action tells it.
import { z } from 'zod';

/** One step of a build. `id` stays the same while it changes. */
export const buildStep = z.object({
  id: z.string(),
  /** As the Dockerfile says it, or the builder's own words. */
  instruction: z.string(),
  state: z.enum(['waiting', 'running', 'cached', 'done', 'failed']),
  milliseconds: z.number().optional(),
});
export type BuildStep = z.infer<typeof buildStep>;
