// Nodes that are cordoned or not ready carry a taint that says so: kube-controller-manager, pkg/controller/nodelifecycle (TaintNodesByCondition).
import { timestamp } from '../clock.ts';
import { kindOf } from '../kinds/all-kinds.ts';
import type { Node, Taint } from '../objects.ts';
import { coalesced, type ControllerContext } from './controller-context.ts';

const MANAGER = { manager: 'kube-controller-manager' };
const KEPT = ['node.kubernetes.io/unschedulable', 'node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const PRESSURES: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
};

/** The taints of kind NoSchedule that the node's state asks for. */
export function wantedTaints({ spec, status }: Node): string[] {
  const conditions = status.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready')?.['status'];
  return [
    ...(spec.unschedulable ? ['node.kubernetes.io/unschedulable'] : []),
    ...(ready === 'False' ? ['node.kubernetes.io/not-ready'] : []),
    ...(ready === 'Unknown' ? ['node.kubernetes.io/unreachable'] : []),
    ...conditions.flatMap(({ type, status: value }) => (value === 'True' && PRESSURES[String(type)] ? [PRESSURES[String(type)] ?? ''] : [])),
  ];
}

export function startNodeTaints(cluster: ControllerContext): Disposable {
  const { store, api, clock, kinds } = cluster;
  const kind = kindOf(kinds, 'nodes');
  const ours = new Set([...KEPT, ...Object.values(PRESSURES)]);
  const isOurs = ({ key, effect }: Taint) => effect === 'NoSchedule' && ours.has(key);
  const turn = coalesced(cluster, () => {
    for (const node of store.list('nodes', '') as Node[]) sync(node);
  });

  function sync(node: Node): void {
    const wanted = wantedTaints(node);
    const present = (node.spec.taints ?? []).filter(isOurs).map(({ key }) => key);
    if (wanted.length === present.length && wanted.every((key) => present.includes(key))) return;
    const change = (current: Node): Node => {
      const { taints = [], ...spec } = current.spec;
      const kept = taints.filter((taint) => !isOurs(taint) || wanted.includes(taint.key));
      const added = wanted.filter((key) => !kept.some((taint) => isOurs(taint) && taint.key === key));
      const all = [...kept, ...added.map((key) => ({ key, effect: 'NoSchedule', timeAdded: timestamp(clock.now()) }))];
      return { ...current, spec: all.length > 0 ? { ...spec, taints: all } : spec };
    };
    try {
      api.update(kind, '', '', node.metadata.name ?? '', (current) => change(current as Node), MANAGER);
    } catch {
      // The node went or changed: the change asks again.
    }
  }

  const stop = store.watch('nodes', store.revision, () => turn.ask());
  turn.ask();
  return {
    [Symbol.dispose]() {
      stop();
      turn.cancel();
    },
  };
}
