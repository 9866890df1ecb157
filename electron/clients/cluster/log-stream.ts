// A container's log as it comes: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod.
import type { ApiStream, ClusterConnection } from './connection.ts';

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Goes on until the container ends; else all that there is now. */
  readonly follow: boolean;
  /** Of the run before the present one. */
  readonly previous: boolean;
  readonly tailLines?: number | undefined;
  readonly sinceSeconds?: number | undefined;
  /** Seconds since 1970: the API server passes on whole seconds only (pkg/registry/core/pod/strategy.go, streamParams). */
  readonly sinceTime?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * The log with the time before each line (log-lines.ts reads it). A quiet log is not cut: the connection has no time-out for a body, and keep-alive probes watch
 * over it. Fails as `connection.stream` does: 400 where the container has not started.
 *
 * Of a log that the kubelet rotated only the newest file is read. One that is followed goes on in the new file: CRI files are renamed, and then the runtime
 * opens a new one; a kubelet may miss what is written between the two. No client can know of that.
 */
export function openLogStream(connection: ClusterConnection, request: LogRequest): Promise<ApiStream> {
  const { namespace, pod, container, follow, previous, tailLines, sinceSeconds, sinceTime, signal } = request;
  return connection.stream({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
    query: {
      container, timestamps: true, follow: follow || undefined, previous: previous || undefined, tailLines,
      // Only one of the two may be given.
      ...(sinceTime === undefined ? { sinceSeconds } : { sinceTime: `${new Date(sinceTime * 1000).toISOString().slice(0, 19)}Z` }),
    },
    signal,
  });
}
