// The Pods screen and what can be done to a pod.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { connectionState } from './environment.ts';
import { finding, message, policyOrigin, presence, pullPolicy } from './findings.ts';
import { progressOf } from './progress.ts';

export const containerRow = z.object({
  name: z.string(),
  init: z.boolean(),
  /** As the spec has it. */
  image: z.string(),
  /** Full form, absent where the name is no valid image reference. */
  normalized: z.string().optional(),
  policy: pullPolicy,
  origin: policyOrigin,
  presence,
  /** Per node that this pod may run on: its own node once it has one, else every node. */
  nodes: z.array(z.object({ node: z.string(), presence })),
  ports: z.array(z.number()),
});
export type ContainerRow = z.infer<typeof containerRow>;

export const podRow = z.object({
  uid: z.string(),
  name: z.string(),
  namespace: z.string(),
  /** kubectl's word. */
  status: z.string(),
  /** kubectl's READY, `1/2`. */
  ready: z.string(),
  restarts: z.number(),
  lastRestartAt: z.string().optional(),
  /** RFC 3339; the screen turns it into an age that ticks. */
  createdAt: z.string().optional(),
  health: z.enum(['ok', 'progressing', 'degraded', 'failing', 'ending', 'unknown']),
  /** The first finding, short, under the status, and the container that it is about. */
  headline: z.object({ id: z.string(), message, container: z.string().optional() }).optional(),
  owner: z.object({ kind: z.string(), name: z.string() }).optional(),
  containers: z.array(containerRow),
  node: z.string().optional(),
});
export type PodRow = z.infer<typeof podRow>;

export const podEvent = z.object({
  id: z.string(),
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  at: z.string().optional(),
  source: z.string(),
});
export type PodEvent = z.infer<typeof podEvent>;

export const podDetail = z.object({
  row: podRow,
  findings: z.array(finding),
  events: z.union([z.array(podEvent), z.literal('unknown')]),
  /** The live object as YAML, without managedFields. */
  yaml: z.string(),
  /** What each button would do: its danger class and the lines that kubectl or docker would need, shown as its description. */
  offers: z.array(
    z.object({
      action: z.enum(['recreate', 'load', 'load-and-recreate', 'delete']),
      policy: pullPolicy.optional(),
      /** Replaces the image as well (a corrected name). */
      image: z.string().optional(),
      /** The container that gets `image`. */
      container: z.string().optional(),
      danger: z.enum(['g', 'y', 'r']),
      commands: z.array(z.string()),
      /** Absent when it can be done; else why not. */
      refused: message.optional(),
    }),
  ),
});
export type PodDetail = z.infer<typeof podDetail>;

const pod = z.object({ context: z.string(), namespace: z.string(), name: z.string(), uid: z.string() });
const namespace = z.object({ context: z.string(), namespace: z.string() });
const created = z.object({ namespace: z.string(), name: z.string(), uid: z.string() });

export const pods = {
  /** All pods of a namespace (`''`: of all namespaces): a snapshot, then changes, at most one message a frame. `state` goes with each. */
  watch: oc.errors(declared).input(namespace).output(
    eventIterator(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('snapshot'), rows: z.array(podRow), connection: connectionState }),
        z.object({ type: z.literal('changes'), upserted: z.array(podRow), removed: z.array(z.string()), connection: connectionState }),
      ]),
    ),
  ),
  /** One pod by name: whole at first, whole again after each change; `gone` when it is deleted, and whole again when one of that name returns. */
  watchDetail: oc.errors(declared).input(namespace.extend({ name: z.string() })).output(
    eventIterator(z.discriminatedUnion('type', [z.object({ type: z.literal('pod'), detail: podDetail }), z.object({ type: z.literal('gone') })])),
  ),
  /** Checks a manifest and creates the pod by server-side apply. `manifest` is YAML or JSON with one pod. */
  create: oc.errors(declared).input(namespace.extend({ manifest: z.string(), fileName: z.string().optional() })).output(eventIterator(progressOf(created))),
  /** Recreates a bare pod, with another pull policy or image (of `container`, or of the only one) if given; the old one comes back if the new one cannot be created. */
  recreate: oc.errors(declared)
    .input(pod.extend({ policy: pullPolicy.optional(), image: z.string().optional(), container: z.string().optional(), load: z.boolean() }))
    .output(eventIterator(progressOf(created))),
  /** Loads the images of a pod that only Docker has into the node(s) that need them. */
  loadImages: oc.errors(declared).input(pod).output(eventIterator(progressOf(z.object({ images: z.array(z.string()) })))),
  /** Deletes the pod and waits until it is gone. */
  delete: oc.errors(declared).input(pod).output(eventIterator(progressOf(z.object({})))),
  /** Runs one command in a container and gives its output and exit code. `command` is split at blanks, quotes keep words together. */
  runCommand: oc.errors(declared)
    .input(pod.extend({ container: z.string(), command: z.string() }))
    .output(z.object({ stdout: z.string(), stderr: z.string(), exitCode: z.number(), truncated: z.boolean(), milliseconds: z.number() })),
};
