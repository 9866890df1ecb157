// The workloads and Services of a namespace with their findings, kept true while somebody watches. Their pods' findings are those of the Pods screen.
import type { ConnectionState } from '../../../shared/contract/environment.ts';
import { eventTime } from '../../../shared/kubernetes/events.ts';
import { podSpecPath } from '../../../shared/kubernetes/containers.ts';
import { selectorOf, selects } from '../../../shared/diagnosis/services.ts';
import { fieldsAt } from '../../../shared/diagnosis/spec-fields.ts';
import type { OwnerWorld } from '../../../shared/diagnosis/owner-world.ts';
import type { KubeEvent, KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { isSameList } from '../cluster/kept-same.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { Scope } from '../cluster/scope.ts';
import type { WorkloadLists } from '../cluster/workload-lists.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { relatedOf } from '../evidence/related.ts';
import { boundsOf } from '../evidence/surroundings.ts';
import { holdPodsView, type PodEntry } from '../pods/view.ts';
import type { WorldSources } from '../pods/world.ts';
import { openShared } from '../shared.ts';
import { createTopic, type Topic } from '../topic.ts';
import { serviceEntry, workloadEntry, type WorkloadEntry } from './workload-entry.ts';

export interface WorkloadsView {
  readonly connection: ConnectionState;
  /** By uid; 'unknown' until pods and a first list were read. An entry is the same object for as long as nothing that is shown of it changed. */
  readonly entries: ReadonlyMap<string, WorkloadEntry> | 'unknown';
  /** Kinds whose lists cannot be had now. */
  readonly unread: readonly string[];
}

/** What has only just begun is given some time, and nothing tells when that is over. */
const TICK_MS = 5_000;
/** Many pods change many times a second; the words about their workload may be this much later. */
const PAUSE_MS = 200;

interface OpenView {
  readonly view: Topic<WorkloadsView>;
  stop(): void;
}
const views = openShared<Scope, OpenView>(({ stop }) => stop());

/** The view of the scope's namespace, shared by all who hold it; it stops when the last one disposed of it. */
export function holdWorkloadsView(sources: WorldSources): Disposable & { readonly view: Topic<WorkloadsView> } {
  const { value: { view }, [Symbol.dispose]: release } = views.hold(sources.scope, () => openView(sources));
  return { view, [Symbol.dispose]: release };
}

function openView(sources: WorldSources): OpenView {
  using held = new DisposableStack();
  const { session, scope } = sources;
  const { namespace } = scope;
  const pods = held.use(holdPodsView(sources));
  const { lists } = held.use(session.workloads.follow(namespace));
  const view = createTopic<WorkloadsView>({ connection: scope.pods.value.connection, entries: 'unknown', unread: [] });
  let due: NodeJS.Timeout | undefined;

  const make = () => {
    due = undefined;
    const { connection, entries: known } = pods.view.value;
    const behind = session.evidence.listsOf(namespace);
    const unread = [...lists.value.unread, ...(behind.services ? [] : ['Service'])];
    const before = view.value;
    const isHere = (object: { metadata: { namespace?: string } }) => namespace === '' || object.metadata.namespace === namespace;
    const entries = known === 'unknown' ? known : workloadEntries(sources, lists.value, behind, [...known.values()].filter(({ pod }) => isHere(pod)), before.entries);
    // Most of what changes about pods is nothing to their workloads.
    if (before.connection === connection && before.unread.join() === unread.join() && isSameMap(before.entries, entries)) return;
    view.set({ connection, entries, unread });
  };
  const soon = () => void (due ??= setTimeout(make, PAUSE_MS));
  for (const topic of [pods.view, lists, session.evidence.changed, session.workloads.answers.changed, session.nodeStores.stores]) {
    held.defer((topic as Topic<unknown>).subscribe(soon));
  }
  // No row says anything of what this user may do, but the detail's buttons do, and they follow the view.
  held.defer(session.access.changed.subscribe(() => view.set({ ...view.value })));
  const tick = setInterval(soon, TICK_MS);
  tick.unref();
  held.defer(() => {
    clearInterval(tick);
    clearTimeout(due);
  });
  make();
  const kept = held.move();
  return { view, stop: () => kept.dispose() };
}

/** An entry is the one before where nothing that is shown of it changed. */
function workloadEntries(
  sources: WorldSources, lists: WorkloadLists, { services = [], endpoints }: ReturnType<Evidence['listsOf']>, pods: readonly PodEntry[], before: WorkloadsView['entries'],
): Map<string, WorkloadEntry> {
  const next = new Map<string, WorkloadEntry>();
  for (const entry of [...workloadsIn(sources, lists, pods), ...servicesIn(sources, services, endpoints, lists, pods)]) {
    const old = before === 'unknown' ? undefined : before.get(entry.row.uid);
    next.set(entry.row.uid, old && isSame(old, entry) ? old : entry);
  }
  return next;
}

export function entryIn({ entries }: WorkloadsView, { kind, name, namespace }: { readonly kind: string; readonly name: string; readonly namespace: string }): WorkloadEntry | undefined {
  if (entries === 'unknown') return undefined;
  for (const entry of entries.values()) if (entry.row.kind === kind && entry.row.name === name && entry.row.namespace === namespace) return entry;
  return undefined;
}

function workloadsIn({ session }: WorldSources, lists: WorkloadLists, pods: readonly PodEntry[]): WorkloadEntry[] {
  const now = new Date();
  const objects = [...lists.objects.values()];
  const ownerUid = (object: { metadata: Pod['metadata'] }) => controllerOf(object)?.uid ?? '';
  const children = Map.groupBy(objects.filter((object) => controllerOf(object)), ownerUid);
  const podsBy = Map.groupBy(pods, ({ pod }) => ownerUid(pod));
  // A Deployment's ReplicaSets may be unread while it is not: then nothing follows from there being none.
  const childKind: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet', CronJob: 'Job' };
  return objects.filter((object) => !controllerOf(object)).map((object) => {
    const uid = object.metadata.uid ?? '';
    const own = children.get(uid) ?? [];
    const family = [uid, ...own.map(({ metadata }) => metadata.uid ?? '')];
    const parts = {
      now, object, children: lists.unread.includes(childKind[object.kind ?? ''] ?? '') ? ('unknown' as const) : own,
      events: eventsOf(lists, family), pods: family.flatMap((each) => podsBy.get(each) ?? []),
    };
    const entry = workloadEntry(parts);
    // Only of what is refused is it asked what it was measured by.
    return entry.findings.some(({ finding: { id } }) => /^OWN-0[1-5]$/.test(id)) ? workloadEntry({ ...parts, ...surroundings(session.workloads.answers, object) }) : entry;
  });
}

function surroundings(answers: Parameters<typeof boundsOf>[0]['answers'], owner: KubeObject): Pick<OwnerWorld, 'quotas' | 'limitRanges' | 'serviceAccounts'> {
  const { uid = '', namespace = '' } = owner.metadata;
  // A pod as the template would make it: what it names is what the workload names.
  const asker = { answers, urgent: true, pod: { metadata: { uid, namespace }, spec: fieldsAt(owner, ...podSpecPath(owner.kind)) as NonNullable<Pod['spec']> } };
  const { limitRanges, quotas } = boundsOf(asker);
  const { related } = relatedOf(asker, undefined);
  const accounts = Object.entries(related).flatMap(([at, found]) => {
    const [kind, name = ''] = at.split('/');
    return kind === 'ServiceAccount' ? [[name, found === 'missing' ? 'missing' : 'present'] as const] : [];
  });
  return { ...(limitRanges && { limitRanges }), ...(quotas && { quotas }), serviceAccounts: Object.fromEntries(accounts) };
}

function servicesIn(
  { session }: WorldSources, services: readonly KubeObject[], endpoints: readonly KubeObject[] | undefined, lists: WorkloadLists, pods: readonly PodEntry[],
): WorkloadEntry[] {
  const now = new Date();
  const byNamespace = Map.groupBy(pods, ({ pod }) => pod.metadata.namespace ?? '');
  return services.map((service) => {
    const near = byNamespace.get(service.metadata.namespace ?? '') ?? [];
    const selector = selectorOf(service);
    return serviceEntry({
      now, object: service, pods: near, endpoints, stores: session.nodeStores.stores.value,
      events: eventsOf(lists, [service.metadata.uid ?? '']), selected: selector && near.filter(({ pod }) => selects(selector, pod)),
    });
  });
}

/** Newest first. */
function eventsOf({ events }: WorkloadLists, uids: readonly string[]): readonly KubeEvent[] | 'unknown' {
  if (events === 'unknown') return events;
  return uids.flatMap((uid) => events.get(uid) ?? []).toSorted((a, b) => eventTime(b).localeCompare(eventTime(a)));
}

function isSame(one: WorkloadEntry, other: WorkloadEntry): boolean {
  return one.object === other.object && isSameList(one.events, other.events) && isSameList(one.pods, other.pods)
    && JSON.stringify([one.row, one.findings]) === JSON.stringify([other.row, other.findings]);
}

function isSameMap(one: WorkloadsView['entries'], other: WorkloadsView['entries']): boolean {
  if (one === 'unknown' || other === 'unknown') return one === other;
  return one.size === other.size && [...other].every(([uid, entry]) => one.get(uid) === entry);
}
