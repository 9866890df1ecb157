import { expect, test } from 'vitest';
import { isFound, tookMilliseconds } from './activity-search.ts';

const texts = ['Delete pod spring-pod', 'kubectl -n default delete pod spring-pod', 'Failed'];
test.each<[string, boolean]>([
  ['', true], ['  ', true], ['SPRING', true], ['failed spring', true], ['-n default', true], ['spring other', false],
])('"%s": %s', (query, found) => expect(isFound(query, texts)).toBe(found));

test.each<[string | undefined, number | undefined]>([
  ['2026-11-25T10:00:01.500Z', 1500], ['2026-11-25T10:00:00Z', 0], [undefined, undefined], ['2026-11-25T09:00:00Z', undefined],
])('until %s', (finishedAt, took) => expect(tookMilliseconds('2026-11-25T10:00:00Z', finishedAt)).toBe(took));
