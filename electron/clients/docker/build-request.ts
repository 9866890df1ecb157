// What is asked of a builder, and what comes of it.
import type { Builder } from '../../../shared/contract/builds.ts';
import type { BuildStep } from '../../../shared/contract/build-step.ts';
import type { ChosenBuilder } from './choose-builder.ts';
import type { DockerSurroundings } from './endpoint.ts';

export interface BuildOptions {
  readonly folder: string;
  /** The image's name. */
  readonly tag: string;
  /** Relative to the folder; `Dockerfile` where it is left out. */
  readonly dockerfile?: string | undefined;
  /** The stage to build, where not the last. */
  readonly target?: string | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
  /** As chooseBuilder gave it; asked anew where it is left out. */
  readonly chosen?: ChosenBuilder | undefined;
  readonly surroundings?: DockerSurroundings | undefined;
  /** The builder's output as it comes, line ends included. */
  onLog(text: string): void;
  /** A step as it is now; the same `id` again when it changed. */
  onStep?(step: BuildStep): void;
}

export interface BuiltImage {
  /** sha256:... */
  readonly imageId: string;
  /** The image's full name. */
  readonly reference: string;
  /** The line that does the same. */
  readonly command: string;
  readonly builder: Builder;
}

/** What each builder is given: options that have been checked. */
export interface BuildRequest extends Omit<BuildOptions, 'chosen' | 'surroundings' | 'dockerfile'> {
  /** Exists, relative to the folder. */
  readonly dockerfile: string;
  /** The image's full name, with its tag. */
  readonly reference: string;
}
