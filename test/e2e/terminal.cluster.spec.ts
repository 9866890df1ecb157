// The terminal as a person has it: the story's first way to see that a pod answers, by keyboard alone, and what becomes of a shell while the person is elsewhere.
import { expect, test } from '@playwright/test';
import { docker, kubectl, kubectlInput, putOnNode } from '../fixtures/command-line.ts';
import { springServerFolder } from '../fixtures/spring-server.ts';
import { buildImage } from '../catalogue/images.ts';
import { press, tabTo } from './keys.ts';
import { inOwnNamespace } from './own-namespace.ts';
import { drawn, ready, terminalOf } from './terminal-tab.ts';

const context = 'docker-desktop';
const IMAGE = 'terminal-spring:1';
const NO_SHELL = 'terminal-no-shell:1';
const pod = (name: string, image: string, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "${image}", imagePullPolicy: Never, ports: [{containerPort: 8080}]${more}}]}
---
`;
const namespace = inOwnNamespace(context, 'terminal', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: here}\n');

test.beforeAll(async () => {
  await using folder = await springServerFolder();
  await docker('build', '-q', '-t', IMAGE, folder.path);
  await buildImage(NO_SHELL, 'FROM scratch\nCOPY busybox /bin/sleep\nCMD ["/bin/sleep", "100000"]\n');
  await putOnNode(context, IMAGE, NO_SHELL);
  const reads = ', stdin: true, command: [/bin/sh, -c, "while read -r line; do echo got $line; echo next; done; sleep 1000"]';
  await kubectlInput(context, pod('spring-pod', IMAGE) + pod('web', 'catalogue-ok:1') + pod('reader', 'catalogue-ok:1', reads) + pod('bare', NO_SHELL), '-n', namespace(), 'create', '-f', '-');
  await kubectl(context, '-n', namespace(), 'wait', '--for=condition=Ready', 'pod', '--all', '--timeout=240s');
});

/** What the browser complains of: the content security policy refuses what a terminal must not do. */
let complaints: string[] = [];
test.beforeEach(({ page }) => {
  complaints = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => complaints.push(String(error)));
});
test.afterEach(() => expect(complaints).toEqual([]));

test('a shell on spring-pod answers curl localhost:8080, by keyboard alone', async ({ page }) => {
  const row = page.getByRole('rowheader', { name: 'spring-pod', exact: true });
  await page.keyboard.press('/');
  await page.keyboard.type('spring-pod');
  await press(page, row.locator('a,button').first());
  const detail = page.getByRole('region', { name: 'Pod spring-pod' });
  await tabTo(page, detail.getByRole('tab', { name: 'Overview', exact: true }));
  for (const _ of ['Events', 'Logs', 'Terminal', 'YAML']) {
    if (await detail.getByRole('tab', { name: 'Terminal', exact: true }).getAttribute('aria-selected') === 'true') break;
    await page.keyboard.press('ArrowRight');
  }
  await press(page, detail.getByRole('button', { name: 'Open shell' }));
  await ready(detail);
  // The shell took the keyboard when it was drawn.
  await page.keyboard.type('curl localhost:8080');
  await page.keyboard.press('Enter');
  await expect(drawn(detail)).toContainText('Hello from spring-server');
  await expect(detail.getByRole('tablist', { name: 'Terminals' }).getByRole('tab')).toHaveText([/^sh · app/]);
  // The ways out: on to what is below, and back to what is above.
  await page.keyboard.press('Shift+F6');
  await expect(detail.locator('summary')).toBeFocused();
  await detail.getByRole('textbox', { name: 'Terminal spring-pod/app' }).focus();
  await page.keyboard.press('F6');
  await expect(detail.getByRole('button', { name: 'Close', exact: true }).last()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(detail.getByText('No terminal is open in this pod.')).toBeVisible();
  await expect(detail.getByRole('button', { name: 'Open shell' })).toBeFocused();
});

test('a shell goes on while another screen is shown, and after the page was loaded again', async ({ page }) => {
  const detail = await terminalOf(page, 'web');
  await detail.getByRole('button', { name: 'Open shell' }).click();
  await ready(detail);
  await page.keyboard.type('echo fir""st; until [ -e /go ]; do sleep 0.1; done; echo sec""ond; touch /went');
  await page.keyboard.press('Enter');
  await expect(drawn(detail)).toContainText('first');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Images', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Images' })).toBeVisible();
  const inPod = (...command: string[]) => kubectl(context, '-n', namespace(), 'exec', 'web', '--', ...command);
  await inPod('touch', '/go');
  await expect.poll(() => inPod('ls', '/')).toContain('went');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pods', exact: true }).click();
  await terminalOf(page, 'web');
  await expect(drawn(detail)).toContainText('second');
  await page.reload();
  await terminalOf(page, 'web');
  await expect(drawn(detail)).toContainText('second');
  await detail.getByRole('textbox', { name: 'Terminal web/app' }).focus();
  await page.keyboard.type('exit 3');
  await page.keyboard.press('Enter');
  await expect(detail.getByText('The shell ended with exit code 3.')).toBeVisible();
  await detail.getByRole('button', { name: 'Open again' }).click();
  await ready(detail);
  await detail.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(detail.getByText('No terminal is open in this pod.')).toBeVisible();
});

test('sizes, Korean and emoji, colours; titles and the clipboard are left alone', async ({ page, context: browser }) => {
  await browser.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  const detail = await terminalOf(page, 'web');
  await detail.getByRole('button', { name: 'Open shell' }).click();
  await ready(detail);
  // Each with its number: the one before may still be drawn.
  let asked = 0;
  const size = async () => {
    asked += 1;
    await page.keyboard.type(`clear; echo no""${asked}: $(stty size)`);
    await page.keyboard.press('Enter');
    const told = new RegExp(`no${asked}: (\\d+) (\\d+)`);
    await expect(drawn(detail)).toContainText(told);
    return told.exec((await drawn(detail).textContent()) ?? '')?.slice(1).map(Number) ?? [];
  };
  const [, narrow = 0] = await size();
  expect(narrow).toBeGreaterThanOrEqual(80);
  const title = await page.title();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await expect.poll(async () => (await size())[1] ?? 0).toBeGreaterThan(narrow);
  await page.keyboard.insertText(`printf '\\033]0;mine now\\007\\033]52;c;c3RvbGVu\\007\\033[31mred\\033[0m \\355\\225\\234\\352\\270\\200 \\360\\237\\232\\200 do''ne\\n'`);
  await page.keyboard.press('Enter');
  await expect(drawn(detail)).toContainText('red 한글 🚀 done');
  const red = drawn(detail).getByText('red', { exact: true });
  await expect(red).toHaveCSS('color', 'rgb(185, 40, 40)');
  // A colour of 24 bits, which is written onto the element itself.
  await page.keyboard.type(`printf '\\033[38;2;120;60;0mbro''wn\\033[0m\\n'`);
  await page.keyboard.press('Enter');
  await expect(drawn(detail).getByText('brown', { exact: true })).toHaveCSS('color', 'rgb(120, 60, 0)');
  expect(await page.title()).toBe(title);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
  await detail.getByRole('button', { name: 'Close', exact: true }).last().click();
});

test('an image without a shell says so, and what can be done', async ({ page }) => {
  const detail = await terminalOf(page, 'bare');
  await detail.getByRole('button', { name: 'Open shell' }).click();
  await expect(detail.getByRole('alert')).toContainText('has no shell');
  await expect(detail.getByRole('button', { name: 'Open shell' })).toHaveAttribute('aria-disabled', 'true');
  await expect(detail.getByRole('paragraph').filter({ hasText: 'This cluster runs Kubernetes 1.20, which has no debug containers' })).toBeVisible();
  // Nothing was ever drawn, so there is nothing to look at or to find.
  await expect(drawn(detail)).toBeHidden();
  await expect(detail.getByRole('button', { name: 'Find', exact: true })).toHaveCount(0);
  await detail.getByRole('link', { name: 'Send a request' }).click();
  await expect(page.getByRole('combobox', { name: 'Target' }).getByRole('option', { selected: true })).toHaveText('bare');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pods', exact: true }).click();
  await terminalOf(page, 'bare');
  await detail.getByRole('button', { name: 'Close', exact: true }).last().click();
});

test('what a program asked is answered once, however often its terminal is shown', async ({ page }) => {
  const detail = await terminalOf(page, 'web');
  await detail.getByRole('button', { name: 'Open shell' }).click();
  await ready(detail);
  // Where is the cursor, and what are you?
  await page.keyboard.type(`printf 'asked\\033[6n\\033[c\\n'; read -t 2 -r answer; read -t 1 -r answer; clear; echo sho''wn; cat`);
  await page.keyboard.press('Enter');
  await expect(drawn(detail)).toContainText(/^shown/);
  const once = (await drawn(detail).textContent())?.trim();
  for (const reload of [false, true]) {
    if (reload) await page.reload();
    else await detail.getByRole('tab', { name: 'Overview', exact: true }).click();
    await terminalOf(page, 'web');
    await expect(drawn(detail)).toContainText(/^shown/);
    // An answer would be typed into the program, and echoed as ^[[1;6R.
    await page.waitForTimeout(1_000);
    expect((await drawn(detail).textContent())?.trim()).toBe(once);
  }
  await detail.getByRole('button', { name: 'Close', exact: true }).last().click();
});

test('a program without a terminal gets lines; what is open in another pod is one click away', async ({ page }) => {
  const detail = await terminalOf(page, 'reader');
  await detail.getByRole('button', { name: 'Attach', exact: true }).click();
  const line = detail.getByRole('textbox', { name: 'Input', exact: true });
  await expect(line).toBeFocused();
  for (const text of ['hello', '안녕 🚀']) {
    await page.keyboard.insertText(text);
    await page.keyboard.press('Enter');
    await expect(drawn(detail)).toContainText(`got ${text}`);
    await expect(line).toHaveValue('');
  }
  // Each line begins at the left, although the program has nothing but line ends.
  await expect(drawn(detail).locator('> div').filter({ hasText: 'next' })).toHaveText([/^next/, /^next/]);
  await expect(detail.getByRole('button', { name: 'End input' })).toHaveAccessibleDescription(/no way to tell/);

  const other = await terminalOf(page, 'web');
  await other.getByRole('link', { name: 'reader/app', exact: true }).click();
  await expect(drawn(detail)).toContainText('got hello');
  await detail.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(detail.getByText('No terminal is open in this pod.')).toBeVisible();
});
