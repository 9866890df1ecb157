// What every screen shares: the environment, the chosen context and namespace, and the chosen cluster's state.
import type { ClusterState, ConnectionState, ContextInfo, EnvironmentState, PracticeState } from '../../shared/contract/environment.ts';
import type { FailureData } from '../../shared/contract/failures.ts';
import { engineLink } from './engine-link.svelte.ts';
import { engine } from './engine.ts';
import { live } from './live.svelte.ts';
import { remember, remembered, rememberedHere, rememberHere } from './remembered.ts';
import { go, route } from './route.svelte.ts';

/** Which context a person chose: while this page is open (a reload keeps it), and in the end when Podlab was used last. */
export interface ChosenContext {
  readonly now: string | undefined;
  readonly before: string | undefined;
}

/**
 * The choice made now, else the one that --context asks for, else the one of last time, else the kubeconfig's current one, else the
 * first: the first of these that exists. Undefined when there is none.
 */
export function contextIn(environment: EnvironmentState | undefined, { now, before }: ChosenContext): ContextInfo | undefined {
  const named = (name: string | undefined) => environment?.contexts.find((context) => context.name === name);
  return named(now) ?? named(environment?.askedContext) ?? named(before) ?? named(environment?.currentContext) ?? environment?.contexts[0];
}

/**
 * How far what is shown can be trusted. What the engine said of the cluster last counts only while its stream runs: between the engine's
 * return and its first word the old one may be wrong, and a stream that ended says nothing any more.
 */
export function connectionIn(
  link: Readonly<typeof engineLink>,
  failure: FailureData | undefined,
  cluster: Pick<ClusterState, 'connection'> | undefined,
): ConnectionState {
  const { since } = link;
  if (link.state === 'lost') return { state: 'disconnected', since, cause: { code: 'ENGINE_LOST', params: {}, cause: '' } };
  if (failure?.code === 'ENGINE_LOST') return { state: 'connecting', since };
  if (failure) return { state: 'disconnected', since, cause: failure };
  return cluster?.connection ?? { state: 'connecting', since };
}

/** The computer's own clusters and Docker, or the practice cluster in their place. */
export type World = 'computer' | 'practice';

class App {
  readonly watchedEnvironment = live(engine.environment.watch, undefined);
  readonly watchedActivity = live(engine.activity.watch, undefined);

  readonly environment = $derived<EnvironmentState | undefined>(this.watchedEnvironment.latest);
  readonly practice = $derived<PracticeState>(this.environment?.practice ?? { state: 'off' });
  /** Which of the two is shown. */
  readonly world = $derived<World>(this.practice.state === 'on' || this.practice.state === 'ended' ? 'practice' : 'computer');

  #chosenContexts = $state.raw<Readonly<Record<World, ChosenContext>>>({ computer: rememberedContext('computer'), practice: rememberedContext('practice') });
  /** '' stands for all namespaces. */
  #chosenNamespaces = $state.raw<Readonly<Record<World, Readonly<Record<string, string>>>>>({
    computer: readNamespaces('computer'),
    practice: readNamespaces('practice'),
  });
  readonly #chosenContext = $derived(this.#chosenContexts[this.world]);

  /** The chosen context's row; undefined when there is no context at all, or nothing is known yet. */
  readonly contextInfo = $derived(contextIn(this.environment, this.#chosenContext));
  /** The context that --context asked for, when there is none of that name and nobody chose another one since. */
  readonly missingContext = $derived(
    this.environment?.askedContext !== undefined && this.contextInfo?.name !== this.environment.askedContext && this.#chosenContext.now === undefined
      ? this.environment.askedContext
      : undefined,
  );
  /** The chosen context's name. */
  readonly context = $derived(this.contextInfo?.name);
  /** The chosen namespace, '' for all of them. */
  readonly namespace = $derived(
    this.context === undefined ? 'default' : (this.#chosenNamespaces[this.world][this.context] ?? this.contextInfo?.namespace ?? 'default'),
  );
  readonly watchedCluster = $derived.by(() => {
    void this.world; // a context of the same name in the other world is another cluster
    return this.context === undefined ? undefined : live(engine.environment.watchCluster, { context: this.context });
  });
  readonly cluster = $derived<ClusterState | undefined>(this.watchedCluster?.latest);
  /** The newest 200 entries of Activity, newest last. */
  readonly activity = $derived(this.watchedActivity.latest?.entries ?? []);

  /** How far what is shown can be trusted: the cluster's connection, unless the engine itself is lost. */
  readonly connection = $derived(connectionIn(engineLink, this.watchedCluster?.failure, this.cluster));
  /** Whether a change may be asked for now: always on a local cluster, else once the person allows it. Unknown is no. */
  readonly changesAllowed = $derived(this.cluster?.changesAllowed ?? false);
  readonly isLocal = $derived(this.cluster?.isLocal ?? this.contextInfo?.isLocal ?? false);

  chooseContext(name: string): void {
    // The open pod is one of the context before: the new one may have none of that name, or another one.
    if (route().screen === 'pods' && route().parts.length > 0 && name !== this.context) go('pods');
    this.#chosenContexts = { ...this.#chosenContexts, [this.world]: { ...this.#chosenContext, now: name } };
    remember(named(this.world, 'context'), name);
    rememberHere(named(this.world, 'context'), name);
  }

  chooseNamespace(namespace: string): void {
    if (this.context === undefined) return;
    const chosen = { ...this.#chosenNamespaces[this.world], [this.context]: namespace };
    this.#chosenNamespaces = { ...this.#chosenNamespaces, [this.world]: chosen };
    remember(named(this.world, 'namespaces'), JSON.stringify(chosen));
  }
}

/** What is remembered of one world never chooses anything in the other, even where both have a context of that name. */
const named = (world: World, what: string) => (world === 'practice' ? `practice.${what}` : what);

function rememberedContext(world: World): ChosenContext {
  return { now: rememberedHere(named(world, 'context')), before: remembered(named(world, 'context')) };
}

function readNamespaces(world: World): Record<string, string> {
  try {
    return JSON.parse(remembered(named(world, 'namespaces')) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}

export const app = new App();
