// npm test: everything that needs no cluster. npm run test:cluster, test:long: what needs one.
// Words after the task narrow it to test files whose path has one of them: npm test -- electron/serve
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { failedTests } from './failed-tests.ts';
import { needBrowser } from './find-browser.ts';
import { buildOutdated } from './outdated.ts';
import { bin, runAll, type Step } from './programs.ts';
import { root } from './setup.mjs';

const [first, ...others] = process.argv.slice(3);
const kinds = ['cluster', 'long'];
const kind = first !== undefined && kinds.includes(first) ? first : 'unit';
const only = kind === 'unit' ? [first, ...others].filter((word) => word !== undefined) : others;

/** A step, and the JSON file in which its program says what failed. */
type TestStep = Step & { report: string };

const reportOf = (name: string) => path.join(root, 'test-results', `${name}.json`);
const vitest = (projects: string[]): TestStep => ({
  name: `vitest: ${projects.join(', ')}`,
  command: bin('vitest'),
  args: [
    'run', '--config', 'build/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(`vitest-${projects.join('-')}`)}`,
    ...projects.flatMap((name) => ['--project', name]), ...only,
  ],
  report: reportOf(`vitest-${projects.join('-')}`),
});
const playwright = (project: string): TestStep => ({
  name: `playwright: ${project}`,
  command: bin('playwright'),
  args: ['test', '-c', 'test/e2e/playwright.config.ts', '--project', project, '--reporter=list,json', ...only],
  env: { PLAYWRIGHT_JSON_OUTPUT_NAME: reportOf(`playwright-${project}`) },
  report: reportOf(`playwright-${project}`),
});

try {
  const env = kind === 'unit' ? {} : { KUBECONFIG: needKubeconfig() };
  const steps = kind === 'long' ? [vitest(['long'])] : kind === 'cluster'
    ? [vitest(['cluster', 'conformance']), playwright('cluster')]
    : [vitest(['unit', 'screen', 'electron']), playwright('browser')];
  if (kind !== 'long') needBrowser();
  await buildOutdated();
  mkdirSync(path.join(root, 'test-results'), { recursive: true });
  for (const { report } of steps) rmSync(report, { force: true });
  const results = await runAll(steps.map((step) => ({ ...step, env: { ...env, ...step.env } })));
  const failed = steps.flatMap(({ name, report }) => (results.get(name) ? [] : failedTests(report).map((line) => `${name}: ${line}`)));
  if (failed.length > 0) {
    const text = `\nWhat failed:\n${failed.map((line) => `  ${line}\n`).join('')}`;
    process.stdout.write(text);
    // Where many steps follow one another, whoever runs them has it for the end of the log.
    writeFileSync(path.join(root, 'test-results', `failed-${kind}.txt`), text);
  } else {
    rmSync(path.join(root, 'test-results', `failed-${kind}.txt`), { force: true });
  }
  process.exitCode = failed.length > 0 || [...results.values()].includes(false) ? 1 : 0;
} catch (error) {
  process.stderr.write(`Podlab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** KUBECONFIG, else the kubeconfig of the test clusters that are up. A person's own ~/.kube/config is never tested against unasked. */
function needKubeconfig(): string {
  if (process.env.KUBECONFIG) {
    const missing = process.env.KUBECONFIG.split(path.delimiter).find((file) => file && !existsSync(file));
    if (missing) throw new Error(`KUBECONFIG names ${missing}, which is not there.`);
    return process.env.KUBECONFIG;
  }
  const { status, stdout } = spawnSync(path.join(root, 'test/cluster/cluster'), ['kubeconfig'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error('These tests need a cluster: set KUBECONFIG, or bring up the test clusters with `npm run cluster -- up` (Debian 12, root).');
}
