import { expect, test } from 'vitest';
import { openShared } from './shared.ts';

test('opened by the first, closed after the last, and opened anew for who comes later', () => {
  const told: string[] = [];
  const shared = openShared<string, number>((value) => told.push(`close ${value}`));
  let opened = 0;
  const hold = (key: string) => shared.hold(key, () => { opened += 1; told.push(`open ${opened}`); return opened; });
  const [first, second] = [hold('a'), hold('a')];
  expect([first.value, second.value, shared.get('a'), [...shared.values()]]).toEqual([1, 1, 1, [1]]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(told).toEqual(['open 1']);
  second[Symbol.dispose]();
  expect([shared.get('a'), told]).toEqual([undefined, ['open 1', 'close 1']]);
  expect(hold('a').value).toBe(2);
});
