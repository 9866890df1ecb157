// What can be forwarded to in a namespace: its pods, Deployments, StatefulSets and Services, with their ports.
import type { TargetChoice } from '../../../shared/contract/forwards.ts';
import { portsOf, selectorOf, selects } from '../../../shared/diagnosis/services.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { podColumns } from '../../../shared/kubernetes/pod-status.ts';
import { LISTED_KINDS, type ListedKind } from '../cluster/kind-lists.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { createTopic } from '../topic.ts';
import { isReady, matches } from './target-pods.ts';

export interface Choices {
  readonly isLive: boolean;
  readonly targets: TargetChoice[];
  readonly unread: string[];
}

/** @param namespace '' for all */
export async function* watchChoices(session: ClusterSession, namespace: string, signal: AbortSignal): AsyncGenerator<Choices, void, void> {
  using held = new DisposableStack();
  const scope = await session.scope(namespace, signal);
  const lists = LISTED_KINDS.map((kind) => ({ kind, table: held.use(session.kinds.follow(kind, namespace)).table }));
  const read = (): Choices => {
    const { items, connection } = scope.pods.value;
    const pods = items === 'unknown' ? [] : [...items.values()].filter((pod) => namespace === '' || pod.metadata.namespace === namespace);
    const now = new Date();
    const targets = pods.map((pod) => choiceOfPod(pod, now));
    const unread = items === 'unknown' ? ['Pod'] : [];
    for (const { kind, table: { value } } of lists) {
      if (value.items === 'unknown') unread.push(kind);
      else for (const object of value.items.values()) targets.push(choiceOf(kind, object, pods));
    }
    return { isLive: connection.state === 'live', targets: targets.toSorted(byName), unread };
  };
  const choices = createTopic(read());
  const update = () => {
    const next = read();
    // Pods change all the time in ways that nobody sees here.
    if (JSON.stringify(next) !== JSON.stringify(choices.value)) choices.set(next);
  };
  held.defer(scope.pods.subscribe(update));
  for (const { table } of lists) held.defer(table.subscribe(update));
  yield* choices.watch(signal);
}

function choiceOfPod(pod: Pod, now: Date): TargetChoice {
  const isRunning = pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp;
  return { kind: 'Pod', ...placeOf(pod), status: podColumns(pod, now).status, readyPods: isRunning ? 1 : 0, ports: portsDeclared([pod]) };
}

function choiceOf(kind: ListedKind, object: KubeObject, all: readonly Pod[]): TargetChoice {
  const pods = all.filter((pod) => pod.metadata.namespace === object.metadata.namespace && stands(kind, object, pod));
  const ports = kind === 'Service'
    ? portsOf(object).map(({ port, name, protocol }) => ({ port, name, protocol }))
    : portsDeclared([{ metadata: {}, ...templateOf(object) }, ...pods]);
  return { kind, ...placeOf(object), status: '', readyPods: pods.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length, ports };
}

function stands(kind: ListedKind, object: KubeObject, pod: Pod): boolean {
  if (kind !== 'Service') return matches(object, pod);
  const selector = selectorOf(object);
  return selector !== undefined && selects(selector, pod);
}

function templateOf({ spec }: KubeObject): Pick<Pod, 'spec'> {
  return (spec as { readonly template?: Pick<Pod, 'spec'> } | undefined)?.template ?? {};
}

function portsDeclared(pods: readonly Pick<Pod, 'spec'>[]): TargetChoice['ports'] {
  const ports = new Map<string, TargetChoice['ports'][number]>();
  for (const { containerPort, name = '', protocol = 'TCP' } of pods.flatMap(({ spec }) => spec?.containers ?? []).flatMap(({ ports: declared }) => declared ?? []))
    ports.set(`${protocol} ${containerPort}`, { port: containerPort, name, protocol });
  return [...ports.values()];
}

const placeOf = ({ metadata: { namespace = '', name = '' } }: Pick<KubeObject, 'metadata'>) => ({ namespace, name });

function byName(a: TargetChoice, b: TargetChoice): number {
  const [first, second] = [`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`];
  return first < second ? -1 : first > second ? 1 : 0;
}
