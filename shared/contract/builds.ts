// Building images from a folder with a Dockerfile.
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { declared } from './errors.ts';
import { failureData } from './failures.ts';
import { progressOf } from './progress.ts';

export const buildSettings = z.object({
  /** A folder of the engine's computer; `~/` is the home folder. */
  folder: z.string(),
  image: z.string(),
  /** Relative to the folder; `Dockerfile` where it is left out. */
  dockerfile: z.string().optional(),
  /** The stage to build, where not the last. */
  target: z.string().optional(),
  arguments: z.record(z.string(), z.string()).optional(),
});
export type BuildSettings = z.infer<typeof buildSettings>;

/** buildx: the docker CLI's own builder; buildkit: BuildKit over the Engine API; classic: the builder that every Docker has. */
export const builder = z.enum(['buildx', 'buildkit', 'classic']);
export type Builder = z.infer<typeof builder>;

export const buildContext = z.object({
  folder: z.string(),
  dockerfile: z.string(),
  /** The file that says what is left out; absent where there is none. */
  ignoreFile: z.string().optional(),
  /** What would be sent. */
  files: z.number(),
  bytes: z.number(),
  /** The ten biggest files or top folders of it. */
  biggest: z.array(z.object({ path: z.string(), bytes: z.number() })),
  /** Files that the ignore file left out. */
  ignored: z.number(),
  /** The Dockerfile's named stages and ARGs, with their defaults. */
  stages: z.array(z.string()),
  arguments: z.array(z.object({ name: z.string(), default: z.string().optional() })),
  builder,
});
export type BuildContext = z.infer<typeof buildContext>;

export const recentBuild = buildSettings.extend({ at: z.string(), imageId: z.string().optional() });
export type RecentBuild = z.infer<typeof recentBuild>;

export const folderListing = z.object({
  path: z.string(),
  /** Absent at the top. */
  parent: z.string().optional(),
  folders: z.array(z.object({ name: z.string(), path: z.string(), hasDockerfile: z.boolean() })),
  hasDockerfile: z.boolean(),
  /** Files of the folder that look like Dockerfiles by their names. */
  dockerfiles: z.array(z.string()),
  /** true: there are more folders than were read. */
  isCut: z.boolean(),
});
export type FolderListing = z.infer<typeof folderListing>;

const pod = z.object({ namespace: z.string(), name: z.string() });

/**
 * A pod that still runs what it ran. `owned`: its owner is of a kind that Podlab does not know; `ending`: it is being deleted; `ended`: it did its work; `node`: its node cannot be given the image;
 * `failed`: it could not be recreated, for the reason `failure`.
 */
export const leftPod = pod.extend({
  why: z.enum(['owned', 'ending', 'ended', 'node', 'failed']),
  owner: z.object({ kind: z.string(), name: z.string() }).optional(),
  failure: failureData.optional(),
});
export type LeftPod = z.infer<typeof leftPod>;

const rolledOut = z.object({ imageId: z.string(), image: z.string(), nodes: z.array(z.string()), recreated: z.array(pod), left: z.array(leftPod) });

export const builds = {
  /** Folders to choose from; `path` absent: the home folder. Hidden folders are left out. */
  listFolder: oc.errors(declared).input(z.object({ path: z.string().optional() })).output(folderListing),
  /** What a build would send, before anything is sent. */
  checkContext: oc.errors(declared).input(z.object({ folder: z.string(), dockerfile: z.string().optional() })).output(buildContext),
  /** The last builds, the newest first; they are kept when Podlab ends. */
  watchRecent: oc.errors(declared).output(eventIterator(z.object({ builds: z.array(recentBuild) }))),
  /** Builds; steps and log stream; cancelled when the caller ends the stream. */
  build: oc.errors(declared).input(buildSettings).output(eventIterator(progressOf(z.object({ imageId: z.string(), image: z.string() })))),
  /**
   * Builds, loads the image into the nodes that need it, and recreates the pods of the context that use it, so that they run this build. Cancelled
   * when the caller ends the stream, until the event `goes-on`.
   */
  buildLoadRecreate: oc.errors(declared)
    .input(buildSettings.extend({ context: z.string() }))
    .output(eventIterator(progressOf(rolledOut))),
};
