// Manifests in files of the engine's computer: opened by path, watched, remembered as the place that an object came from, mended.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { pullPolicy } from './findings.ts';
import { progressOf } from './progress.ts';

export const manifestFolder = z.object({
  path: z.string(),
  /** Absent at the top. */
  parent: z.string().optional(),
  folders: z.array(z.object({ name: z.string(), path: z.string() })),
  /** `*.yaml`, `*.yml` and `*.json` of this folder and none below it, in the order of their names: kubectl's order. */
  files: z.array(z.object({ name: z.string(), path: z.string(), bytes: z.number() })),
  /** A kustomization is no object for the cluster: `kubectl apply -k` reads it. */
  kustomizations: z.array(z.string()),
  /** true: there is more in it than was read. */
  isCut: z.boolean(),
});
export type ManifestFolder = z.infer<typeof manifestFolder>;

export const fileState = z.discriminatedUnion('state', [
  /** `hash`: SHA-256 of the file's bytes. */
  z.object({ state: z.literal('text'), path: z.string(), text: z.string(), hash: z.string() }),
  z.object({ state: z.literal('gone'), path: z.string() }),
  z.object({ state: z.literal('unreadable'), path: z.string(), failure: failureData }),
]);
export type FileState = z.infer<typeof fileState>;

const manifestObject = z.object({ kind: z.string(), namespace: z.string(), name: z.string() });

/** The object that a file describes, and the file. */
export const fileOrigin = manifestObject.extend({ path: z.string() });
export type FileOrigin = z.infer<typeof fileOrigin>;

/** What is to be changed for one container of an object in its file. */
export const fileFix = fileOrigin.extend({
  /** May be left out where there is only one. */
  container: z.string().optional(),
  policy: pullPolicy.optional(),
  image: z.string().optional(),
});
export type FileFix = z.infer<typeof fileFix>;

export const files = {
  /** The manifests of a folder, and the folders in it; `path` absent: the home folder. Hidden ones are left out. */
  list: oc.errors(declared).input(z.object({ path: z.string().optional() })).output(manifestFolder),
  /** A file as it is, then again after each change on disk. Opening it this way is what allows `writeFix`. */
  watch: oc.errors(declared).input(z.object({ path: z.string() })).output(eventIterator(fileState)),
  /** These objects were applied from this file, which was opened before. The newest 500 are kept when Podlab ends. */
  remember: oc.errors(declared)
    .input(z.object({ context: z.string(), path: z.string(), objects: z.array(manifestObject) }))
    .output(z.object({})),
  /** Which file a pod came from: itself, or its owner. Absent where none is remembered. */
  watchOrigin: oc.errors(declared)
    .input(z.object({ context: z.string(), namespace: z.string(), pod: z.string() }))
    .output(eventIterator(z.object({ origin: fileOrigin.optional() }))),
  /** What the file would be with the fix. Writes nothing. */
  planFix: oc.errors(declared).input(fileFix).output(z.object({ before: z.string(), after: z.string(), hash: z.string() })),
  /** Writes the fix, unless the file is not what it was when `hash` was read. */
  writeFix: oc.errors(declared)
    .input(fileFix.extend({ context: z.string(), hash: z.string() }))
    .output(eventIterator(progressOf(z.object({ path: z.string() })))),
  /** Objects as kubectl reads them, a document each. */
  toYaml: oc.errors(declared).input(z.object({ objects: z.array(z.record(z.string(), z.unknown())) })).output(z.object({ text: z.string() })),
};
