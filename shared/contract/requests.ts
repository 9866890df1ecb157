// The requests of the HTTP tester that outlive it: those that were sent, so that one is sent again without being typed again, and those that a person
// saved, as files in a folder of their choice.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { forwardTarget } from './forwards.ts';
import { httpRequest, httpTarget } from './http.ts';

export const sentRequest = z.object({
  id: z.string(),
  /** ISO 8601. */
  at: z.string(),
  target: httpTarget,
  /** Through a forward: where it led then. A forward that is gone can be read about, and not asked. */
  forward: z.object({ namespace: z.string(), target: forwardTarget, localPort: z.number() }).optional(),
  /** As it was typed, with its variables, but for what is left out. */
  request: httpRequest,
  /** secrets: values of authentication, and of headers that carry it. body: it is more than is kept. */
  leftOut: z.array(z.enum(['secrets', 'body'])),
  outcome: z.discriminatedUnion('state', [
    z.object({ state: z.literal('answered'), status: z.number(), milliseconds: z.number(), bodyBytes: z.number() }),
    z.object({ state: z.literal('failed'), failure: failureData }),
  ]),
});
export type SentRequest = z.infer<typeof sentRequest>;

/** A file as it was read: SHA-256 of its bytes. */
const hash = z.string();

export const savedRequest = z.object({
  /** Its name in the folder: ends with `.request.yaml`. */
  file: z.string(),
  hash,
  name: z.string(),
  request: httpRequest,
  /** What is expected of its answer: the screen's own. */
  checks: z.array(z.unknown()),
});
export type SavedRequest = z.infer<typeof savedRequest>;

export const collection = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('read'),
    /** Its full path. */
    folder: z.string(),
    /** By name. */
    requests: z.array(savedRequest),
    /** What `variables.yaml` says; without `hash` there is no such file. */
    variables: z.object({ hash: hash.optional(), values: z.record(z.string(), z.string()) }),
    /** Files that say something else than a request, or variables. */
    problems: z.array(z.object({ file: z.string(), failure: failureData })),
    /** There are more files than are read. */
    isCut: z.boolean(),
  }),
  z.object({ state: z.literal('unreadable'), folder: z.string(), failure: failureData }),
]);
export type Collection = z.infer<typeof collection>;

export const requests = {
  /** Those of a context, the newest first and at most 200, whole after each change. `isRead`: false until the disk was looked at. */
  watchHistory: oc.errors(declared)
    .input(z.object({ context: z.string() }))
    .output(eventIterator(z.object({ isRead: z.boolean(), sent: z.array(sentRequest) }))),
  /** Forgets one, or all of the context. */
  forgetHistory: oc.errors(declared).input(z.object({ context: z.string(), id: z.string().optional() })).output(z.object({})),
  /** The requests and the variables in the files of a folder, whole after each change on disk. */
  watchCollection: oc.errors(declared).input(z.object({ folder: z.string() })).output(eventIterator(collection)),
  /**
   * Into a new file, or into `file` unless that is not what it was when `hash` was read; what else stands in it stays, and so do its checks where none
   * are given. Passwords and tokens are written as variables only: others are left out, and `hadSecrets` says so.
   */
  save: oc.errors(declared)
    .input(z.object({
      folder: z.string(), into: z.object({ file: z.string(), hash }).optional(), name: z.string(), request: httpRequest, checks: z.array(z.unknown()).optional(),
    }))
    .output(z.object({ file: z.string(), hash, hadSecrets: z.boolean() })),
  /** Into `variables.yaml`: a new one where `hash` is left out. */
  saveVariables: oc.errors(declared)
    .input(z.object({ folder: z.string(), hash: hash.optional(), values: z.record(z.string(), z.string()) }))
    .output(z.object({ hash })),
};
