import { expect, test } from 'vitest';
import type { HttpAuth } from '../../../../shared/contract/http.ts';
import { emptyCheck } from '../checks/checks.ts';
import { missesSecret, readChecks } from './opened-request.ts';

test('the checks of the form, and those written by hand', () => {
  const own = { kind: 'json', of: '$.a', comparison: 'contains', value: 'x', isOn: false };
  expect(readChecks([emptyCheck, own, { kind: 'status', value: 200 }, { kind: 'time', value: 300 }])).toEqual({
    checks: [emptyCheck, own, emptyCheck, { kind: 'time', of: '', comparison: 'most', value: '300', isOn: true }], others: [],
  });
});

test.each<unknown>([null, 3, 'x', {}, { kind: 'body' }, { kind: 'status', comparison: 'count' }, { kind: 'header', of: ['a'] }, { kind: 'status', isOn: 'no' }])('%j is none of the form’s, and kept', (other) => {
  expect(readChecks([other])).toEqual({ checks: [], others: [other] });
});

test.each<[HttpAuth, [string, string][], boolean]>([
  [{ kind: 'none' }, [], false],
  [{ kind: 'basic', user: '', password: 'x' }, [], false],
  [{ kind: 'basic', user: 'kim', password: '' }, [], true],
  [{ kind: 'bearer', token: '' }, [], true],
  [{ kind: 'bearer', token: '{{token}}' }, [], false],
  [{ kind: 'api-key', name: 'k', value: '', in: 'query' }, [], true],
  [{ kind: 'none' }, [['cookie', '']], true],
  [{ kind: 'none' }, [['X-Empty', '']], false],
])('%j with %j misses a secret: %s', (auth, headers, misses) => {
  expect(missesSecret({ auth, headers })).toBe(misses);
});
