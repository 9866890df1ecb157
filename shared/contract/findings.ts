// What a diagnosis is made of. The engine has no sentences: a message is a key with parameters, and only
// renderer/messages has the words for it, in each language.
import { z } from 'zod';

/** A sentence to be: `key` is looked up in renderer/messages/{en,ko}.json, `params` fill it. */
export const message = z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
export type Message = z.infer<typeof message>;

export const pullPolicy = z.enum(['Always', 'IfNotPresent', 'Never']);
export type PullPolicy = z.infer<typeof pullPolicy>;

/** How a container came by its pull policy; research: "explicit or defaulted". `same-as-default` means nobody can tell. */
export const policyOrigin = z.enum(['default-latest', 'default-tag', 'set', 'same-as-default', 'changed-later', 'earlier-tag', 'admission']);
export type PolicyOrigin = z.infer<typeof policyOrigin>;

/** Whether a node has the image that a container names. `older-build`: the node has the name, with another image ID than Docker. */
export const presence = z.enum(['present', 'older-build', 'only-in-docker', 'not-found', 'downloading', 'unknown']);
export type Presence = z.infer<typeof presence>;

export const objectRef = z.object({ kind: z.string(), namespace: z.string().optional(), name: z.string() });

/** One piece of proof: which object, where in it, what it said and when. */
export const evidence = z.object({
  kind: z.enum([
    'manifest', 'policy', 'event', 'host-image', 'node-image', 'store', 'near-names', 'credentials', 'status', 'condition', 'log', 'object', 'node',
  ]),
  message,
  object: objectRef.optional(),
  /** JSON path in the object, e.g. `spec.containers[0].imagePullPolicy`. */
  path: z.string().optional(),
  value: z.string().optional(),
  /** RFC 3339; when the evidence was made or read. */
  at: z.string().optional(),
});
export type Evidence = z.infer<typeof evidence>;

/** Danger: g nothing restarts, y pods of one workload restart, r data may be lost or others are touched. */
export const danger = z.enum(['g', 'y', 'r']);
export type Danger = z.infer<typeof danger>;

/** A step into an object: a field's name, an index, or the element of a list that has this name (a container, a volume, a port). */
export const pathStep = z.union([z.string(), z.number(), z.object({ name: z.string() })]);
export type PathStep = z.infer<typeof pathStep>;

/** One field gets a value, and what is missing above it is made; without `value` it is removed. */
export const edit = z.object({ path: z.array(pathStep), value: z.unknown().optional() });
export type Edit = z.infer<typeof edit>;

/** An object, as a path of the API names it. */
export const objectName = z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string().optional(), name: z.string() });

/** Where a change is made. Paths of `pod` begin at the pod (`spec`, ...); where it has an owner, its root owner's template is changed and never the pod. */
export const changePart = z.discriminatedUnion('on', [
  z.object({ on: z.literal('pod'), edits: z.array(edit).min(1) }),
  z.object({ on: z.literal('object'), object: objectName, edits: z.array(edit).min(1) }),
  z.object({ on: z.literal('new'), object: z.record(z.string(), z.unknown()) }),
]);
export type ChangePart = z.infer<typeof changePart>;

/** What stands on a button and what it will do. */
const words = { label: message, describe: message };

export const fix = z.discriminatedUnion('action', [
  z.object({ action: z.literal('recreate'), policy: pullPolicy.optional(), image: z.string().optional(), recommended: z.boolean(), danger }),
  z.object({ action: z.literal('load'), image: z.string(), recommended: z.boolean(), danger }),
  z.object({ action: z.literal('load-and-recreate'), image: z.string(), policy: pullPolicy, recommended: z.boolean(), danger }),
  /** Objects are changed or made, in this order. `key` is the fix's own in its finding and begins with its code of the catalogue: `F11.double`. */
  z.object({ action: z.literal('change'), key: z.string(), ...words, parts: z.array(changePart).min(1), recommended: z.boolean(), danger }),
  /** Something that a person has to write: a new object, begun here, or what stands at this path of the pod (or of its root owner's template). */
  z.object({
    action: z.literal('write'), key: z.string(), ...words, recommended: z.boolean(), danger,
    manifest: z.record(z.string(), z.unknown()).optional(), path: z.string().optional(),
  }),
  /** Lines for a terminal of this computer; Podlab does not run them. */
  z.object({ action: z.literal('host-lines'), key: z.string(), ...words, lines: z.array(z.string()).min(1), recommended: z.boolean(), danger }),
]);
export type Fix = z.infer<typeof fix>;

/** The small picture of the kubelet's decision: each step, and whether this pod's way went through it. */
export const decisionStep = z.object({
  id: z.enum(['tag', 'policy', 'node', 'registry']),
  state: z.enum(['passed', 'failed', 'skipped', 'unknown']),
  title: message,
  detail: message,
});
export type DecisionStep = z.infer<typeof decisionStep>;

export const finding = z.object({
  /** The catalogue's id, e.g. IMG-01. */
  id: z.string(),
  container: z.string().optional(),
  severity: z.enum(['error', 'warning', 'info']),
  /** proven: a field says so; strong: a message pattern matched; likely: two sources agree. */
  confidence: z.enum(['proven', 'strong', 'likely']),
  /** The one-sentence cause. */
  message,
  /** A second, longer sentence: why Kubernetes did that. */
  explanation: message.optional(),
  evidence: z.array(evidence),
  /** Kubernetes' own words, verbatim. */
  raw: z.string().optional(),
  /** The recommended one first. */
  fixes: z.array(fix),
  decision: z.array(decisionStep).optional(),
});
export type Finding = z.infer<typeof finding>;
