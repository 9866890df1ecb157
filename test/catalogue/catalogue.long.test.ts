// Every cause that the real clusters can provoke: its finding, its container, its sentence, and after Podlab's own fix the promised end. The whole run
// writes docs/why-it-fails.md: what kubectl and Podlab say of each.
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRuns } from './all-cases.ts';
import { openEngineFor } from './open-engine.ts';
import type { Outcome } from './case-checks.ts';
import { runCase } from './run-case.ts';
import { saidTable } from './said-table.ts';

const only = process.env['CASE'] ?? '';
const runs = allRuns(only);
const outcomes: Outcome[] = [];
let opened: Awaited<ReturnType<typeof openEngineFor>>;
beforeAll(async () => {
  opened = await openEngineFor(runs);
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
  const compared = outcomes.reduce((sum, { compared: rows }) => sum + rows, 0);
  const ids = new Set(outcomes.map(({ said }) => said.id));
  console.log(`${outcomes.length} of ${runs.length} cases, ${ids.size} causes, ${compared} rows of the server's table compared`);
  if (only === '' && outcomes.length === runs.length) await writeFile('docs/why-it-fails.md', saidTable(outcomes.map(({ said }) => said)));
});

test.concurrent.for(runs)('$title', { timeout: 900_000 }, async ({ live, context }, { expect }) => {
  const outcome = await runCase(opened.engine, live, context);
  outcomes.push(outcome);
  expect(outcome.differences).toEqual([]);
});

test('no case is there twice', () => {
  const titles = allRuns().map(({ title }) => title);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});
