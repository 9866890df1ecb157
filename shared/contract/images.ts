// The Images screen: which image is where.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { decisionStep, presence, pullPolicy } from './findings.ts';
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
  /** RFC 3339, of `imageId`; absent where its place does not tell. */
  createdAt: z.string().optional(),
  inDocker: z.enum(['yes', 'no', 'unknown']),
  /** `imageId` and `size`: what that node has under the name; absent where it has none or nobody knows. */
  nodes: z.array(z.object({ node: z.string(), presence, imageId: z.string().optional(), size: z.number().optional() })),
  usedBy: z.array(
    z.object({
      namespace: z.string(),
      pod: z.string(),
      container: z.string(),
      policy: pullPolicy,
      /** What a start of the container meets on its node: a row of the verdict table (research: V1-V12), `unknown` where several are left. */
      verdict: z.string(),
      /** Which build the container runs now, by image ID; `none`: it does not run. */
      runs: z.enum(['this-build', 'another-build', 'none', 'unknown']),
    }),
  ),
});
export type ImageRow = z.infer<typeof imageRow>;

export const imageDetail = z.object({
  imageId: z.string(),
  /** Every name that Docker has for it. */
  names: z.array(z.string()),
  os: z.string(),
  architecture: z.string(),
  createdAt: z.string().optional(),
  size: z.number(),
  /** The oldest first: the instruction as the builder wrote it, and what it added. */
  layers: z.array(z.object({ command: z.string(), size: z.number(), createdAt: z.string().optional() })),
  entrypoint: z.array(z.string()),
  command: z.array(z.string()),
  env: z.array(z.string()),
  /** `8080/tcp`. */
  ports: z.array(z.string()),
  /** '' where the image names none: root. */
  user: z.string(),
  workingDirectory: z.string(),
});
export type ImageDetail = z.infer<typeof imageDetail>;

/** What a start of a container of this image would meet on one node, under one policy. */
export const predictedFate = z.object({
  /** `none`: the manifest says no policy; `effective` is then the default of the image's tag. */
  policy: z.union([pullPolicy, z.literal('none')]),
  effective: pullPolicy,
  verdict: z.string(),
  fate: z.enum(['starts', 'downloads', 'stuck', 'unknown']),
  warning: z.enum(['stale', 'other-image', 'ignored']).optional(),
  decision: z.array(decisionStep),
});
export type PredictedFate = z.infer<typeof predictedFate>;

export const prediction = z.object({
  image: z.string(),
  /** What is known of the registry, and how: from a pull of this image that some pod of the cluster tried. */
  registry: z.enum(['has', 'lacks', 'down', 'unknown']),
  nodes: z.array(z.object({ node: z.string(), presence, fates: z.array(predictedFate) })),
});
export type Prediction = z.infer<typeof prediction>;

/** An image's copy to remove: Docker's, or one node's. */
export const imageCopy = z.object({ key: z.string(), place: z.union([z.object({ docker: z.literal(true) }), z.object({ node: z.string() })]) });
export type ImageCopy = z.infer<typeof imageCopy>;

export const loadedOnNode = z.object({ node: z.string(), imageId: z.string(), alreadyThere: z.boolean(), sentBytes: z.number() });
export type LoadedOnNode = z.infer<typeof loadedOnNode>;

export const images = {
  /** Every image of Docker and of the cluster's nodes, whole, after each change. `context` absent: Docker alone. */
  watch: oc.errors(declared).input(z.object({ context: z.string().optional() })).output(eventIterator(z.object({ rows: z.array(imageRow) }))),
  /** What Docker knows of one image, by its name or ID. */
  inspect: oc.errors(declared).input(z.object({ image: z.string() })).output(imageDetail),
  /** What would happen to a container of this image, whole after each change of what is known. */
  watchPrediction: oc.errors(declared).input(z.object({ context: z.string(), image: z.string() })).output(eventIterator(prediction)),
  /**
   * Loads an image of Docker into every node that has its own store (or only into `nodes`), reads it back and compares the IDs. Layers that a
   * node has already are not sent again.
   */
  load: oc.errors(declared)
    .input(z.object({ context: z.string(), image: z.string(), nodes: z.array(z.string()).optional() }))
    .output(eventIterator(progressOf(z.object({ nodes: z.array(loadedOnNode) })))),
  /** Gives an image of Docker a further name. */
  tag: oc.errors(declared).input(z.object({ image: z.string(), name: z.string() })).output(z.object({ reference: z.string() })),
  /**
   * Takes names away, and an image with its last one; what is deleted is on disk before, so that Undo brings it back. `withoutCopy`: an image
   * of which IMAGE_NOT_KEPT says that this cannot be goes all the same, and there is no Undo then.
   */
  remove: oc.errors(declared)
    .input(z.object({ context: z.string().optional(), copies: z.array(imageCopy).min(1), withoutCopy: z.boolean().optional() }))
    .output(eventIterator(progressOf(z.object({ removed: z.array(imageCopy) })))),
};
