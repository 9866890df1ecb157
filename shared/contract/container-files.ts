// Files inside a container: listed, shown, downloaded and uploaded one by one, by programs that its image has.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { PIECE } from '../container-files/limits.ts';
import { declared } from './errors.ts';
import { progressOf } from './progress.ts';

const place = z.object({
  context: z.string(),
  namespace: z.string(),
  /** The pod. */
  name: z.string(),
  uid: z.string(),
  container: z.string(),
  /** From the root; `.`, `..` and doubled slashes in it are resolved by their letters. */
  path: z.string(),
});

export const fileKind = z.enum(['file', 'directory', 'link', 'other']);
export type FileKind = z.infer<typeof fileKind>;

export const containerFile = z.object({
  /** Bytes that are no UTF-8 are U+FFFD: such a file can be seen here, and not asked for. */
  name: z.string(),
  kind: fileKind,
  /** What follows is absent where the image has no `stat`, or the file went away meanwhile. */
  size: z.number().optional(),
  modifiedAt: z.string().optional(),
  /** As `ls -l` writes it: rw-r--r--. */
  mode: z.string().optional(),
  /** Of a link: where it leads, as it is written, and what is there. */
  target: z.string().optional(),
  targetKind: z.enum(['file', 'directory', 'none']).optional(),
});
export type ContainerFile = z.infer<typeof containerFile>;

export const containerFolder = z.object({
  path: z.string(),
  /** In the order of their names, hidden ones too. */
  entries: z.array(containerFile),
  /** There are more than `entries`: these are the first ones that the shell found. */
  isCut: z.boolean(),
  /** The line that a person would type. */
  command: z.string(),
});
export type ContainerFolder = z.infer<typeof containerFolder>;

export const shownFile = z.object({
  path: z.string(),
  /** Absent where it is not text. */
  text: z.string().optional(),
  /** Of the whole file; absent where it cannot be known before it is read (/proc). */
  bytes: z.number().optional(),
  /** `text` is only its beginning. */
  isCut: z.boolean(),
  command: z.string(),
});
export type ShownFile = z.infer<typeof shownFile>;

/** What can be done here runs a program in the container, so all of it is refused while changes are locked. */
export const containerFiles = {
  list: oc.errors(declared).input(place).output(containerFolder),
  view: oc.errors(declared).input(place).output(shownFile),
  /** One file, in pieces of base64. Fails before the first one as FILE_IN_CONTAINER_TOO_LARGE; a file whose size nobody tells may do so later. */
  download: oc.errors(declared).input(place)
    .output(eventIterator(z.object({ base64: z.string(), received: z.number(), total: z.number().optional() }))),
  /**
   * Writes one file of just so many bytes, which come by `uploadPart`, to a temporary name beside it that then gets the file's. Without `overwrite` it
   * fails as FILE_IN_CONTAINER_EXISTS where there is one. What is overwritten is kept until Podlab ends: the entry in Activity offers Undo.
   * `id` is the caller's choice. Ends when the caller aborts, and then nothing is changed.
   */
  upload: oc.errors(declared)
    .input(place.extend({ id: z.string(), bytes: z.number().int().min(0), overwrite: z.boolean() }))
    .output(eventIterator(progressOf(z.object({ path: z.string() })))),
  /** The next piece of an upload that runs; resolves when there is room for more. Fails as UPLOAD_GONE when it has ended. */
  uploadPart: oc.errors(declared)
    .input(z.object({ id: z.string(), base64: z.string().max(PIECE * 2) }))
    .output(z.object({})),
};
