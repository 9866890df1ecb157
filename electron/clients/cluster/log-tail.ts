// The end of what a container's program wrote: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod.
import type { ClusterConnection } from './connection.ts';

export interface LogTailRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the run before the present one. */
  readonly previous: boolean;
  readonly signal: AbortSignal;
}

/** As research/diagnosis.md 3.4 has it: enough for a stack trace, and no more than fits in one message. */
const LINES = 100;
const BYTES = 65_536;

/** What the kubelet writes in place of a log that the runtime has thrown away, with status 200 (pkg/kubelet/kuberuntime/kuberuntime_manager.go). */
const noLog = /^(?:unable to retrieve container logs for \S+|failed to try resolving symlinks in path .*|rpc error: code = \S+ desc = .*No such container.*)\s*$/;

/** The last 100 lines, or 64 KiB of them; undefined where the runtime has it no more. Fails as `connection.stream` does: 400 where the container never ran. */
export async function logTail(connection: ClusterConnection, { namespace, pod, container, previous, signal }: LogTailRequest): Promise<string | undefined> {
  await using stream = await connection.stream({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
    query: { container, previous: previous || undefined, tailLines: LINES, limitBytes: BYTES },
    signal,
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    // Older kubelets count the limit a line at a time.
    if (text.length > BYTES) break;
  }
  text = (text + decoder.decode()).slice(-BYTES);
  return noLog.test(text) ? undefined : text;
}
