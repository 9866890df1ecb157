// Objects of any kind: read without noise, described by the cluster's own schema, checked, and applied.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { progressOf } from './progress.ts';

/** `namespace` is absent for kinds that have none. */
export const objectName = z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string().optional(), name: z.string() });
export type ObjectName = z.infer<typeof objectName>;

/** One thing that is wrong with a text: a failure, and where it is. */
export const problem = failureData.extend({
  /** Counted from 1 in the whole text; 0 where nobody knows. */
  line: z.number(),
  /** `spec.containers[0].image`; '' where it is about the whole. */
  path: z.string(),
  /** What the person most likely meant. */
  suggestion: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;

/** Fields of the text that another manager has set to something else; server-side apply takes them only when forced. */
export const conflict = z.object({ manager: z.string(), fields: z.array(z.object({ path: z.string(), line: z.number() })) });
export type Conflict = z.infer<typeof conflict>;

export const checkedDocument = z.object({
  /** Its first line in the text, counted from 1. */
  line: z.number(),
  /** Absent where the text does not say what it is. */
  object: objectName.optional(),
  /** What applying it would do. `waits`: the server can only tell when what it needs (a namespace, a kind) is there, which the same text makes. */
  change: z.enum(['create', 'change', 'none', 'waits', 'unknown']),
  problems: z.array(problem),
  conflicts: z.array(conflict),
  /** The server's own words. */
  warnings: z.array(z.string()),
  /** The object as it is and as it would be, without noise; absent where it is not there, or where nobody can tell. */
  live: z.string().optional(),
  result: z.string().optional(),
  /** A field that cannot be changed differs, and the pod can be replaced by one that has it. */
  replaceable: z.boolean(),
});
export type CheckedDocument = z.infer<typeof checkedDocument>;

export const applied = z.object({
  object: objectName,
  uid: z.string(),
  outcome: z.enum(['created', 'changed', 'replaced', 'unchanged']),
});
export type Applied = z.infer<typeof applied>;

/** A schema as the screen needs it: `ref` names another one of the same answer. */
export interface FieldSchema {
  description?: string | undefined;
  type?: string | undefined;
  ref?: string | undefined;
  properties?: Record<string, FieldSchema> | undefined;
  items?: FieldSchema | undefined;
  /** Of a map with free keys. */
  values?: FieldSchema | undefined;
  required?: string[] | undefined;
  /** Values that are known; where `open`, others may be right, too. */
  enum?: string[] | undefined;
  /** Fields that are not listed are allowed, too. */
  open?: boolean | undefined;
}
export const fieldSchema: z.ZodType<FieldSchema> = z.object({
  description: z.string().optional(),
  type: z.string().optional(),
  ref: z.string().optional(),
  get properties() { return z.record(z.string(), fieldSchema).optional(); },
  get items() { return fieldSchema.optional(); },
  get values() { return fieldSchema.optional(); },
  required: z.array(z.string()).optional(),
  enum: z.array(z.string()).optional(),
  open: z.boolean().optional(),
});

const text = z.object({
  context: z.string(),
  /** Of documents that name none. */
  namespace: z.string(),
  /** YAML or JSON, one document or many, lists among them. */
  text: z.string(),
  /** For the equivalent line. */
  fileName: z.string().optional(),
  /** The text, without noise, that an edit of one live object began with: what somebody changed since is a conflict and not overwritten. */
  base: z.string().optional(),
});

export const objects = {
  /** One object as YAML, whole again after each change. Without noise: no status, no identity, no bookkeeping, for a pod not what admission put in; `whole`: all. */
  watch: oc.errors(declared).input(objectName.extend({ context: z.string(), whole: z.boolean().optional() })).output(
    eventIterator(z.discriminatedUnion('type', [
      z.object({ type: z.literal('object'), yaml: z.string(), uid: z.string(), resourceVersion: z.string() }),
      z.object({ type: z.literal('gone') }),
    ])),
  ),
  /** The schema of a kind, from the cluster's own OpenAPI: `root` is the key of the kind itself. */
  schema: oc.errors(declared).input(z.object({ context: z.string(), apiVersion: z.string(), kind: z.string() }))
    .output(z.object({ root: z.string(), schemas: z.record(z.string(), fieldSchema) })),
  /** What is wrong with a text, and what applying it would change. Never writes. */
  check: oc.errors(declared).input(text).output(z.object({
    /** About the text as a whole. */
    problems: z.array(problem),
    documents: z.array(checkedDocument),
  })),
  /**
   * Server-side apply of every document, after a dry run of all: nothing is written where one is refused. `takeOver`: fields that other managers
   * own are taken. `replace`: a pod of which a fixed field changes is deleted and made anew.
   */
  apply: oc.errors(declared).input(text.extend({ takeOver: z.boolean().optional(), replace: z.boolean().optional() }))
    .output(eventIterator(progressOf(z.object({ objects: z.array(applied) })))),
};
