// The panel Build image: what was written into it, what is known of the folder, and the build that runs. It goes on, and is still shown, while
// the person looks at another screen.
import type { BuildContext, BuildSettings, FolderListing, RecentBuild } from '../../../shared/contract/builds.ts';
import type { Outputs } from '../../../shared/contract/contract.ts';
import type { FailureData } from '../../../shared/contract/failures.ts';
import { change } from '../../actions/change.ts';
import { engine, toFailure } from '../../state/engine.ts';
import { remember, remembered } from '../../state/remembered.ts';
import { run } from '../../state/running.svelte.ts';
import type { ProgressCall, Running } from '../../state/running.svelte.ts';
import { say } from '../../state/say.ts';
import { argumentsOf, argumentsToSend, nameForFolder, shownName, withArgument, type Argument } from './build-form.ts';

type Result<Stream> = Stream extends AsyncIterable<infer Event> ? (Event extends { type: 'done'; result: infer R } ? R : never) : never;
type Built = Result<Outputs['builds']['build']>;
type RolledOut = Result<Outputs['builds']['buildLoadRecreate']>;

class BuildWork {
  isOpen = $state(false);
  folder = $state(remembered('build.folder') ?? '');
  image = $state('');
  /** Relative to the folder; '' for the one that Docker takes by itself. */
  dockerfile = $state('');
  /** '' for the last stage. */
  target = $state('');
  arguments = $state.raw<readonly Argument[]>([]);

  isChecking = $state(false);
  listing = $state.raw<FolderListing>();
  /** What was written when `listing` was read. */
  #listed = $state('');
  /** As `#listed`, for `context`. */
  #checked = '';
  context = $state.raw<BuildContext>();
  /** Why the folder cannot be built as it is. */
  problem = $state.raw<FailureData>();

  running = $state.raw<Running<Built | RolledOut>>();

  /** Where there is no Dockerfile of the usual name but one that looks like it, that one. */
  readonly chosenDockerfile = $derived.by(() => {
    if (this.dockerfile.trim() !== '' || !this.listing || this.listing.hasDockerfile || this.#listed !== this.folder.trim()) return this.dockerfile.trim();
    return this.listing.dockerfiles[0] ?? '';
  });

  /** Counts what would be sent. Ends with the signal; what was known of another folder is forgotten first. */
  async check(signal: AbortSignal): Promise<void> {
    const folder = this.folder.trim();
    if (this.#checked !== folder) this.context = undefined;
    this.problem = undefined;
    this.isChecking = folder !== '';
    if (folder === '') return;
    try {
      const listing = await engine.builds.listFolder({ path: folder }, { signal });
      if (signal.aborted) return;
      this.listing = listing;
      this.#listed = folder;
      const dockerfile = this.chosenDockerfile;
      const context = await engine.builds.checkContext({ folder, ...(dockerfile === '' ? {} : { dockerfile }) }, { signal });
      if (signal.aborted) return;
      this.context = context;
      this.#checked = folder;
    } catch (error) {
      if (signal.aborted) return;
      this.context = undefined;
      this.problem = toFailure(error);
    }
    if (!signal.aborted) this.isChecking = false;
  }

  /** A folder that was picked or dropped. Its name serves as the image's, until the person writes one. */
  takeFolder(folder: string, dockerfile = ''): void {
    const wasSuggested = this.image === '' || this.image === nameForFolder(this.folder);
    if (wasSuggested) this.image = nameForFolder(folder);
    this.folder = folder;
    this.dockerfile = dockerfile;
    this.target = '';
  }

  setArgument(name: string, value: string): void {
    this.arguments = withArgument(this.arguments, name, value);
  }

  build(): void {
    const input = this.#settings();
    const call: ProgressCall<Built> = (signal) => engine.builds.build(input, { signal });
    this.running = run('images.build', call);
  }

  /** On a cluster that is not local it asks first. @param explanation what it will do, as the button says it. */
  async buildLoadRecreate(context: string, explanation: string): Promise<void> {
    const input = { ...this.#settings(), context };
    const call: ProgressCall<RolledOut> = (signal) => engine.builds.buildLoadRecreate(input, { signal });
    const about = { title: say('builds.rollout.ask', { image: shownName(input.image), context }), explanation, commands: [], danger: 'y' } as const;
    this.running = (await change(about, () => run('builds.rollout', call))) ?? this.running;
  }

  /** Builds what was built before, once more. */
  again(recent: RecentBuild): void {
    this.folder = recent.folder;
    this.image = recent.image;
    this.dockerfile = recent.dockerfile ?? '';
    this.target = recent.target ?? '';
    this.arguments = argumentsOf(recent);
    this.build();
  }

  close(): void {
    this.isOpen = false;
    if (this.running?.state !== 'running') this.running = undefined;
  }

  /** Another Docker is shown now. */
  forget(): void {
    this.isOpen = false;
    this.running = undefined;
    this.context = undefined;
    this.problem = undefined;
  }

  #settings(): BuildSettings {
    const folder = this.folder.trim();
    const dockerfile = this.chosenDockerfile;
    const values = argumentsToSend(this.arguments);
    remember('build.folder', folder);
    return {
      folder,
      image: this.image.trim(),
      ...(dockerfile === '' ? {} : { dockerfile }),
      ...(this.target === '' ? {} : { target: this.target }),
      ...(values ? { arguments: values } : {}),
    };
  }
}
export const buildWork = new BuildWork();
