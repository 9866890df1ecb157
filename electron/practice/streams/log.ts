// GET pods/NAME/log. The options as the API server checks them (pkg/apis/core/validation, ValidatePodLogOptions), the container as the kubelet
// chooses it (pkg/kubelet/kubelet_pods.go, validateContainerLogStatus), the lines as it prints them (pkg/kubelet/kuberuntime/logs).
import type { ServerResponse } from 'node:http';
import { badRequest, invalid } from '../api/api-error.ts';
import type { FieldError } from '../api/api-error.ts';
import type { SubresourceHandler } from '../api/subresources.ts';
import type { ContainerStatus, Pod } from '../objects.ts';
import type { ContainerLog, LogEntry } from '../runtime/runtime.ts';
import { roomIn } from './flow.ts';
import { containerNameOf, isSet, kubeletOf, podOf } from './pod-target.ts';
import type { StreamParts } from './pod-target.ts';

interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Lines. */
  readonly tail: number | undefined;
  readonly limitBytes: number | undefined;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export function logHandler(parts: StreamParts): SubresourceHandler {
  return async (request, answer, { namespace, name, query, signal }) => {
    if (answer.kind === 'upgrade') throw badRequest('logs are read without an upgrade of the connection');
    const { response } = answer;
    const options = logOptions(query, name, parts.clock.now().getTime());
    const pod = podOf(parts, namespace, name);
    const container = containerNameOf(pod, query.get('container'));
    if (!pod.spec.nodeName) {
      response.writeHead(204, { 'cache-control': 'no-cache, private' }).end();
      return;
    }
    const { runtime } = kubeletOf(parts, pod);
    const id = containerId(pod, container, options.previous);
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
    response.flushHeaders();
    if (request.method !== 'HEAD') {
      const log = runtime.container(id.replace(/^\w+:\/\//, ''))?.log;
      if (log) await writeLog(log, options, response, signal);
      else response.write(`unable to retrieve container logs for ${id}`);
    }
    response.end();
  };
}

/** @throws ApiError 400, 422 */
function logOptions(query: URLSearchParams, pod: string, now: number): LogOptions {
  const tail = integer(query, 'tailLines');
  const limitBytes = integer(query, 'limitBytes');
  const sinceSeconds = integer(query, 'sinceSeconds');
  const sinceTime = time(query.get('sinceTime'));
  const errors: FieldError[] = [];
  const wrong = (field: string, value: number, must: string) => errors.push({ field, reason: 'FieldValueInvalid', detail: `Invalid value: ${value}: must be ${must}` });
  if (tail !== undefined && tail < 0) wrong('tailLines', tail, 'greater than or equal to 0');
  if (limitBytes !== undefined && limitBytes < 1) wrong('limitBytes', limitBytes, 'greater than 0');
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    errors.push({ field: '[]', reason: 'FieldValueForbidden', detail: 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified' });
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) wrong('sinceSeconds', sinceSeconds, 'greater than 0');
  if (errors.length > 0) throw invalid('PodLogOptions', pod, errors);
  return {
    follow: isSet(query, 'follow'),
    previous: isSet(query, 'previous'),
    timestamps: isSet(query, 'timestamps'),
    tail,
    limitBytes,
    since: sinceTime ?? (sinceSeconds === undefined ? Number.NEGATIVE_INFINITY : now - sinceSeconds * 1000),
  };
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function time(text: string | null): number | undefined {
  if (!text) return undefined;
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    const rest = /^\d{4}/.test(text) ? `cannot parse ${JSON.stringify(text.slice(4))} as "-"` : `cannot parse ${JSON.stringify(text)} as "2006"`;
    throw badRequest(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": ${rest}`);
  }
  return milliseconds;
}

/** The ID of the container whose log is meant, as the pod's status tells it. @throws ApiError 400 in the kubelet's words */
function containerId(pod: Pod, container: string, previous: boolean): string {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status;
  const status = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(({ name }) => name === container);
  const named = `container "${container}" in pod "${pod.metadata.name}"`;
  if (!status) throw badRequest(`${named} is not available`);
  const before = status.lastState.terminated?.containerID;
  if (previous) {
    if (!before) throw badRequest(`previous terminated ${named} not found`);
    return before;
  }
  const { waiting, running, terminated } = status.state;
  if (running) return idOf(status);
  if (terminated || status.lastState.terminated) {
    const id = terminated?.containerID || before;
    if (!id) throw badRequest(`${named} is terminated`);
    return id;
  }
  if (!waiting) throw badRequest(`${named} is waiting to start - no logs yet`);
  const why: Readonly<Record<string, string>> = { ErrImagePull: 'image can\'t be pulled', ImagePullBackOff: 'trying and failing to pull image' };
  throw badRequest(`${named} is waiting to start: ${why[waiting.reason ?? ''] ?? waiting.reason ?? ''}`);
}

const idOf = ({ containerID = '' }: ContainerStatus): string => containerID;

async function writeLog(log: ContainerLog, options: LogOptions, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { follow, timestamps, tail, since } = options;
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  let skip = tail === undefined ? 0 : firstOfTail(log.entries, tail);
  let continues = false;
  for await (const entry of log.read({ follow }, signal)) {
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    if (entry.time.getTime() >= since) {
      const stamp = timestamps && !continues ? `${entry.time.toISOString().slice(0, -1)}000000Z ` : '';
      const line = Buffer.concat([Buffer.from(stamp), entry.text, Buffer.from(entry.partial ? '' : '\n')]);
      response.write(line.subarray(0, Math.min(line.length, left)));
      left -= line.length;
      if (left <= 0) return;
      await roomIn(response);
    }
    continues = entry.partial === true;
    if (signal.aborted) return;
  }
}

/** The number of the first entry of the last so many lines. */
function firstOfTail(entries: readonly LogEntry[], lines: number): number {
  let first = entries.length;
  for (let found = 0; first > 0; first -= 1) {
    const startsLine = !(entries[first - 2]?.partial ?? false);
    if (found === lines) break;
    if (startsLine) found += 1;
  }
  return first;
}
