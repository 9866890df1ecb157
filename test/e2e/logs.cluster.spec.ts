// The Logs tab on a real cluster: what containers write is shown and followed, filtered and searched; a crash leads to what it said last.
import { readFile } from 'node:fs/promises';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { sh } from '../catalogue/crash-pods.ts';
import { kubectl } from '../fixtures/command-line.ts';
import { press, tabTo } from './keys.ts';
import { inOwnNamespace } from './own-namespace.ts';

const context = 'docker-desktop';
const container = (name: string, line: string) => `{name: ${name}, image: "catalogue-ok:1", imagePullPolicy: Never, ${sh(line)}}`;
const pod = (name: string, ...containers: readonly string[]) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {terminationGracePeriodSeconds: 1, containers: [${containers.join(', ')}]}
`;
/** Then a program goes on with whatever is written to say. */
const listens = 'touch say; tail -f say';
const esc = String.raw`\033`;
const manifest = [
  pod('talk',
    container('app', String.raw`printf '${esc}[31mERROR${esc}[0m no database\n${esc}]0;stolen title\007{"level":"info","msg":"ready","port":8080}\nWARN slow\nplain line\n'; for i in $(seq 1 60); do echo "number $i"; done; ${listens}`),
    container('helper', `echo helper says hello; ${listens}`)),
  pod('many', container('app', `seq -w 1 100000 | sed 's/^/line /'; ${listens}`)),
  // Runs on after it crashed once.
  pod('once', container('app', 'if [ -e /data/ran ]; then echo "second run"; exec sleep 3600; fi; touch /data/ran; echo "first run gives up"; exit 4').replace(/\}$/, ', volumeMounts: [{name: data, mountPath: /data}]}')).replace('containers:', 'volumes: [{name: data, emptyDir: {}}], containers:'),
  pod('crash', container('app', 'for i in $(seq 1 200); do echo "step $i"; done; echo "FATAL: cannot read the file /etc/app.conf"; for i in $(seq 1 20); do echo "bye $i"; done; sleep 4; exit 3')),
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {terminationGracePeriodSeconds: 1, containers: [${container('app', `echo "I am $(hostname)"; ${listens}`)}]}}}
`,
].join('---\n');

const namespace = inOwnNamespace(context, 'logs', manifest);
const writes = (name: string, lines: string, of = 'app') => kubectl(context, '-n', namespace(), 'exec', name, '-c', of, '--', 'sh', '-c', `${lines} >> say`);

async function openLogs(page: Page, name: string): Promise<{ detail: Locator; lines: Locator }> {
  await page.getByRole('rowheader', { name, exact: true }).getByRole('link').click();
  const detail = page.getByRole('region', { name: `Pod ${name}` });
  await detail.getByRole('tab', { name: 'Logs', exact: true }).click();
  return { detail, lines: detail.getByRole('log', { name: 'Lines' }) };
}
const isRunning = async (name: string) => expect.poll(() => kubectl(context, '-n', namespace(), 'get', 'pod', name, '-o', 'jsonpath={.status.phase}'), { timeout: 240_000 }).toBe('Running');
const rows = (lines: Locator) => lines.locator('[data-row]');

test('lines are shown in their colours and followed; two containers are one log; nothing else that they ask for happens', async ({ page }) => {
  await isRunning('talk');
  const { detail, lines } = await openLogs(page, 'talk');
  await expect(lines).toContainText('number 60');
  await expect(lines).toContainText('helper says hello', { timeout: 15_000 });
  await writes('talk', 'echo "came later"');
  await expect(lines.getByText('came later')).toBeInViewport();
  await lines.focus();
  await page.keyboard.press('Home');
  await expect(lines.locator('.fg-red').getByText('ERROR')).toBeVisible();
  await expect(rows(lines).filter({ hasText: 'no database' }).getByTitle('Error')).toHaveText('E');
  await expect(lines).not.toContainText('stolen title');
  expect(await page.title()).not.toContain('stolen');
  await expect(rows(lines).filter({ hasText: 'no database' })).toContainText('app');
  await detail.getByRole('combobox', { name: 'Container' }).selectOption('helper');
  await expect(lines).toContainText('helper says hello');
  await expect(lines).not.toContainText('number 60');
});

test('a filter, also as a regular expression, without, and by severity; a wrong one says so and changes nothing', async ({ page }) => {
  await isRunning('talk');
  const { detail, lines } = await openLogs(page, 'talk');
  await detail.getByRole('combobox', { name: 'Container' }).selectOption('app');
  await expect(lines).toContainText('number 60');
  const filter = detail.getByRole('searchbox', { name: 'Filter lines' });
  await filter.fill('number 1');
  await expect(rows(lines)).toHaveCount(11);
  await filter.fill('number [12]$');
  await expect(rows(lines)).toHaveCount(0);
  await expect(detail).toContainText('No line passes the filter.');
  await detail.getByRole('button', { name: 'Regex', exact: true }).click();
  await expect(rows(lines)).toHaveCount(2);
  await filter.fill('number [');
  await expect(detail.getByRole('alert')).toContainText('is not a regular expression');
  await expect(rows(lines)).toHaveCount(2);
  await filter.fill('number');
  await detail.getByRole('button', { name: 'Exclude' }).click();
  await expect(lines).toContainText('plain line');
  await expect(lines).not.toContainText('number');
  await filter.fill('');
  await detail.getByRole('button', { name: 'Exclude' }).click();
  await detail.getByRole('combobox', { name: 'Severity' }).selectOption('Warnings and errors');
  await expect(rows(lines)).toHaveText([/no database/, /WARN slow/]);
});

test('search counts its matches and goes from one to the next', async ({ page }) => {
  await isRunning('talk');
  const { detail, lines } = await openLogs(page, 'talk');
  await expect(lines).toContainText('number 60');
  await detail.getByRole('searchbox', { name: 'Search', exact: true }).fill('number 5');
  const group = detail.getByRole('group', { name: 'Search' });
  await expect(group.getByRole('status')).toHaveText('11 of 11');
  await expect(lines.getByText('number 59')).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(group.getByRole('status')).toHaveText('1 of 11');
  await expect(rows(lines).filter({ hasText: /number 5\s*$/ })).toHaveClass(/current/);
  await page.keyboard.press('Enter');
  await expect(group.getByRole('status')).toHaveText('2 of 11');
  await page.keyboard.press('Shift+Enter');
  await expect(group.getByRole('status')).toHaveText('1 of 11');
  await page.keyboard.press('F3');
  await expect(group.getByRole('status')).toHaveText('2 of 11');
  await expect(lines.locator('mark').first()).toHaveText('number 5');
});

test('paused, or scrolled up, the lines stay where they are, and Newest tells how many came', async ({ page }) => {
  await isRunning('talk');
  const { detail, lines } = await openLogs(page, 'talk');
  await expect(lines).toContainText('number 60');
  // A line that was written before and shown later would be counted as new.
  const written = (await kubectl(context, '-n', namespace(), 'logs', 'talk', '--all-containers')).trim().split('\n').length;
  await expect(detail.getByText(new RegExp(`^${written} lines\\b`))).toBeVisible();
  await expect(detail.getByRole('button', { name: 'Follow' })).toHaveAttribute('aria-pressed', 'true');
  await detail.getByRole('button', { name: 'Pause' }).click();
  await writes('talk', 'for i in 1 2 3; do echo "while paused $i"; done');
  await expect(detail.getByRole('button', { name: 'Newest (3 new lines)' })).toBeVisible();
  await expect(lines).not.toContainText('while paused');
  await detail.getByRole('button', { name: 'Newest (3 new lines)' }).click();
  await expect(lines.getByText('while paused 3')).toBeInViewport();
  await lines.hover();
  await page.mouse.wheel(0, -600);
  await expect(detail.getByRole('button', { name: 'Follow' })).toHaveAttribute('aria-pressed', 'false');
  // A wheel's turn is shown as a movement.
  await page.waitForTimeout(1_000);
  const before = await lines.evaluate((element) => element.scrollTop);
  await writes('talk', 'for i in 1 2; do echo "while above $i"; done');
  await expect(detail.getByRole('button', { name: 'Newest (2 new lines)' })).toBeVisible();
  expect(await lines.evaluate((element) => element.scrollTop)).toBe(before);
  await detail.getByRole('button', { name: 'Follow' }).click();
  await expect(lines.getByText('while above 2')).toBeInViewport();
});

test('JSON as columns, and laid out; times; a file with all lines', async ({ page }) => {
  await isRunning('talk');
  const { detail, lines } = await openLogs(page, 'talk');
  await detail.getByRole('combobox', { name: 'Container' }).selectOption('app');
  await detail.getByRole('searchbox', { name: 'Filter lines' }).fill('ready');
  await expect(rows(lines)).toHaveCount(1);
  await detail.getByRole('button', { name: 'Columns' }).click();
  await expect(lines.locator('.column.message')).toHaveText('ready');
  await expect(lines.locator('.rest')).toHaveText('port=8080');
  await rows(lines).click();
  await expect(detail.getByRole('region', { name: 'Line 2' }).locator('pre')).toHaveText('{\n  "level": "info",\n  "msg": "ready",\n  "port": 8080\n}');
  await detail.getByRole('button', { name: 'Close line' }).click();
  await detail.getByRole('searchbox', { name: 'Filter lines' }).fill('');
  await detail.getByRole('button', { name: 'Timestamps' }).click();
  await expect(lines.locator('time').first()).toHaveText(/^\d\d:\d\d:\d\d\.\d{3}$/);
  const downloading = page.waitForEvent('download');
  await detail.getByRole('button', { name: 'Save' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('talk-app.log');
  const saved = (await readFile(await download.path(), 'utf8')).split('\n');
  const whole = (await kubectl(context, '-n', namespace(), 'logs', 'talk', '-c', 'app', '--timestamps')).split('\n');
  expect(saved).toEqual(whole);
});

test('the line that a finding cites is a step away, and the keyboard is there; of a container that only waits, the run before is shown', async ({ page }) => {
  const status = () => kubectl(context, '-n', namespace(), 'get', 'pod', 'crash', '-o', 'jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].state.waiting.reason}');
  await expect.poll(status, { timeout: 240_000 }).toMatch(/^([3-9]|\d\d) CrashLoopBackOff$/);
  await page.getByRole('rowheader', { name: 'crash', exact: true }).getByRole('link').click();
  const detail = page.getByRole('region', { name: 'Pod crash' });
  const article = detail.getByRole('article').first();
  const cited = article.getByTitle('Show it in the log').first();
  await expect(article).toContainText('cannot read the file /etc/app.conf');
  await press(page, cited);
  const lines = detail.getByRole('log', { name: 'Lines' });
  await expect(lines.locator('.cited')).toContainText('FATAL: cannot read the file /etc/app.conf');
  await expect(lines.locator('.cited')).toBeInViewport();
  await expect(lines).toBeFocused();
  // The last of the program's lines came after it.
  await page.keyboard.press('End');
  await expect(lines).toContainText('bye 20');
  await detail.getByRole('tab', { name: 'Overview' }).click();
  await detail.getByRole('tab', { name: 'Logs', exact: true }).click();
  await expect(detail.getByRole('button', { name: 'Previous run', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(detail).toContainText('This is the previous run.');
  await expect(lines).toContainText('bye 20');
  await detail.getByRole('button', { name: 'Show the present run' }).click();
  await expect(detail.getByRole('button', { name: 'Previous run', exact: true })).toHaveAttribute('aria-pressed', 'false');
});

test('after a crash the run before is offered, and shown', async ({ page }) => {
  await expect.poll(() => kubectl(context, '-n', namespace(), 'get', 'pod', 'once', '-o', 'jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}'), { timeout: 240_000 }).toBe('1 true');
  const { detail, lines } = await openLogs(page, 'once');
  await expect(lines).toContainText('second run');
  await expect(detail).toContainText('app was started again');
  await detail.getByRole('button', { name: 'Show the previous run' }).click();
  await expect(lines).toContainText('first run gives up');
  await expect(lines).not.toContainText('second run');
  await expect(detail).toContainText('This is the previous run.');
  await detail.getByRole('button', { name: 'Show the present run' }).click();
  await expect(lines).toContainText('second run');
});

test('the pods of a Deployment are one log, each under its name', async ({ page }) => {
  const pods = async () => (await kubectl(context, '-n', namespace(), 'get', 'pods', '-l', 'app=web', '-o', 'jsonpath={range .items[?(@.status.phase=="Running")]}{.metadata.name}{"\\n"}{end}')).split('\n').filter(Boolean);
  await expect.poll(pods, { timeout: 240_000 }).toHaveLength(2);
  await page.getByRole('button', { name: 'Workloads' }).click();
  await page.getByRole('table', { name: 'Workloads' }).getByRole('link', { name: 'web', exact: true }).click();
  const detail = page.getByRole('region', { name: 'Deployment web' });
  await detail.getByRole('tab', { name: 'Logs', exact: true }).click();
  const lines = detail.getByRole('log', { name: 'Lines' });
  const names = await pods();
  for (const name of names) {
    await expect(rows(lines).filter({ hasText: `I am ${name}` })).toHaveCount(1);
    await expect(rows(lines).filter({ hasText: `I am ${name}` }).locator('.source')).toHaveText(`…${name.slice('web'.length)}`);
  }
  const colours = await lines.locator('.source').evaluateAll((elements) => elements.map((element) => getComputedStyle(element).color));
  expect(new Set(colours).size).toBe(2);
});

test('100 000 lines: to their end and back, searched, and never more than a few in the page', async ({ page }) => {
  await isRunning('many');
  await expect.poll(() => kubectl(context, '-n', namespace(), 'logs', 'many', '--tail=1'), { timeout: 240_000 }).toContain('100000');
  const start = Date.now();
  const { detail, lines } = await openLogs(page, 'many');
  await expect(lines.getByText('line 100000')).toBeInViewport({ timeout: 240_000 });
  process.stdout.write(`the newest of 100 000 lines: ${Date.now() - start} ms\n`);
  await expect(detail).toContainText('100,000 lines shown');
  process.stdout.write(`100 000 lines read: ${Date.now() - start} ms\n`);
  await expect(lines.getByText('line 100000')).toBeInViewport();
  await lines.focus();
  await page.keyboard.press('Home');
  await expect(lines.getByText('line 000001')).toBeInViewport();
  expect(await rows(lines).count()).toBeLessThan(120);
  await page.keyboard.press('End');
  await expect(lines.getByText('line 100000')).toBeInViewport();
  await detail.getByRole('searchbox', { name: 'Search', exact: true }).fill('line 050000');
  await expect(detail.getByRole('group', { name: 'Search' }).getByRole('status')).toHaveText('1 of 1');
  await expect(lines.getByText('line 050000')).toBeInViewport();
  await detail.getByRole('button', { name: 'Wrap' }).click();
  await expect(lines.getByText('line 050000')).toBeInViewport();
  expect(await rows(lines).count()).toBeLessThan(120);
  // Scrolled through in big steps: how long a frame took at most.
  const slowest = await lines.evaluate(async (element) => {
    let worst = 0;
    let last = performance.now();
    for (let step = 0; step < 120; step += 1) {
      element.scrollTop = (element.scrollHeight / 120) * step;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      worst = Math.max(worst, performance.now() - last);
      last = performance.now();
    }
    return worst;
  });
  process.stdout.write(`the slowest of 120 frames: ${slowest.toFixed(0)} ms\n`);
});

test('with the keyboard alone: opened, read, filtered, one line opened and closed', async ({ page }) => {
  await isRunning('talk');
  await page.getByRole('rowheader', { name: 'talk', exact: true }).getByRole('link').focus();
  await page.keyboard.press('Enter');
  const detail = page.getByRole('region', { name: 'Pod talk' });
  await expect(detail.getByRole('tab', { name: 'Overview' })).toBeVisible();
  await tabTo(page, detail.getByRole('tab', { name: 'Overview' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(detail.getByRole('tab', { name: 'Logs', exact: true })).toBeFocused();
  const lines = detail.getByRole('log', { name: 'Lines' });
  await expect(lines).toContainText('number 60');
  await tabTo(page, detail.getByRole('searchbox', { name: 'Filter lines' }));
  await page.keyboard.type('number 4');
  await expect(rows(lines)).toHaveCount(11);
  await tabTo(page, lines);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(lines.locator('.current')).toContainText('number 48');
  await page.keyboard.press('Enter');
  const line = detail.getByRole('region', { name: /^Line \d+$/ });
  await expect(line.locator('pre')).toHaveText('number 48');
  await page.keyboard.press('ArrowDown');
  await expect(line.locator('pre')).toHaveText('number 49');
  await page.keyboard.press('Escape');
  await expect(line).toHaveCount(0);
  await expect(lines).toBeFocused();
  await expect(detail).toBeVisible();
});
