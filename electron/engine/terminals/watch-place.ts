// What becomes of the container that a terminal is in, as the cluster tells it: the connection to it often breaks without a word, or not at all.
import type { TerminalPlace } from '../../../shared/contract/terminals.ts';
import type { ContainerStatus, Pod } from '../../../shared/kubernetes/objects.ts';
import type { ClusterSession } from '../cluster/session.ts';

export type Fate =
  | { readonly kind: 'pod-gone' }
  /** The container ended; `words` tell how, as far as the cluster does. */
  | { readonly kind: 'container-ended'; readonly exitCode: number | undefined; readonly words: string };

/** Tells the first that happens, once. Where pods cannot be read, it never does. @param live the pod as it was before the terminal was opened */
export async function watchPlace(session: ClusterSession, { namespace, uid, container }: TerminalPlace, live: Pod, tell: (fate: Fate) => void, signal: AbortSignal): Promise<void> {
  const before = statusOf(live, container)?.containerID;
  const { pods } = await session.scope(namespace, signal);
  /** The list may be behind what `live` was read from: what it says of earlier times is nothing that happens. */
  let isCaughtUp = false;
  const told = (fate: Fate) => {
    stop();
    tell(fate);
  };
  const look = (): void => {
    const { items, connection } = pods.value;
    if (signal.aborted || items === 'unknown' || connection.state !== 'live') return;
    const pod = items.get(uid);
    const status = pod && statusOf(pod, container);
    isCaughtUp ||= pod !== undefined && status?.containerID === before;
    if (!isCaughtUp) return;
    if (!pod) return told({ kind: 'pod-gone' });
    if (!status || before === undefined) return;
    const hasEnded = status.containerID !== before || status.state?.terminated !== undefined;
    if (!hasEnded) return;
    const terminated = status.state?.terminated ?? status.lastState?.terminated;
    const how = terminated ? `: ${terminated.reason ?? 'it ended'}, exit code ${terminated.exitCode ?? 0}` : '';
    return told({ kind: 'container-ended', exitCode: terminated?.exitCode, words: `the container ${container} ${status.containerID === before ? 'has ended' : 'was started again'}${how}` });
  };
  const stop = pods.subscribe(() => look());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  else look();
}

function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(({ name }) => name === container);
}
