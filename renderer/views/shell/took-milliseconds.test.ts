import { expect, test } from 'vitest';
import { tookMilliseconds } from './took-milliseconds.ts';

test.each<[string | undefined, number | undefined]>([
  ['2026-11-25T10:00:01.500Z', 1500], ['2026-11-25T10:00:00Z', 0], [undefined, undefined], ['2026-11-25T09:00:00Z', undefined],
])('until %s', (finishedAt, took) => expect(tookMilliseconds('2026-11-25T10:00:00Z', finishedAt)).toBe(took));
