// What a pod's programs listen on, asked of the pod's own kernel. Only of a pod that somebody looks at: it runs a command in a container.
import { hasSocketTable, listenersOf, type Listener } from '../../../shared/kubernetes/listeners.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { execInPod } from '../../clients/cluster/exec.ts';
import type { Asker } from './related.ts';

/** A program may begin to listen long after its container began. */
const FRESH_MS = 30_000;
const OUTPUT_LIMIT = 256 * 1024;

/** Undefined while it is not known, and where no running container has a `cat`. All containers of a pod share one network. */
export function listenersIn({ answers, pod, urgent }: Asker): readonly Listener[] | undefined {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const running = (pod.status?.containerStatuses ?? []).filter(({ state }) => state?.running);
  if (running.length === 0 || pod.metadata.deletionTimestamp || pod.spec?.['hostNetwork'] === true) return undefined;
  return answers.ask<readonly Listener[]>({
    subject: uid, key: `listeners ${uid}`, version: running.map(({ containerID }) => containerID).join(), freshMs: FRESH_MS, urgent,
    read: (connection, signal) => readListeners(connection, { namespace, name, containers: running.map(({ name: container }) => container) }, signal),
  });
}

/** Undefined where none of the containers, which have to be running, has a `cat`. */
export async function readListeners(
  connection: ClusterConnection,
  { namespace, name, containers }: { readonly namespace: string; readonly name: string; readonly containers: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Listener[] | undefined> {
  for (const container of containers) {
    const output = await execInPod(connection, {
      namespace, pod: name, container, command: ['cat', '/proc/net/tcp', '/proc/net/tcp6'], outputLimit: OUTPUT_LIMIT, signal,
    }).catch(() => undefined);
    // A kernel without IPv6 has no second table: then the exit code is not 0 and the first one is true all the same. Part of a table proves nothing.
    if (output && !output.truncated && hasSocketTable(output.stdout)) return listenersOf(output.stdout);
  }
  return undefined;
}
