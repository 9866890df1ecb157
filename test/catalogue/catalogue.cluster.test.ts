// A cause of each family on the real clusters, repaired by Podlab. All of them: catalogue.long.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRuns } from './all-cases.ts';
import { openEngineFor } from './open-engine.ts';
import { runCase } from './run-case.ts';

const runs = allRuns(process.env['CASE']).filter(({ inCi }) => inCi);
let opened: Awaited<ReturnType<typeof openEngineFor>>;
let compared = 0;
beforeAll(async () => {
  opened = await openEngineFor(runs);
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  console.log(`${compared} rows of the server's table compared`);
});

test.concurrent.for(runs)('$title', { timeout: 600_000 }, async ({ live, context }, { expect }) => {
  const outcome = await runCase(opened.engine, live, context);
  compared += outcome.compared;
  expect(outcome.differences).toEqual([]);
});

test('each family has a case here', () => {
  expect(new Set(allRuns().filter(({ inCi }) => inCi).map(({ live }) => live.id.split('-')[0]))).toEqual(new Set(FAMILIES));
});

const FAMILIES = ['IMG', 'CFG', 'CRE', 'RUN', 'CRA', 'PRB', 'SCH', 'VOL', 'SBX', 'INI', 'NOD', 'TRM', 'LIF', 'SVC', 'OWN'];
