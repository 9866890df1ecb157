import { expect, test } from 'vitest';
import type { HttpRequest, HttpTarget } from '../../../../shared/contract/http.ts';
import type { SentRequest } from '../../../../shared/contract/requests.ts';
import { draftOf, readRequest } from '../request-draft.ts';
import { choiceOf, readTarget, type Place } from '../targets.ts';
import { placeOf, withWords } from './sent-words.ts';

const at = { context: 'kind', namespace: 'default' };
const plain: HttpRequest = {
  scheme: 'http', method: 'POST', path: '/a?b=c', headers: [['X', '1']], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1500, followRedirects: false, verifyCertificate: true,
};

test.each<Partial<HttpRequest>>([
  {}, { scheme: 'https', verifyCertificate: false }, { body: { kind: 'json', text: '{}' } }, { body: { kind: 'text', text: 'x' } }, { body: { kind: 'form', fields: [['a', 'b']] } },
  { body: { kind: 'multipart', parts: [{ name: 'a', value: 'b' }, { name: 'f', file: '/tmp/f' }] } }, { body: { kind: 'file', file: '/tmp/f' } },
  { auth: { kind: 'basic', user: 'u', password: 'p' } }, { auth: { kind: 'bearer', token: 't' } }, { auth: { kind: 'api-key', name: 'k', value: 'v', in: 'query' } },
])('what is taken back into the form is sent as it was: %o', (change) => {
  const request = { ...plain, ...change };
  expect(readRequest(draftOf(request))).toEqual({ ok: true, request });
});

const place = (kind: 'Pod' | 'Service', name: string): Place => ({ kind, ...at, name, ports: [], containers: [] });
test.each<[HttpTarget, Place]>([
  [{ via: 'pod', ...at, pod: 'web', port: 8080 }, place('Pod', 'web')],
  [{ via: 'inside', ...at, pod: 'web', port: 8080, container: 'c' }, place('Pod', 'web')],
  [{ via: 'service', ...at, service: 'web', port: 'http' }, place('Service', 'web')],
  [{ via: 'api-server', ...at, kind: 'Service', name: 'web', port: 'http' }, place('Service', 'web')],
  [{ via: 'api-server', ...at, kind: 'Pod', name: 'web', port: '80' }, place('Pod', 'web')],
])('a target is chosen again: %o', (target, there) => {
  const { via, kind, value, port = '', container = '' } = choiceOf(target);
  expect([kind, value]).toEqual([there.kind, `${there.kind} kind/default/web`]);
  expect(readTarget(via, there, port, container)).toEqual({ ok: true, target });
});

const entry = (change: Partial<SentRequest>): SentRequest => ({
  id: '1', at: '', target: { via: 'pod', ...at, pod: 'web', port: 8080 }, request: plain, leftOut: [], outcome: { state: 'answered', status: 404, milliseconds: 1, bodyBytes: 0 }, ...change,
});
test('a forward is told by where it led', () => {
  const forward = { namespace: 'default', target: { kind: 'Service', name: 'shop', port: 'www' }, localPort: 12_345 } as const;
  expect(placeOf({ target: { via: 'forward', forwardId: 'x' }, forward })).toEqual({ key: 'http.history.via.forward', params: { local: 12_345, name: 'shop', port: 'www' } });
});

test.each([['post 404', 1], ['WEB /a', 1], ['8080', 1], ['get', 0], ['', 1], ['web nowhere', 0]])('"%s" finds %i', (words, count) => {
  expect(withWords([entry({})], words)).toHaveLength(count);
});
