// What a diagnosis looks at beyond the lists that are there anyway, for pods that are not well and for the one that somebody looks at. Nothing waits
// for it: what is known is given, what is missing is asked for, and `changed` names the pods for which something came.
import { unknownService } from '../../../shared/diagnosis/wrong-host.ts';
import type { World } from '../../../shared/diagnosis/world.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import type { Docker } from '../docker.ts';
import { openShared } from '../shared.ts';
import { createTopic, type Topic } from '../topic.ts';
import { openAnswers } from './answers.ts';
import { imageConfigsOf } from './image-configs.ts';
import { listenersIn } from './listeners.ts';
import { logsOf } from './logs.ts';
import { namespacesWith, relatedOf, type Asker } from './related.ts';
import { boundsOf, ownersPast } from './surroundings.ts';
import { openTables, type ByNamespace, type Tables } from './tables.ts';

export type MoreOfWorld = Pick<
  World,
  'related' | 'pullSecrets' | 'elsewhere' | 'logs' | 'services' | 'endpoints' | 'storageClasses' | 'limitRanges' | 'quotas' | 'revisions' | 'ownerEvents' | 'listeners' | 'imageConfigs'
>;

/** For whom something is news: these pods, the pods of these namespaces, or with '' all. */
export interface EvidenceNews {
  readonly uids: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
}

export interface EvidenceAsked {
  readonly owners: World['owners'];
  /** Somebody looks at this pod: it is asked first, and for what only a look is worth (what it listens on). */
  readonly isWatched: boolean;
  /** Whether a command may be run in it. */
  readonly mayRun: boolean;
}

export interface Evidence {
  of(pod: Pod, asked: EvidenceAsked): MoreOfWorld;
  readonly changed: Topic<EvidenceNews>;
  /** The Services and Endpoints of a namespace, as far as they are followed and known; '' gives those of all. */
  listsOf(namespace: string): Partial<Pick<World, 'services' | 'endpoints'>>;
  /** Keeps the lists of a namespace live ('': of all) until it is disposed of. */
  follow(namespace: string): Disposable;
  /** Reads over this connection from now on; of another nothing is known any more. */
  connect(connection: ClusterConnection | undefined, signal: AbortSignal): void;
}

export function openEvidence(docker: Docker): Evidence {
  const answers = openAnswers();
  const changed = createTopic<EvidenceNews>({ uids: new Set(), namespaces: new Set() });
  const followed = openShared<string, Tables>((tables) => tables.close());
  let current: ClusterConnection | undefined;
  answers.changed.subscribe((uids) => changed.set({ uids, namespaces: new Set() }));

  const tell = (topic: Topic<ByNamespace | 'unknown'>) => {
    let before = topic.value;
    topic.subscribe((next) => {
      const namespaces = new Set(differences(before, next));
      before = next;
      if (namespaces.size > 0) changed.set({ uids: new Set(), namespaces });
    });
  };
  const openFor = (namespace: string) => {
    const tables = openTables(namespace);
    for (const topic of [tables.services, tables.endpoints, tables.storageClasses]) tell(topic);
    tables.connect(current);
    return tables;
  };
  const live = (namespace: string): Partial<Pick<World, 'services' | 'endpoints' | 'storageClasses'>> => {
    const tables = followed.get('') ?? followed.get(namespace);
    if (!tables) return {};
    const [services, endpoints, storageClasses] = [listIn(tables.services, namespace), listIn(tables.endpoints, namespace), listIn(tables.storageClasses, '')];
    return { ...(services && { services }), ...(endpoints && { endpoints }), ...(storageClasses && { storageClasses }) };
  };

  return {
    changed,
    listsOf(namespace) {
      if (namespace !== '') {
        const { services, endpoints } = live(namespace);
        return { ...(services && { services }), ...(endpoints && { endpoints }) };
      }
      const tables = followed.get('');
      const all = ({ value }: Topic<ByNamespace | 'unknown'>) => (value === 'unknown' ? undefined : [...value.values()].flat());
      const [services, endpoints] = [tables && all(tables.services), tables && all(tables.endpoints)];
      return { ...(services && { services }), ...(endpoints && { endpoints }) };
    },
    of(pod, { owners, isWatched, mayRun }) {
      const asker: Asker = { answers, pod, urgent: isWatched };
      const lists = live(pod.metadata.namespace ?? '');
      const logs = logsOf(asker);
      const related = relatedOf(asker, lists.storageClasses);
      const imageConfigs = imageConfigsOf(asker, docker);
      const listeners = isWatched && mayRun ? listenersIn(asker) : undefined;
      return {
        ...lists, ...related, elsewhere: { ...related.elsewhere, ...servicesElsewhere(asker, logs, lists.services) }, ...boundsOf(asker), ...(owners === 'unknown' ? {} : ownersPast(asker, owners)),
        logs, imageConfigs, ...(listeners && { listeners }),
      };
    },
    follow: (namespace) => followed.hold(namespace, () => openFor(namespace)),
    connect(connection, signal) {
      current = connection;
      answers.connect(connection, signal);
      for (const tables of followed.values()) tables.connect(connection);
    },
  };
}

/** Where else there is a Service of the name that a crashed program asked for, and that its own namespace does not have. */
function servicesElsewhere(asker: Asker, logs: NonNullable<World['logs']>, services: World['services']): NonNullable<World['elsewhere']> {
  const asked = services ? Object.values(logs).flatMap(({ text }) => unknownService(text) ?? []).filter((name) => !services.some(({ metadata }) => metadata.name === name)) : [];
  return Object.fromEntries(asked.flatMap((name) => {
    const places = namespacesWith(asker, 'Service', name, asker.pod.metadata.namespace ?? '');
    return places ? [[`Service/${name}`, places] as const] : [];
  }));
}

const NONE: readonly KubeObject[] = [];

function listIn({ value }: Topic<ByNamespace | 'unknown'>, namespace: string): readonly KubeObject[] | undefined {
  return value === 'unknown' ? undefined : (value.get(namespace) ?? NONE);
}

/** The namespaces whose list is another; '' (all) where one of the two is unknown. */
function differences(before: ByNamespace | 'unknown', next: ByNamespace | 'unknown'): string[] {
  if (before === 'unknown' || next === 'unknown') return before === next ? [] : [''];
  return [...new Set([...before.keys(), ...next.keys()])].filter((namespace) => before.get(namespace) !== next.get(namespace));
}
