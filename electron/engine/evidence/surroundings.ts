// What bounds a pod in its namespace, and what its owners went through.
import type { World } from '../../../shared/diagnosis/world.ts';
import { isRecord } from '../../../shared/kubernetes/containers.ts';
import type { KubeEvent, KubeObject } from '../../../shared/kubernetes/objects.ts';
import { listObjects } from '../../clients/cluster/objects-api.ts';
import { listEvents } from '../../clients/cluster/pods-api.ts';
import type { Asker } from './related.ts';

/** Rules that seldom change. */
const RULES_FRESH_MS = 30_000;

export function boundsOf(asker: Asker): Pick<World, 'limitRanges' | 'quotas'> {
  const [limitRanges, quotas] = [listOf(asker, 'LimitRange'), listOf(asker, 'ResourceQuota')];
  return { ...(limitRanges && { limitRanges }), ...(quotas && { quotas }) };
}

function listOf({ answers, pod, urgent }: Asker, kind: string): readonly KubeObject[] | undefined {
  const { namespace = '', uid = '' } = pod.metadata;
  return answers.ask<readonly KubeObject[]>({
    subject: uid, key: `list ${kind} ${namespace}`, freshMs: RULES_FRESH_MS, urgent,
    read: async (connection, signal) => plain(await listObjects(connection, { apiVersion: 'v1', kind, namespace }, undefined, signal)),
  });
}

/** @param owners from the controller to the root. */
export function ownersPast({ answers, pod, urgent }: Asker, owners: readonly KubeObject[]): Pick<World, 'revisions' | 'ownerEvents'> {
  const { namespace = '', uid: subject = '' } = pod.metadata;
  const root = owners.at(-1);
  const revisions = root?.kind === 'Deployment' ? answers.ask<readonly KubeObject[]>({
    subject, key: `revisions ${root.metadata.uid ?? ''}`, urgent,
    async read(connection, signal) {
      const list = await listObjects(connection, { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace }, selectorText(root), signal);
      return plain(list.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === root.metadata.uid)));
    },
  }) : undefined;
  const lists = owners.map(({ metadata: { uid = '' } }) => answers.ask<readonly KubeEvent[]>({
    subject, key: `events ${uid}`, urgent, read: async (connection, signal) => plain(await listEvents(connection, namespace, uid, signal)),
  }));
  // Half of them would read as if nothing had happened to the others.
  const known = lists.flatMap((list) => (list ? [list] : []));
  return { ...(revisions && { revisions }), ...(known.length === lists.length && lists.length > 0 ? { ownerEvents: known.flat() } : {}) };
}

/** Only what is the same for all: what else the selector says is left to the owner's uid. */
function selectorText({ spec }: KubeObject): string | undefined {
  const selector = isRecord(spec) && isRecord(spec['selector']) ? spec['selector']['matchLabels'] : undefined;
  const labels = isRecord(selector) ? Object.entries(selector).map(([key, value]) => `${key}=${String(value)}`) : [];
  return labels.length === 0 ? undefined : labels.join();
}

function plain<Item extends Pick<KubeObject, 'metadata'>>(items: readonly Item[]): Item[] {
  return items.map(({ ...item }) => {
    const { managedFields: _, ...metadata } = item.metadata;
    return { ...item, metadata };
  });
}
