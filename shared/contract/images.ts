// The Images screen: which image is where.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { presence, pullPolicy } from './findings.ts';
import { progressOf } from './progress.ts';

export const imageRow = z.object({
  /** Full form of the name, or the ID for an image without one. */
  key: z.string(),
  /** As Docker shows it: `spring-server:latest`; '' for an image without a name. */
  reference: z.string(),
  /** `sha256:...`; Docker's where Docker has the image, else the node's. */
  imageId: z.string(),
  /** Bytes. */
  size: z.number(),
  /** RFC 3339; only Docker tells. */
  createdAt: z.string().optional(),
  inDocker: z.enum(['yes', 'no', 'unknown']),
  nodes: z.array(z.object({ node: z.string(), presence })),
  usedBy: z.array(z.object({ namespace: z.string(), pod: z.string(), policy: pullPolicy })),
});
export type ImageRow = z.infer<typeof imageRow>;

export const images = {
  /** Every image of Docker and of the cluster's nodes, whole, after each change. `context` absent: Docker alone. */
  watch: oc.errors(declared).input(z.object({ context: z.string().optional() })).output(eventIterator(z.object({ rows: z.array(imageRow) }))),
  /** Builds from a folder with a Dockerfile; the log streams; cancelled when the caller ends the stream. */
  build: oc.errors(declared)
    .input(z.object({ folder: z.string(), image: z.string() }))
    .output(eventIterator(progressOf(z.object({ imageId: z.string(), image: z.string() })))),
  /** Loads an image of Docker into every node that has its own store, reads it back and compares the IDs. */
  load: oc.errors(declared)
    .input(z.object({ context: z.string(), image: z.string() }))
    .output(eventIterator(progressOf(z.object({ nodes: z.array(z.string()), alreadyThere: z.boolean() })))),
};
