import { expect, test } from 'vitest';
import type { ComparedWay } from '../../shared/contract/http.ts';
import en from '../../renderer/messages/en.json' with { type: 'json' };
import ko from '../../renderer/messages/ko.json' with { type: 'json' };
import { conclude } from '../../electron/engine/http/conclusion.ts';

const target = { kind: 'Service', name: 'web', port: '80' } as const;
const ok = (via: ComparedWay['via'], status = 200): ComparedWay => ({ via, state: 'answered', status });
const bad = (via: ComparedWay['via'], code: string, cause = '', params = {}): ComparedWay => ({ via, state: 'failed', failure: { code, params, cause } });
const skipped = (via: ComparedWay['via']): ComparedWay => ({ via, state: 'skipped', skipped: { key: 'http.compare.skipped.no-forward', params: {} } });
const serverRefused = bad('api-server', 'API_ERROR', 'error trying to reach service: dial tcp 10.1.0.7:8080: connect: connection refused');
const noProgram = bad('inside', 'NO_HTTP_PROGRAM');
/** No pod was found to be asked. */
const unfound = (via: ComparedWay['via'], code: string): ComparedWay => ({ ...bad(via, code), state: 'skipped', skipped: { key: 'http.compare.skipped.pod-unknown', params: {} } });

test.each<[string, ComparedWay[], object]>([
  ['all alike', [ok('inside'), ok('pod'), ok('service'), ok('api-server'), ok('forward')], { key: 'http.compare.all-same', params: { status: 200, count: 5 } }],
  ['only one could be tried', [noProgram, ok('pod'), skipped('forward')], { key: 'http.compare.all-same', params: { status: 200, count: 1 } }],
  ['the program itself says no', [ok('inside', 404), ok('pod', 404)], { key: 'http.compare.all-error', params: { status: 404, count: 2 } }],
  ['not alike', [ok('inside'), ok('pod'), ok('api-server', 404)], { key: 'http.compare.differ', params: { list: '200, 200, 404' } }],
  ['127.0.0.1 only', [ok('inside'), ok('pod'), ok('service'), serverRefused], { key: 'http.compare.localhost-only' }],
  ['127.0.0.1 only, and no program to ask with', [noProgram, ok('pod'), serverRefused], { key: 'http.compare.localhost-only' }],
  ['something between the API server and the pod', [ok('inside'), ok('pod'), bad('api-server', 'API_ERROR', 'dial tcp 10.1.0.7:8080: i/o timeout')], { key: 'http.compare.address-blocked' }],
  ['no right to the proxy', [ok('inside'), ok('pod'), bad('api-server', 'NOT_ALLOWED')], { key: 'http.compare.not-allowed' }],
  ['a forward that leads elsewhere', [ok('inside'), ok('pod'), ok('api-server'), bad('forward', 'REQUEST_FAILED')], { key: 'http.compare.forward-fails' }],
  ['no tunnel', [ok('inside'), bad('pod', 'TUNNEL_FAILED'), ok('api-server')], { key: 'http.compare.tunnel-fails' }],
  ['inside is locked', [bad('inside', 'CHANGES_LOCKED'), ok('pod'), ok('api-server')], { key: 'http.compare.all-same', params: { status: 200, count: 2 } }],
  ['only inside fails', [bad('inside', 'REQUEST_FAILED'), ok('pod'), ok('api-server')], { key: 'http.compare.inside-fails' }],
  ['another port', [bad('inside', 'PORT_REFUSED_LISTENS', '', { listens: '9090' }), bad('pod', 'PORT_REFUSED_IN_POD'), serverRefused], { key: 'http.compare.other-port', params: { listens: '9090' } }],
  ['nothing listens', [bad('pod', 'PORT_REFUSED_IN_POD'), serverRefused], { key: 'http.compare.refused', params: { port: '80' } }],
  ['no pod', [skipped('inside'), skipped('pod'), bad('service', 'NO_READY_POD'), bad('api-server', 'API_ERROR', 'no endpoints available for service "web"')], { key: 'http.compare.no-pod', params: { kind: 'Service', name: 'web' } }],
  ['no pod of a pod', [skipped('inside'), bad('forward', 'POD_GONE')], { key: 'http.compare.no-pod' }],
  ['a Service whose port is unknown', [unfound('inside', 'PORT_NAME_UNKNOWN'), unfound('pod', 'PORT_NAME_UNKNOWN'), bad('service', 'PORT_NAME_UNKNOWN'), bad('api-server', 'API_ERROR', 'no service port "80" found for service "web"')], { key: 'http.compare.port-unknown', params: { kind: 'Service', name: 'web', port: '80' } }],
  ['a Service without a selector', [bad('service', 'SERVICE_WITHOUT_SELECTOR'), bad('api-server', 'API_ERROR', 'no endpoints available for service "web"')], { key: 'http.compare.no-target', params: { name: 'web' } }],
  ['a Service that is gone', [bad('service', 'OBJECT_GONE'), bad('api-server', 'API_ERROR', 'services "web" not found')], { key: 'http.compare.no-target' }],
  ['the pod answers, but not through its Service', [ok('inside'), ok('pod'), bad('service', 'NO_READY_POD'), bad('api-server', 'API_ERROR', 'no endpoints available for service "web"')], { key: 'http.compare.service-fails', params: { name: 'web' } }],
  ['no answer in time', [bad('inside', 'REQUEST_TIMED_OUT'), bad('pod', 'REQUEST_TIMED_OUT')], { key: 'http.compare.late' }],
  ['no cluster', [bad('inside', 'CLUSTER_UNREACHABLE'), bad('pod', 'CLUSTER_UNREACHABLE')], { key: 'http.compare.no-cluster' }],
  ['no cluster, so that no pod could be found', [unfound('inside', 'CLUSTER_UNREACHABLE'), unfound('pod', 'CLUSTER_UNREACHABLE'), unfound('api-server', 'CLUSTER_UNREACHABLE'), skipped('forward')], { key: 'http.compare.no-cluster' }],
  ['a cluster that ended meanwhile has answered before', [ok('inside'), ok('pod'), bad('api-server', 'CLUSTER_UNREACHABLE')], { key: 'http.compare.some', params: { answered: 2, tried: 3 } }],
  ['no command may be run in the pod, which says nothing about it', [bad('inside', 'NOT_ALLOWED'), ok('pod'), ok('api-server')], { key: 'http.compare.all-same', params: { status: 200, count: 2 } }],
  ['nothing is allowed', [bad('inside', 'NOT_ALLOWED'), bad('pod', 'NOT_ALLOWED'), bad('api-server', 'NOT_ALLOWED')], { key: 'http.compare.none-allowed' }],
  ['one way is not allowed, and the others are refused', [bad('inside', 'NOT_ALLOWED'), bad('pod', 'PORT_REFUSED_IN_POD'), serverRefused], { key: 'http.compare.refused' }],
  ['for other reasons', [bad('pod', 'RESPONSE_NOT_HTTP'), bad('api-server', 'REQUEST_FAILED')], { key: 'http.compare.none' }],
  ['not even one was tried', [noProgram, skipped('forward')], { key: 'http.compare.nothing-tried' }],
  ['some', [ok('inside'), ok('pod'), bad('api-server', 'RESPONSE_NOT_HTTP')], { key: 'http.compare.some', params: { answered: 2, tried: 3 } }],
])('%s', (_, ways, expected) => {
  const message = conclude(ways, target);
  expect(message).toMatchObject(expected);
  expect([en, ko].every((words) => message.key in words)).toBe(true);
});

test.each(['no-pod', 'pod-unknown', 'no-service', 'no-forward'])('there are words for a way that is not tried: %s', (why) => {
  for (const words of [en, ko]) expect(words).toHaveProperty([`http.compare.skipped.${why}`]);
});
