// One row of the Pods screen out of what is known of the pod.
import type { Finding, Presence } from '../../../shared/contract/findings.ts';
import type { ContainerRow, PodRow } from '../../../shared/contract/pods.ts';
import type { World } from '../../../shared/diagnosis/world.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';
import { podHealth } from '../../../shared/kubernetes/health.ts';
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { podSummary } from '../../../shared/kubernetes/pod-status.ts';
import { containerPresence, imagePresence } from '../../../shared/kubernetes/presence.ts';
import { policyOrigin } from '../../../shared/kubernetes/pull-policy.ts';
import { controllerOf } from '../cluster/owners.ts';

export function podRowOf(world: World, findings: readonly Finding[]): PodRow {
  const { pod, now } = world;
  const { metadata, spec } = pod;
  const summary = podSummary(pod);
  const owner = controllerOf(pod);
  const node = world.nodes === 'unknown' ? undefined : world.nodes.find((n) => n.metadata.name === spec?.nodeName);
  const health = podHealth(pod, now, node);
  // What is merely worth knowing of a pod that is well is told where the pod is looked at.
  const headline = findings.find(({ severity }) => severity !== 'info' || health !== 'ok');
  const root = world.owners === 'unknown' ? undefined : world.owners.at(-1);
  return {
    uid: metadata.uid ?? '',
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? '',
    status: summary.status,
    ready: `${summary.readyCount}/${summary.totalCount}`,
    restarts: summary.restartCount,
    ...(summary.lastRestartAt === undefined ? {} : { lastRestartAt: summary.lastRestartAt }),
    ...(metadata.creationTimestamp ? { createdAt: metadata.creationTimestamp } : {}),
    health,
    ...(headline ? { headline: headlineOf(headline) } : {}),
    ...(owner ? { owner: { kind: owner.kind, name: owner.name } } : {}),
    ...(root ? { root: { kind: root.kind ?? '', name: root.metadata.name ?? '' } } : {}),
    containers: containersOf(pod).map(({ container, init }) => containerRow(world, container, init)),
    ...(spec?.nodeName ? { node: spec.nodeName } : {}),
  };
}

function headlineOf({ id, message, container }: Finding): NonNullable<PodRow['headline']> {
  return { id, message, ...(container === undefined ? {} : { container }) };
}

function containerRow(world: World, container: ReturnType<typeof containersOf>[number]['container'], init: boolean): ContainerRow {
  const image = container.image ?? '';
  const reference = parseImageReference(image);
  const { policy, origin } = policyOrigin(world.pod, container.name, world.owners);
  const nodes = presenceByNode(world, container.name, image);
  return {
    name: container.name,
    init,
    image,
    ...(reference.ok ? { normalized: reference.normalized } : {}),
    policy,
    origin,
    presence: overall(nodes.map(({ presence }) => presence)),
    nodes,
    ports: (container.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort),
  };
}

/** The pod's own node once it has one; before that every node may become it. */
function presenceByNode(world: World, container: string, image: string): { node: string; presence: Presence }[] {
  const { nodeName } = world.pod.spec ?? {};
  if (nodeName) return [{ node: nodeName, presence: containerPresence(world, container).presence }];
  const names = world.nodes === 'unknown' ? [] : world.nodes.map(({ metadata }) => metadata.name ?? '');
  return names.map((node) => ({ node, presence: imagePresence(image, node, world).presence }));
}

/** One word for several nodes: the best news of them, for the screen shows with it on how many it holds. */
function overall(presences: readonly Presence[]): Presence {
  const order: readonly Presence[] = ['present', 'downloading', 'older-build', 'only-in-docker', 'unknown', 'not-found'];
  return order.find((presence) => presences.includes(presence)) ?? 'unknown';
}
