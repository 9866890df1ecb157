import { expect, test } from 'vitest';
import type { LogSource } from '../../../shared/contract/logs.ts';
import { fileName, levels, restarted, sinces, soughtLine, sourceNames } from './log-words.ts';

const source = (pod: string, container: string, more: Partial<LogSource> = {}): LogSource => ({
  pod, container, uid: pod, isInit: false, isPrevious: false, state: 'following', hasPrevious: false, lines: 0, ...more,
});
const names = (sources: readonly LogSource[], workload?: string) => sourceNames(sources, workload).map(({ name }) => name);

test('a source is called by what tells it from the others', () => {
  expect(names([source('p', 'app')])).toEqual(['']);
  expect(names([source('p', 'app'), source('p', 'helper')])).toEqual(['app', 'helper']);
  expect(names([source('web-5f-a', 'app'), source('web-5f-b', 'app')], 'web')).toEqual(['…-5f-a', '…-5f-b']);
  expect(names([source('web-0', 'app'), source('web-0', 'helper'), source('other', 'app')], 'web')).toEqual(['…-0/app', '…-0/helper', 'other/app']);
});

test('each container has a colour, and keeps it in another run', () => {
  const colours = sourceNames([source('a', 'x'), source('b', 'x'), source('a', 'x', { isPrevious: true }), ...Array.from({ length: 9 }, (_, at) => source(`c${at}`, 'x'))], 'w').map(({ colour }) => colour);
  expect(colours.slice(0, 3)).toEqual([0, 1, 0]);
  expect(Math.max(...colours)).toBe(7);
});

test('the previous run is offered of a container that has one, and not while it is shown', () => {
  const before = source('p', 'b', { hasPrevious: true });
  expect(restarted({ sources: [source('p', 'a'), before] })).toBe(before);
  expect(restarted({ sources: [{ ...before, isPrevious: true }] })).toBeUndefined();
  expect(restarted({ sources: [] })).toBeUndefined();
});

test('how far back, and how bad', () => {
  expect(Object.values(sinces)).toEqual([undefined, 60, 300, 900, 3_600]);
  expect(levels.all).toEqual([]);
  expect(levels.warning).toEqual(['error', 'warning']);
});

test('the file says whose lines it has', () => {
  expect(fileName('web-1', '', false)).toBe('web-1.log');
  expect(fileName('web-1', 'app', true)).toBe('web-1-app-previous.log');
});

test('evidence is looked for by its last line, as far as it was kept', () => {
  expect(soughtLine('first\nlast line\n')).toBe('last line');
  expect(soughtLine('  cut off…')).toBe('cut off');
  expect(soughtLine('')).toBe('');
});
