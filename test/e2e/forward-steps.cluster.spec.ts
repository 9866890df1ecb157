// A pod that runs, and nothing more on the screen: from the Pods screen to its answer through a forward, with as few clicks as it takes. The page
// counts them itself, whatever the test believes to have pressed.
import { expect, test, type Page } from '@playwright/test';
import { kubectl } from '../fixtures/command-line.ts';
import { inOwnNamespace } from './own-namespace.ts';

const context = 'docker-desktop';
const manifest = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "catalogue-ok:1", imagePullPolicy: Never, ports: [{containerPort: 8080}]}]}
`;
const MOST = 6;

declare global {
  var clicked: string[];
}

// Before the page of the spec's own namespace is opened. Enter in a field of a form counts, too: it is a click on the button.
test.beforeEach(({ page }) =>
  page.addInitScript(() => {
    globalThis.clicked = [];
    const note = ({ target }: Event) => globalThis.clicked.push((target as Element).closest('a, button, th')?.textContent.trim() ?? '?');
    addEventListener('click', note, true);
  }),
);
const namespace = inOwnNamespace(context, 'forward', manifest);
const clicks = (page: Page) => page.evaluate(() => globalThis.clicked);

test('from Pods: 12345 forwarded to 8080 of a pod, GET / through the HTTP tester, 200, in at most six clicks', async ({ page }) => {
  const row = page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'web', exact: true }) });
  await expect(row).toContainText('1/1');
  expect(await clicks(page)).toEqual([]);

  await row.getByRole('rowheader').click();
  const detail = page.getByRole('region', { name: 'Pod web' });
  await detail.getByRole('button', { name: 'Forward a port', exact: true }).click();
  // Where the keyboard is already, and with the port that the container declares beside it.
  await expect(detail.getByRole('textbox', { name: 'Local port' })).toBeFocused();
  await expect(detail.getByRole('textbox', { name: 'Pod port' })).toHaveValue('8080');
  await page.keyboard.type('12345');
  await detail.getByRole('button', { name: 'Start', exact: true }).click();
  await detail.getByRole('link', { name: 'Send a request', exact: true }).click();
  await expect(page.getByRole('combobox', { name: 'Method' })).toHaveValue('GET');
  await expect(page.getByRole('textbox', { name: 'Path' })).toHaveValue('/');
  await expect(page.getByRole('combobox', { name: 'Target' }).getByRole('option', { selected: true })).toHaveText('localhost:12345 → web:8080');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const response = page.getByRole('region', { name: 'Response' });
  await expect(response).toContainText('200 OK');
  await expect(response).toContainText('ok');

  const made = await clicks(page);
  console.log(`${made.length} clicks from Pods to 200: ${made.join(', ')}`);
  expect(made).toEqual([expect.stringMatching(/^web/), 'Forward a port', 'Start', 'Send a request', 'Send']);
  expect(made.length).toBeLessThanOrEqual(MOST);
  // It is the pod that answers there, for every program of this computer.
  expect(await (await fetch('http://127.0.0.1:12345/', { headers: { connection: 'close' } })).text()).toBe('ok\n');
  expect(await kubectl(context, '-n', namespace(), 'get', 'pod', 'web', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}')).toBe('0');
});
