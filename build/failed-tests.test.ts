import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { failedTests, hasTests } from './failed-tests.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'failed-tests-'));
afterAll(() => rmSync(folder, { recursive: true }));
const report = (content: unknown): string => {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const vitestFile = (status: string, tests: [name: string, status: string, words?: string][], message = '') =>
  ({ name: 'a.test.ts', status, message, assertionResults: tests.map(([fullName, state, words]) => ({ fullName, status: state, failureMessages: words ? [words] : [] })) });
const spec = (title: string, ok: boolean, message?: string) => ({ title, ok, file: 'b.spec.ts', tests: [{ results: [{ error: { message } }] }] });

test.each<[string, unknown, string[]]>([
  ['all passed', { testResults: [vitestFile('passed', [['good', 'passed']])] }, []],
  ['a failed test, with two lines of its words and no colours', { testResults: [vitestFile('failed', [['good', 'passed'], ['bad', 'failed', '\u001B[31mError: no\u001B[39m\n at x\n at y']])] }, ['a.test.ts > bad: Error: no  at x']],
  ['a file that could not be loaded', { testResults: [vitestFile('failed', [], 'Cannot find module')] }, ['a.test.ts: Cannot find module']],
  ['specs, nested in suites', { suites: [{ suites: [{ specs: [spec('good', true), spec('bad', false, 'Timed out')] }] }] }, ['b.spec.ts > bad: Timed out']],
  ['a run that could not begin', { suites: [], errors: [{ message: 'no tests found' }] }, ['no tests found']],
])('%s', (_, content, lines) => {
  expect(failedTests(report(content))).toEqual(lines);
});

test('a report that is missing or cut is a line, no silence', () => {
  expect(failedTests(path.join(folder, 'none.json'))).toEqual([expect.stringContaining('before it told')]);
  expect(failedTests(report('{"testResults": ['))).toEqual([expect.stringContaining('cannot be read')]);
});

test.each<[string, unknown, boolean]>([
  ['a run of vitest without a file', { numTotalTests: 0, testResults: [] }, false],
  ['a file whose tests could not be loaded', { numTotalTests: 0, testResults: [vitestFile('failed', [], 'Cannot find module')] }, true],
  ['a run of Playwright without a spec', { suites: [], stats: { expected: 0, unexpected: 0 } }, false],
  ['a spec', { suites: [], stats: { expected: 1, unexpected: 0 } }, true],
])('whether tests ran: %s', (_, content, ran) => {
  expect(hasTests(report(content))).toBe(ran);
});
