import { expect, test } from 'vitest';
import type { ForwardRow, LoggedRequest } from '../../../shared/contract/forwards.ts';
import { canStart, newestFirst, startAndStop, statusTone } from './forward-list.ts';

const row = (state: ForwardRow['state'], listensOn: string[] = [], context = 'kind') => ({ state, listensOn, context });
const here = ['127.0.0.1'];

test.each([
  ['a stopped one', row('stopped'), true],
  ['one that cannot listen', row('failed'), true],
  ['one whose last connection failed', row('failed', here), false],
  ['one that waits for a pod', row('waiting', here), false],
  ['one that is connected', row('connected', here), false],
  ['one that listens', row('listening', here), false],
])('%s: start it %#', (_, known, expected) => {
  expect(canStart(known)).toBe(expected);
});

test('what can be done with all is asked of the chosen context alone', () => {
  const rows = [row('stopped', [], 'minikube'), row('listening', here)];
  expect(startAndStop(rows, 'kind')).toEqual({ start: false, stop: true });
  expect(startAndStop(rows, 'minikube')).toEqual({ start: true, stop: false });
  expect(startAndStop(rows, 'docker-desktop')).toEqual({ start: false, stop: false });
  expect(startAndStop(rows, undefined)).toEqual({ start: false, stop: false });
});

test('of many requests the last 200 are shown, the newest first', () => {
  const request = (id: number): LoggedRequest => ({ id, at: '', method: 'GET', path: '/', pod: 'web' });
  const shown = newestFirst(Array.from({ length: 500 }, (_, id) => request(id))).map(({ id }) => id);
  expect([shown.length, shown[0], shown.at(-1)]).toEqual([200, 499, 300]);
  expect(newestFirst([request(1), request(2)]).map(({ id }) => id)).toEqual([2, 1]);
});

test.each([[101, 'busy'], [200, 'ok'], [204, 'ok'], [304, 'busy'], [404, 'warn'], [503, 'bad'], [undefined, 'gone']])('the status %s is %s', (status, tone) => {
  expect(statusTone(status)).toBe(tone);
});
