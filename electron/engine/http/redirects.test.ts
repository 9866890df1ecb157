import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { urlOf, type Asked } from './hop.ts';
import { nextAsked } from './redirects.ts';

const body = { pieces: [Buffer.from('x')], length: 1, contentType: 'text/plain' };
const asked = (method: string, path = '/a/b?c'): Asked => ({ origin: new URL('http://localhost:8080'), path, method, headers: [['Content-Type', 'text/plain'], ['X', '1']], body });
const answer = (statusCode: number, location?: string) => ({ statusCode, headers: location === undefined ? {} : { location } });

test.each([
  [301, 'POST', 'GET'], [302, 'POST', 'GET'], [303, 'POST', 'GET'], [303, 'PUT', 'GET'], [303, 'HEAD', 'HEAD'], [301, 'PUT', 'PUT'], [302, 'GET', 'GET'], [307, 'POST', 'POST'], [308, 'DELETE', 'DELETE'],
])('after %i a %s becomes a %s', (status, method, next) => {
  const found = nextAsked(asked(method), answer(status, '/next'), 'http://localhost:8080') as Asked;
  const isChanged = next !== method;
  expect([found.method, found.path, found.body, found.headers]).toEqual([next, '/next', isChanged ? undefined : body, isChanged ? [['X', '1']] : asked(method).headers]);
});

test.each([
  ['d', '/a/d'], ['?e', '/a/b?e'], ['//localhost:8080/f', '/f'], ['http://127.0.0.1:8080/g', '/g'], ['http://[::1]:8080/h', '/h'],
])('%s leads to %s of the same program', (location, path) => {
  const found = nextAsked(asked('GET'), answer(302, location), 'http://localhost:8080') as Asked;
  expect(urlOf(found)).toBe(`http://localhost:8080${path}`);
});

test.each(['https://localhost:8080/', 'http://localhost:9090/', 'http://example.com/', 'http://[', 'mailto:a@b.c'])('%s is another program, and is not asked', (location) => {
  const found = nextAsked(asked('GET'), answer(302, location), 'http://localhost:8080');
  expect(found).toBeInstanceOf(Failure);
  expect((found as Failure).code).toBe('REDIRECT_ELSEWHERE');
});

test('over the API server only what is below the proxy address is the program', () => {
  const way = 'https://127.0.0.1:6443/api/v1/namespaces/default/pods/web:8080/proxy';
  const at = { ...asked('GET', '/api/v1/namespaces/default/pods/web:8080/proxy/'), origin: new URL(way) };
  expect((nextAsked(at, answer(302, '/api/v1/namespaces/default/pods/web:8080/proxy/login'), way) as Asked).path).toBe('/api/v1/namespaces/default/pods/web:8080/proxy/login');
  expect(nextAsked(at, answer(302, '/api/v1/secrets'), way)).toBeInstanceOf(Failure);
  expect(nextAsked(at, answer(302, '/api/v1/namespaces/default/pods/web:8080/proxy/../../../secrets'), way)).toBeInstanceOf(Failure);
});

test('what leads nowhere is the answer', () => {
  expect([nextAsked(asked('GET'), answer(200, '/x'), 'http://localhost:8080'), nextAsked(asked('GET'), answer(304, '/x'), 'http://localhost:8080'), nextAsked(asked('GET'), answer(302), 'http://localhost:8080')]).toEqual([undefined, undefined, undefined]);
});
