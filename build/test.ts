// npm test: everything that needs no cluster. npm run test:cluster: what needs one. npm run test:long: what takes long, and the cluster tests on every cluster.
// Words after the task narrow it to test files whose path has one of them: npm test -- electron/serve
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { failedTests, hasTests } from './failed-tests.ts';
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
const vitest = (projects: string[]): TestStep => {
  const report = reportOf(`vitest-${projects.join('-')}`);
  return {
    name: `vitest: ${projects.join(', ')}`,
    command: bin('vitest'),
    args: [
      'run', '--config', 'build/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`,
      ...projects.flatMap((name) => ['--project', name]), ...(only.length > 0 ? ['--passWithNoTests', ...only] : []),
    ],
    report,
  };
};
const playwright = (project: string): TestStep => {
  const report = reportOf(`playwright-${project}`);
  return {
    name: `playwright: ${project}`,
    command: bin('playwright'),
    args: ['test', '-c', 'test/e2e/playwright.config.ts', '--project', project, '--reporter=list,json', ...(only.length > 0 ? ['--pass-with-no-tests', ...only] : [])],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    report,
  };
};

try {
  const env = kind === 'unit' ? {} : { KUBECONFIG: needKubeconfig() };
  // What is beside has images and namespaces of its own and mostly waits for a kubelet; after it, what stops servers and empties nodes.
  const steps = kind === 'long' ? [{ ...vitest(['long', 'beside', 'cluster', 'conformance']), env: { EVERY_CLUSTER: 'yes' } }] : kind === 'cluster'
    ? [[vitest(['beside']), playwright('cluster')], vitest(['cluster', 'conformance'])]
    : [vitest(['unit', 'process', 'screen', 'electron']), playwright('browser')];
  if (kind !== 'long') needBrowser();
  await buildOutdated();
  mkdirSync(path.join(root, 'test-results'), { recursive: true });
  // Where many steps follow one another, whoever runs them has this for the end of the log.
  const summary = path.join(root, 'test-results', `failed-${kind}.txt`);
  for (const file of [summary, ...steps.flat().map(({ report }) => report)]) rmSync(file, { force: true });
  const isGood = await runAll(steps.map((step) => [step].flat().map((one) => ({ ...one, env: { ...env, ...one.env } }))));
  if (isGood && !steps.flat().some(({ report }) => hasTests(report))) throw new Error(`No test file's path has ${only.map((word) => `"${word}"`).join(' or ')}.`);
  if (!isGood) {
    const text = `\nWhat failed:\n${steps.flat().flatMap(({ report }) => failedTests(report)).map((line) => `  ${line}\n`).join('')}`;
    process.stdout.write(text);
    writeFileSync(summary, text);
  }
  process.exitCode = isGood ? 0 : 1;
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
