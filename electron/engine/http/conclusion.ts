// What it means that some ways answer and others do not. Each way ends at another place: a program in the container asks localhost (inside); a tunnel enters
// the pod's network and connects to its localhost (pod, service, forward; k8s.io/kubelet, pkg/cri/streaming/portforward); the API server connects to the pod's
// IP address (api-server), as every other pod would. Pure.
import type { ForwardTarget } from '../../../shared/contract/forwards.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import type { ComparedWay } from '../../../shared/contract/http.ts';

type Via = ComparedWay['via'];
type Kind = 'answered' | 'refused' | 'late' | 'no-pod' | 'port-unknown' | 'no-target' | 'not-allowed' | 'no-cluster' | 'other';

/** The program in the container cannot be had: that says nothing about the one that should answer. */
const CANNOT_TELL = new Set(['NO_HTTP_PROGRAM', 'NOT_FROM_INSIDE', 'COMMAND_NOT_IN_IMAGE', 'CONTAINER_NOT_FOUND']);
const NO_CLUSTER = new Set(['CLUSTER_UNREACHABLE', 'CLUSTER_NOT_TRUSTED', 'CONTEXT_NOT_FOUND', 'CREDENTIALS_REFUSED', 'CREDENTIALS_FILE_MISSING', 'CREDENTIALS_PLUGIN_FAILED']);
const NO_POD = new Set(['NO_READY_POD', 'POD_GONE', 'POD_NOT_RUNNING', 'POD_ENDING']);
/** Until somebody changes the target it leads nowhere, whatever its pods do. */
const NO_TARGET = new Set(['OBJECT_GONE', 'SERVICE_WITHOUT_SELECTOR', 'SERVICE_EXTERNAL', 'PORT_NOT_TCP', 'PORT_INVALID']);

/** @returns a sentence of `http.compare.*` */
export function conclude(ways: readonly ComparedWay[], { kind, name, port }: Pick<ForwardTarget, 'kind' | 'name' | 'port'>): Message {
  const tried = ways.filter((way) => (way.state === 'answered' || way.state === 'failed') && !cannotTell(way));
  const is = new Map<Via, Kind>(tried.map((way) => [way.via, kindOf(way)]));
  const answered = tried.filter(({ state }) => state === 'answered');
  const about = { kind, name, port };
  if (answered.length === 0) return noneAnswers(ways.filter(({ failure }) => failure && !CANNOT_TELL.has(failure.code)), about);
  if (answered.length === tried.length) return allAnswer(answered);

  const inPod = is.get('pod') === 'answered' || is.get('inside') === 'answered';
  const isIn = inPod || is.get('service') === 'answered';
  const server = is.get('api-server');
  if (isIn && server === 'refused') return say('localhost-only', about);
  if (isIn && server === 'late') return say('address-blocked', about);
  if (isIn && server === 'not-allowed') return say('not-allowed', about);
  if (inPod && is.has('service') && is.get('service') !== 'answered') return say('service-fails', about);
  if (isIn && is.has('forward') && is.get('forward') !== 'answered') return say('forward-fails', about);
  if (is.get('inside') === 'answered' && is.has('pod') && is.get('pod') !== 'answered') return say('tunnel-fails', about);
  if (is.has('inside') && is.get('inside') !== 'answered') return say('inside-fails', about);
  return say('some', { answered: answered.length, tried: tried.length });
}

/** Where the program that should ask cannot be had, or may not be started, nothing was asked from inside. */
function cannotTell({ via, failure }: ComparedWay): boolean {
  return via === 'inside' && failure !== undefined && (CANNOT_TELL.has(failure.code) || failure.code === 'NOT_ALLOWED' || failure.code === 'CHANGES_LOCKED');
}

function say(what: string, params: Message['params'] = {}): Message {
  return { key: `http.compare.${what}`, params };
}

/** @param failed those that were tried, and those for which no pod was found */
function noneAnswers(failed: readonly ComparedWay[], about: { kind: string; name: string; port: string }): Message {
  const kinds = failed.map(kindOf);
  if (kinds.length === 0) return say('nothing-tried');
  if (kinds.includes('no-cluster')) return say('no-cluster');
  if (kinds.every((kind) => kind === 'not-allowed')) return say('none-allowed');
  const listens = failed.find(({ failure }) => failure?.code === 'PORT_REFUSED_LISTENS')?.failure?.params['listens'];
  if (typeof listens === 'string') return say('other-port', { ...about, listens });
  if (kinds.includes('refused')) return say('refused', about);
  if (kinds.includes('port-unknown')) return say('port-unknown', about);
  // Of a target that leads nowhere the API server says only that it has no endpoints.
  if (kinds.includes('no-target')) return say('no-target', about);
  if (kinds.includes('no-pod')) return say('no-pod', about);
  if (kinds.includes('late')) return say('late', about);
  return say('none');
}

function allAnswer(answered: readonly ComparedWay[]): Message {
  const statuses = [...new Set(answered.map(({ status = 0 }) => status))];
  if (statuses.length > 1) return say('differ', { list: answered.map(({ status = 0 }) => status).join(', ') });
  return say((statuses[0] ?? 0) >= 400 ? 'all-error' : 'all-same', { status: statuses[0] ?? 0, count: answered.length });
}

function kindOf({ state, failure: { code = '', cause = '' } = {} }: { state: ComparedWay['state']; failure?: { code?: string; cause?: string } | undefined }): Kind {
  if (state === 'answered') return 'answered';
  if (code === 'PORT_REFUSED_IN_POD' || code === 'PORT_REFUSED_LISTENS') return 'refused';
  if (code === 'NOT_ALLOWED') return 'not-allowed';
  if (NO_CLUSTER.has(code)) return 'no-cluster';
  if (NO_POD.has(code)) return 'no-pod';
  if (NO_TARGET.has(code)) return 'no-target';
  if (code === 'PORT_NAME_UNKNOWN') return 'port-unknown';
  if (code === 'REQUEST_TIMED_OUT') return 'late';
  // The API server tells in words how its own connection went (k8s.io/apimachinery, pkg/util/proxy), and that a Service has no endpoints.
  if (code === 'API_ERROR' && /connection refused/i.test(cause)) return 'refused';
  if (code === 'API_ERROR' && /no service port/i.test(cause)) return 'port-unknown';
  if (code === 'API_ERROR' && /^services ".*" not found/i.test(cause)) return 'no-target';
  if (code === 'API_ERROR' && /no endpoints available|not found/i.test(cause)) return 'no-pod';
  if (code === 'API_ERROR' && /i\/o timeout|deadline exceeded|no route to host/i.test(cause)) return 'late';
  return 'other';
}
