// Where the containers of a pod, or of a workload's pod template, are found.
import type { Container, ContainerStatus, KubeObject, Pod } from './objects.ts';
import { onceFor } from './once-for.ts';

export interface LocatedContainer {
  readonly container: Container;
  readonly init: boolean;
  /** JSON path in the pod, e.g. `spec.initContainers[0]`. */
  readonly path: string;
  readonly status?: ContainerStatus;
}

type PodSpec = NonNullable<Pod['spec']>;

/** Init containers first, then app containers, in the order of the spec; ephemeral ones are not among them. */
export const containersOf: (pod: Pod) => readonly LocatedContainer[] = onceFor(locatedIn);

function locatedIn(pod: Pod): readonly LocatedContainer[] {
  const locate = (list: readonly Container[] | undefined, statuses: readonly ContainerStatus[] | undefined, init: boolean): LocatedContainer[] =>
    (list ?? []).map((container, index) => {
      const status = statuses?.find((s) => s.name === container.name);
      return { container, init, path: `spec.${init ? 'initContainers' : 'containers'}[${index}]`, ...(status && { status }) };
    });
  return [
    ...locate(pod.spec?.initContainers, pod.status?.initContainerStatuses, true),
    ...locate(pod.spec?.containers, pod.status?.containerStatuses, false),
  ];
}

/** The field names from an object to its pod spec: `spec` of a pod, `spec.template.spec` of a workload, one level more in a CronJob. */
export function podSpecPath(kind: string | undefined): readonly string[] {
  if (kind === undefined || kind === 'Pod') return ['spec'];
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec'];
}

/** The pod spec in a pod or in a workload's template, with the container of that name, if there is one. */
export function containerIn(object: Pod | KubeObject, name: string): { readonly container: Container; readonly path: string } | undefined {
  const steps = podSpecPath(object.kind);
  let value: unknown = object;
  for (const step of steps) value = isRecord(value) ? value[step] : undefined;
  const spec = (isRecord(value) ? value : {}) as PodSpec;
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'] as const) {
    // Of a workload's template nobody has checked the types.
    const containers: readonly unknown[] = Array.isArray(spec[list]) ? spec[list] : [];
    const index = containers.findIndex((c) => isRecord(c) && c['name'] === name);
    const container = containers[index] as Container | undefined;
    if (container) return { container, path: `${steps.join('.')}.${list}[${index}]` };
  }
  return undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
