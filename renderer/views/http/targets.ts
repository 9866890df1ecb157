// What can be chosen under Target: the open forwards, or the ports of the running pods.
import type { ForwardRow } from '../../../shared/contract/forwards.ts';
import type { HttpTarget } from '../../../shared/contract/http.ts';
import type { PodRow } from '../../../shared/contract/pods.ts';
import type { Params } from '../../state/say.ts';

export type Via = HttpTarget['via'];
export interface TargetOption {
  /** Tells the options apart, and keeps the choice while the list changes. */
  readonly value: string;
  readonly label: { readonly key: string; readonly params: Params };
  readonly target: HttpTarget;
}

/**
 * `127.0.0.1:12345 → spring-pod:8080`, for every forward, whatever its state: it may answer by the time of the request. Those of `context` come
 * first; the others name theirs, since a pod of the same name may be in both.
 */
export function forwardTargets(rows: readonly ForwardRow[], context: string): TargetOption[] {
  const option = (row: ForwardRow): TargetOption => {
    const params = { address: `127.0.0.1:${row.localPort}`, pod: row.pod, port: row.podPort };
    return {
      value: `forward ${row.id}`,
      label: row.context === context ? { key: 'http.target.forward', params } : { key: 'http.target.forward-elsewhere', params: { ...params, context: row.context } },
      target: { via: 'forward', forwardId: row.id },
    };
  };
  return [...rows.filter((row) => row.context === context), ...rows.filter((row) => row.context !== context)].map(option);
}

/** `spring-pod:8080`, for each port that a container of a running pod declares; `withNamespace` names that as well, where several are shown. */
export function podTargets(context: string, rows: readonly PodRow[], withNamespace: boolean): TargetOption[] {
  return rows.filter(isReachable).flatMap(({ namespace, name, containers }) => {
    const ports = new Set(containers.filter((container) => !container.init).flatMap((container) => container.ports));
    return [...ports].map((port) => ({
      value: podValue(context, namespace, name, String(port)),
      label: withNamespace ? { key: 'http.target.pod-in', params: { namespace, pod: name, port } } : { key: 'http.target.pod', params: { pod: name, port } },
      target: { via: 'pod', context, namespace, pod: name, port },
    }));
  });
}

/** A choice that is kept must not become the pod of the same name in another context. */
const podValue = (context: string, namespace = '', name = '', port = '') => `pod ${context}/${namespace}/${name}:${port}`;

/** What the address of this screen names: `forward/ID` or, in the chosen context, `pod/NAMESPACE/POD/PORT`. */
export function targetOfRoute([via, ...rest]: readonly string[], context: string): { readonly via: Via; readonly value: string } | undefined {
  if (via === 'forward' && rest.length === 1) return { via, value: `forward ${rest[0]}` };
  if (via === 'pod' && rest.length === 3) return { via, value: podValue(context, ...rest) };
  return undefined;
}

// kubectl's words for a pod that has a process to talk to.
function isReachable({ status }: PodRow): boolean {
  return status === 'Running' || status === 'NotReady';
}
