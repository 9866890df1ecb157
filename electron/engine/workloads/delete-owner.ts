// Deletes the root owner of a pod, and says beforehand what goes with it.
import type { PodDependents } from '../../../shared/contract/pods.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { KubeObject, ObjectMeta, Pod } from '../../../shared/kubernetes/objects.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { deleteObject, listObjects, refOf } from '../../clients/cluster/objects-api.ts';
import { kubectl } from '../activity/shell-line.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { requireConfirmed } from '../pods/force-delete.ts';
import { livePod, type PodRef } from '../pods/pod-ref.ts';
import { workloadManifest } from './object-manifest.ts';
import { isReady } from './plan.ts';
import { readOwners, workloadOf } from './root-owner.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

/**
 * @throws Failure CHANGES_LOCKED at once; when it runs NOT_CONFIRMED where another name than the owner's was typed, POD_HAS_OWNER for an owner that
 *   Podlab does not know
 */
export function deleteOwnerAction(
  { session, journal }: ChangeParts, { confirm, ...ref }: PodRef & { readonly confirm: string },
): SessionAction<Record<string, never>> {
  session.requireChanges();
  const at = { context: session.context, namespace: ref.namespace };
  return {
    title: { key: 'activity.delete-owner', params: { pod: ref.name, owner: confirm } },
    commands: [],
    subject: { ...at, pod: ref.name },
    endsWithCaller: false,
    async run(tell) {
      const connection = await session.client();
      tell.step('step.find-owner', { pod: ref.name });
      const pod = await livePod(session, ref);
      const root = workloadOf(pod, await readOwners(connection, pod));
      const { kind, name, uid = '' } = refOf(root);
      requireConfirmed(confirm, name);
      tell.command(kubectl(at, 'delete', kind.toLowerCase(), name));
      tell.step('step.write-journal');
      const restore = workloadManifest(root);
      const open = await journal.write({ change: 'delete', ...at, server: session.server, pod: name, uid, restore });
      tell.step('step.delete-object', { kind, name });
      let file = open;
      try {
        // Its pods go by the server's garbage collector, each with its grace period.
        await deleteObject(connection, refOf(root));
      } finally {
        file = await journal.close(open);
      }
      return { result: {}, ways: [{ type: 'create', object: restore, file }] };
    },
  };
}

/** What cannot be read is 'unknown'. @throws Failure POD_GONE, POD_REPLACED */
export async function dependentsOf(session: ClusterSession, ref: PodRef, signal: AbortSignal): Promise<PodDependents> {
  const connection = await session.client(signal);
  const pod = await livePod(session, ref, signal);
  const { namespace } = ref;
  const pods = (await listObjects(connection, { apiVersion: 'v1', kind: 'Pod', namespace }, undefined, signal).catch(unreadable)) as readonly Pod[] | 'unknown';
  const services = await listObjects(connection, { apiVersion: 'v1', kind: 'Service', namespace }, undefined, signal).catch(unreadable);
  const known = services === 'unknown' || pods === 'unknown' ? 'unknown' : lastReadyOf(pod, pods, services);
  if (!controllerOf(pod)) return { services: known, withOwner: [], claims: [] };
  const chain = await readOwners(connection, pod, signal).catch(unreadable);
  const root = chain === 'unknown' ? undefined : chain.at(-1);
  if (!root || pods === 'unknown') return { services: known, withOwner: 'unknown', claims: [] };
  const withOwner = await withRoot(connection, root, pods, signal).catch(unreadable);
  return { services: known, withOwner, claims: withOwner === 'unknown' ? [] : claimsOf(root, withOwner.flatMap(({ kind, name }) => (kind === 'Pod' ? [name] : []))) };
}

/** Services that would have no other ready pod. One without a selector chooses its pods in another way. */
export function lastReadyOf(pod: Pod, pods: readonly Pod[], services: readonly KubeObject[]): string[] {
  const selects = (service: KubeObject, { metadata: { labels = {} } }: Pod) => {
    const { selector } = (service['spec'] ?? {}) as { selector?: Readonly<Record<string, string>> };
    return selector !== undefined && Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);
  };
  const others = pods.filter((other) => other.metadata.uid !== pod.metadata.uid && other.metadata.deletionTimestamp === undefined && isReady(other));
  const needs = (service: KubeObject) => selects(service, pod) && !others.some((other) => selects(service, other));
  return services.filter(needs).map(({ metadata }) => metadata.name ?? '').sort();
}

/** What the root controls, and what that controls: ReplicaSets or Jobs, and pods. */
async function withRoot(connection: ClusterConnection, root: KubeObject, pods: readonly Pod[], signal: AbortSignal): Promise<{ kind: string; name: string }[]> {
  const { namespace } = root.metadata;
  const between = { Deployment: { apiVersion: 'apps/v1', kind: 'ReplicaSet' }, CronJob: { apiVersion: 'batch/v1', kind: 'Job' } }[root.kind ?? ''];
  const controlled = <Item extends { readonly metadata: ObjectMeta }>(objects: readonly Item[], by: readonly KubeObject[]) =>
    objects.filter((object) => by.some(({ metadata }) => metadata.uid === controllerOf(object)?.uid));
  const middle = between ? controlled(await listObjects(connection, { ...between, namespace }, undefined, signal), [root]) : [];
  const last = controlled(pods, [root, ...middle]);
  const named = (kind: string) => ({ metadata }: { readonly metadata: ObjectMeta }) => ({ kind, name: metadata.name ?? '' });
  return [...middle.map(named(between?.kind ?? '')), ...last.map(named('Pod'))];
}

/** `<template>-<pod>` for each volumeClaimTemplate: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage */
function claimsOf(root: KubeObject, pods: readonly string[]): string[] {
  const { volumeClaimTemplates = [] } = (root['spec'] ?? {}) as { volumeClaimTemplates?: readonly KubeObject[] };
  return root.kind === 'StatefulSet' ? volumeClaimTemplates.flatMap(({ metadata }) => pods.map((pod) => `${metadata.name ?? ''}-${pod}`)) : [];
}

/** Who may not read something is told so; of a kind that the server does not have there are none; a bug of ours is not hidden. */
function unreadable(error: unknown): 'unknown' | [] {
  if (error instanceof Failure && error.code === 'KIND_UNKNOWN') return [];
  if (failureOf(error)) return 'unknown';
  throw error;
}
