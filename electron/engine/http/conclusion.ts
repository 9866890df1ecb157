// What it means that some ways answer and others do not. Each way ends at another place: a program in the container asks localhost (inside); a tunnel enters
// the pod's network and connects to its localhost (pod, service, forward; k8s.io/kubelet, pkg/cri/streaming/portforward); the API server connects to the pod's
// IP address (api-server), as every other pod would. Pure.
import type { ForwardTarget } from '../../../shared/contract/forwards.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import type { ComparedWay } from '../../../shared/contract/http.ts';

type Via = ComparedWay['via'];
type Kind = 'answered' | 'refused' | 'late' | 'no-pod' | 'not-allowed' | 'no-cluster' | 'other';

/** The program in the container cannot be had: that says nothing about the one that should answer. */
const CANNOT_TELL = new Set(['NO_HTTP_PROGRAM', 'NOT_FROM_INSIDE', 'COMMAND_NOT_IN_IMAGE', 'CONTAINER_NOT_FOUND']);
const NO_CLUSTER = new Set(['CLUSTER_UNREACHABLE', 'CLUSTER_NOT_TRUSTED', 'CONTEXT_NOT_FOUND', 'CREDENTIALS_REFUSED', 'CREDENTIALS_FILE_MISSING', 'CREDENTIALS_PLUGIN_FAILED']);
const NO_POD = new Set(['NO_READY_POD', 'POD_GONE', 'POD_NOT_RUNNING', 'POD_ENDING', 'OBJECT_GONE', 'SERVICE_WITHOUT_SELECTOR', 'SERVICE_EXTERNAL', 'PORT_NAME_UNKNOWN']);

/** @returns a sentence of `http.compare.*` */
export function conclude(ways: readonly ComparedWay[], { kind, name, port }: Pick<ForwardTarget, 'kind' | 'name' | 'port'>): Message {
  const tried = ways.filter((way) => (way.state === 'answered' || way.state === 'failed') && !CANNOT_TELL.has(way.failure?.code ?? ''));
  const is = new Map<Via, Kind>(tried.map((way) => [way.via, kindOf(way)]));
  const has = (...kinds: Kind[]) => [...is.values()].some((each) => kinds.includes(each));
  const say = (what: string, params: Message['params'] = {}): Message => ({ key: `http.compare.${what}`, params });
  const about = { kind, name, port };

  if (tried.length === 0) return say('nothing-tried');
  if (has('no-cluster')) return say('no-cluster');
  const answered = tried.filter(({ state }) => state === 'answered');
  if (answered.length === 0) return noneAnswers(tried, has, say, about);
  if (answered.length === tried.length) return allAnswer(answered, say);

  const isIn = is.get('pod') === 'answered' || is.get('inside') === 'answered' || is.get('service') === 'answered';
  const server = is.get('api-server');
  if (isIn && server === 'refused') return say('localhost-only', about);
  if (isIn && server === 'late') return say('address-blocked', about);
  if (isIn && server === 'not-allowed') return say('not-allowed', about);
  if (isIn && is.has('forward') && is.get('forward') !== 'answered') return say('forward-fails', about);
  if (is.get('inside') === 'answered' && is.has('pod') && is.get('pod') !== 'answered') return say('tunnel-fails', about);
  if (is.has('inside') && is.get('inside') !== 'answered') return say('inside-fails', about);
  return say('some', { answered: answered.length, tried: tried.length });
}

type Say = (what: string, params?: Message['params']) => Message;

function noneAnswers(tried: readonly ComparedWay[], has: (...kinds: Kind[]) => boolean, say: Say, about: { kind: string; name: string; port: string }): Message {
  const listens = tried.find(({ failure }) => failure?.code === 'PORT_REFUSED_LISTENS')?.failure?.params['listens'];
  if (typeof listens === 'string') return say('other-port', { ...about, listens });
  if (has('refused')) return say('refused', about);
  if (has('no-pod')) return say('no-pod', about);
  if (has('late')) return say('late', about);
  return say('none');
}

function allAnswer(answered: readonly ComparedWay[], say: Say): Message {
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
  if (code === 'REQUEST_TIMED_OUT') return 'late';
  // The API server tells in words how its own connection went (k8s.io/apimachinery, pkg/util/proxy), and that a Service has no endpoints.
  if (code === 'API_ERROR' && /connection refused/i.test(cause)) return 'refused';
  if (code === 'API_ERROR' && /no endpoints available|not found|no service port/i.test(cause)) return 'no-pod';
  if (code === 'API_ERROR' && /i\/o timeout|deadline exceeded|no route to host/i.test(cause)) return 'late';
  return 'other';
}
