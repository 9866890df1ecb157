// Every cause that the real clusters can provoke: its finding, its container, its sentence, and after Podlab's own fix the promised end. The whole run
// writes docs/why-it-fails.md: what kubectl and Podlab say of each.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import { allRuns } from './all-cases.ts';
import { prepareImages } from './images.ts';
import { runCase, type Outcome } from './run-case.ts';
import { saidTable } from './said-table.ts';

const only = process.env['CASE'] ?? '';
const runs = allRuns(only);
const outcomes: Outcome[] = [];
let engine: Engine;
let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'podlab-catalogue-'));
  engine = await openEngine({ stateDirectory: state });
  await prepareImages([...new Set(runs.map(({ context }) => context))]);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(state, { recursive: true });
  const compared = outcomes.reduce((sum, { compared: rows }) => sum + rows, 0);
  const ids = new Set(outcomes.map(({ said }) => said.id));
  console.log(`${outcomes.length} of ${runs.length} cases, ${ids.size} causes, ${compared} rows of the server's table compared`);
  if (only === '' && outcomes.length === runs.length) await writeFile('docs/why-it-fails.md', saidTable(outcomes.map(({ said }) => said)));
});

test.concurrent.for(runs)('$title', { timeout: 900_000 }, async ({ live, context }, { expect }) => {
  const outcome = await runCase(engine, live, context);
  outcomes.push(outcome);
  expect(outcome.differences).toEqual([]);
});

test('no case is there twice', () => {
  const titles = allRuns().map(({ title }) => title);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});
