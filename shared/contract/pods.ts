// The Pods screen and what can be done to a pod.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { connectionState } from './environment.ts';
import { failureData } from './failures.ts';
import { finding, message, objectName, policyOrigin, presence, pullPolicy } from './findings.ts';
import { progressOf } from './progress.ts';
import { timeline } from './timeline.ts';

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
  /** The owner of its owners: the Deployment of a ReplicaSet. Absent for a bare pod, and until it was read. */
  root: z.object({ kind: z.string(), name: z.string() }).optional(),
  containers: z.array(containerRow),
  node: z.string().optional(),
});
export type PodRow = z.infer<typeof podRow>;

export const podOffer = z.object({
  action: z.enum(['recreate', 'load', 'load-and-recreate', 'restart', 'delete', 'delete-owner', 'force-delete', 'remove-finalizer', 'change']),
  policy: pullPolicy.optional(),
  /** Replaces the image as well (a corrected name). */
  image: z.string().optional(),
  /** The container that gets `image`. */
  container: z.string().optional(),
  /** What is removed. */
  finalizer: z.string().optional(),
  /** Of a change: which fix of which finding (of `container`) it is. */
  fix: z.object({ finding: z.string(), key: z.string(), label: message }).optional(),
  danger: z.enum(['g', 'y', 'r']),
  commands: z.array(z.string()),
  /** What it will do, where that is not the same for every pod: what the owner makes of it. */
  describe: message.optional(),
  /** What the person should know besides. */
  notes: z.array(message).optional(),
  /** What the person types before it is done. */
  confirm: z.string().optional(),
  /** Absent when it can be done; else why not. */
  refused: message.optional(),
});

export const podDetail = z.object({
  row: podRow,
  findings: z.array(finding),
  /** The root owner, whose template makes the pod; absent for a bare pod, and while it is not known. */
  root: objectName.optional(),
  timeline,
  /** What each button would do: its danger class and the lines that kubectl or docker would need, shown as its description. */
  offers: z.array(podOffer),
  /** The pods of the namespace that fail for the same reason as this one and are helped by the same fix, this one among them; [] where one change helps all. */
  alike: z.array(z.object({ namespace: z.string(), name: z.string(), uid: z.string() })),
});
export type PodDetail = z.infer<typeof podDetail>;

const pod = z.object({ context: z.string(), namespace: z.string(), name: z.string(), uid: z.string() });
const namespace = z.object({ context: z.string(), namespace: z.string() });
const created = z.object({ namespace: z.string(), name: z.string(), uid: z.string() });
const workload = z.object({ kind: z.string(), name: z.string() });
/** The new pod. Where a workload makes it, it may have another name, and may not have been seen yet. */
const recreated = z.object({ namespace: z.string(), name: z.string().optional(), uid: z.string().optional(), workload: workload.optional() });

const several = z.object({ context: z.string(), pods: z.array(created).min(1).max(500) });
const done = z.object({ namespace: z.string(), name: z.string() });
/** One of several that could not be done, and why. */
export const failedPod = done.extend({ failure: failureData });
export type FailedPod = z.infer<typeof failedPod>;
/** `confirm`: what the offer says, as the person typed it. */
const confirmed = pod.extend({ confirm: z.string() });

/** What else is concerned when a pod goes. */
export const podDependents = z.object({
  /** Services of which it is the only ready pod. */
  services: z.union([z.array(z.string()), z.literal('unknown')]),
  /** What goes with its owner, by kind and name; [] for a bare pod. */
  withOwner: z.union([z.array(workload), z.literal('unknown')]),
  /** Volume claims of a StatefulSet: they stay, with their data. */
  claims: z.array(z.string()),
});
export type PodDependents = z.infer<typeof podDependents>;

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
  /**
   * Recreates a pod, with another pull policy or image (of `container`, or of the only one) if given. A bare one is replaced, and comes back if the new one
   * cannot be created; of one with an owner, the root owner's template is changed, or where nothing in it changes the pod is deleted.
   */
  recreate: oc.errors(declared)
    .input(pod.extend({ policy: pullPolicy.optional(), image: z.string().optional(), container: z.string().optional(), load: z.boolean() }))
    .output(eventIterator(progressOf(recreated))),
  /** Several at once, each as `recreate` does; one that fails does not stop the next, and it fails itself only where none was recreated. */
  recreateMany: oc.errors(declared)
    .input(several.extend({ policy: pullPolicy.optional(), load: z.boolean() }))
    .output(eventIterator(progressOf(z.object({ recreated: z.array(done.extend({ workload: workload.optional() })), failed: z.array(failedPod) })))),
  /** A rollout restart: the workload that made the pod makes all its pods anew out of the same template. */
  restart: oc.errors(declared).input(pod).output(eventIterator(progressOf(recreated))),
  /**
   * Makes a `change` fix of one of the pod's findings, as they are now: its parts in their order, and then looks whether the finding goes. Where a later
   * part is refused, the earlier ones are taken back.
   */
  applyFix: oc.errors(declared)
    .input(pod.extend({ finding: z.string(), container: z.string().optional(), key: z.string() }))
    .output(eventIterator(progressOf(z.object({ namespace: z.string(), name: z.string().optional(), uid: z.string().optional() })))),
  /** Loads the images of a pod that only Docker has into the node(s) that need them. */
  loadImages: oc.errors(declared).input(pod).output(eventIterator(progressOf(z.object({ images: z.array(z.string()) })))),
  /** Deletes the pod and waits until it is gone. */
  delete: oc.errors(declared).input(pod).output(eventIterator(progressOf(z.object({})))),
  deleteMany: oc.errors(declared).input(several).output(eventIterator(progressOf(z.object({ deleted: z.array(done), failed: z.array(failedPod) })))),
  /** Deletes the root owner of the pod, and with it all its pods. */
  deleteOwner: oc.errors(declared).input(confirmed).output(eventIterator(progressOf(z.object({})))),
  /** Takes a pod that does not end out of the cluster, without waiting for its node. */
  forceDelete: oc.errors(declared).input(confirmed).output(eventIterator(progressOf(z.object({})))),
  /** Takes one finalizer off a pod that waits for it. */
  removeFinalizer: oc.errors(declared).input(confirmed.extend({ finalizer: z.string() })).output(eventIterator(progressOf(z.object({})))),
  /** What else is concerned when the pod, or its owner, is deleted. */
  dependents: oc.errors(declared).input(pod).output(podDependents),
  /** Runs one command in a container and gives its output and exit code. `command` is split at blanks, quotes keep words together. */
  runCommand: oc.errors(declared)
    .input(pod.extend({ container: z.string(), command: z.string() }))
    .output(z.object({ stdout: z.string(), stderr: z.string(), exitCode: z.number(), truncated: z.boolean(), milliseconds: z.number() })),
};
