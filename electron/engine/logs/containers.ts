// The containers of a pod whose logs can be read, and what their statuses say of their runs. Pure.
import type { ContainerStatus, Pod } from '../../../shared/kubernetes/objects.ts';

export interface LogContainer {
  readonly name: string;
  readonly isInit: boolean;
  readonly status: ContainerStatus | undefined;
  /** Whether what has ended is not begun again by the kubelet. */
  readonly isOver: boolean;
}

/** In the order of the spec: init containers, containers, ephemeral ones. */
export function logContainers(pod: Pod): LogContainer[] {
  const { spec, status = {} } = pod;
  const statuses = (field: string) => ((status as Readonly<Record<string, unknown>>)[field] ?? []) as readonly ContainerStatus[];
  const isEnding = pod.metadata.deletionTimestamp !== undefined;
  const isDone = status.phase === 'Succeeded' || status.phase === 'Failed';
  return (['init', '', 'ephemeral'] as const).flatMap((type) => {
    const containers = type === 'init' ? spec?.initContainers : type === '' ? spec?.containers : spec?.ephemeralContainers;
    const of = statuses(type === '' ? 'containerStatuses' : `${type}ContainerStatuses`);
    return (containers ?? []).map(({ name, restartPolicy }): LogContainer => {
      const found = of.find((each) => each.name === name);
      const ended = found?.state?.terminated;
      // https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy; an init container that is restarted always is a sidecar.
      const policy = type === 'ephemeral' ? 'Never' : (restartPolicy ?? (type === 'init' && spec?.restartPolicy !== 'Never' ? 'OnFailure' : (spec?.restartPolicy ?? 'Always')));
      const isLast = policy === 'Never' || (policy === 'OnFailure' && ended?.exitCode === 0) || isEnding;
      return { name, isInit: type === 'init', status: found, isOver: isDone || (ended !== undefined && isLast) };
    });
  });
}

/** Whether it runs or ran: then there is a log. */
export function hasRun({ status }: LogContainer): boolean {
  return Boolean(status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated);
}

export function hasPrevious({ status }: LogContainer): boolean {
  return status?.lastState?.terminated !== undefined;
}
