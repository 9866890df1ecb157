// One or two causes of each family on the real clusters, repaired by Podlab. All of them: catalogue.long.test.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import { allRuns } from './all-cases.ts';
import { prepareImages } from './images.ts';
import { runCase } from './run-case.ts';

const runs = allRuns(process.env['CASE']).filter(({ live }) => live.inCi);
let engine: Engine;
let state: string;
let compared = 0;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'podlab-catalogue-'));
  engine = await openEngine({ stateDirectory: state });
  await prepareImages([...new Set(runs.map(({ context }) => context))]);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(state, { recursive: true });
  console.log(`${compared} rows of the server's table compared`);
});

test.concurrent.for(runs)('$title', { timeout: 600_000 }, async ({ live, context }, { expect }) => {
  const outcome = await runCase(engine, live, context);
  compared += outcome.compared;
  expect(outcome.differences).toEqual([]);
});

test('each family has a case here', () => {
  expect(new Set(allRuns().filter(({ live }) => live.inCi).map(({ live }) => live.id.split('-')[0]))).toEqual(new Set(FAMILIES));
});

const FAMILIES = ['IMG', 'CFG', 'CRE', 'RUN', 'CRA', 'PRB', 'SCH', 'VOL', 'SBX', 'INI', 'NOD', 'TRM', 'LIF', 'SVC'];
