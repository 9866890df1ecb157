// Every cause of the catalogue is provoked on a real cluster, or it is said why not.
import { expect, test } from 'vitest';
import english from '../../renderer/messages/en.json' with { type: 'json' };
import { allRuns } from './all-cases.ts';
import { notLive } from './not-live.ts';

test('each cause has a live case or a reason why it has none', () => {
  const causes = new Set(Object.keys(english).flatMap((key) => /^finding\.([A-Z]+(?:-\d+)?)\./.exec(key)?.[1] ?? []));
  const live = new Set(allRuns().map(({ live: { id } }) => id));
  expect([...causes].filter((id) => !live.has(id)).toSorted()).toEqual(Object.keys(notLive).toSorted());
  expect([...live].filter((id) => !causes.has(id))).toEqual([]);
  expect(live.size).toBeGreaterThanOrEqual(60);
});
