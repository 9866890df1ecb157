// The HTTP tester's helpers on a real pod: a line of curl from somewhere else, what is expected of the answer, the request as code, and the history.
import { expect, test } from '@playwright/test';
import { inOwnNamespace } from './own-namespace.ts';

const manifest = `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "catalogue-ok:1", imagePullPolicy: Never, ports: [{containerPort: 8080}]}]}}
- {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
`;
inOwnNamespace('docker-desktop', 'http', manifest);
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('a pasted line of curl is sent to the chosen target, checked, shown as code, and found again without its token', async ({ page }) => {
  await expect(page.getByRole('row').filter({ hasText: 'web' })).toContainText('1/1');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'HTTP' }).click();
  await page.getByRole('combobox', { name: 'Via' }).selectOption('service');
  await expect(page.getByRole('combobox', { name: 'Target' }).getByRole('option', { selected: true })).toHaveText('web');

  await page.evaluate(() => navigator.clipboard.writeText("curl 'https://example.com/?a=b' \\\n  -H 'Authorization: Bearer very-secret' \\\n  -H 'X-Own: 1' -o out"));
  const path = page.getByRole('textbox', { name: 'Path', exact: true });
  await path.focus();
  await page.keyboard.press('Control+V');
  await expect(path).toHaveValue('/?a=b');
  await expect(page.getByRole('form', { name: 'HTTP' })).toContainText('example.com is replaced by the chosen target. Not taken over: -o.');

  // A line that is not one command changes nothing.
  await page.evaluate(() => navigator.clipboard.writeText('curl http://x/ && rm -rf /'));
  await path.focus();
  await page.keyboard.press('Control+V');
  await expect(page.getByRole('form', { name: 'HTTP' })).toContainText('This is not one plain line of curl');
  await expect(path).toHaveValue('/?a=b');

  await page.getByRole('button', { name: 'Code', exact: true }).click();
  await expect(page.getByLabel('Code', { exact: true })).toContainText("--header 'Authorization: Bearer very-secret'");
  await page.getByRole('combobox', { name: 'In the words of' }).selectOption('go');
  await expect(page.getByLabel('Code', { exact: true })).toContainText('http.NewRequest("GET"');

  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('button', { name: 'Checks', exact: true }).click();
  await page.getByRole('button', { name: 'Add a check' }).click();
  await page.getByRole('button', { name: 'Add a check' }).click();
  await page.getByRole('combobox', { name: 'What check 2 looks at' }).selectOption('json');

  // https came along from the line: the pod speaks plain HTTP.
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const response = page.getByRole('region', { name: 'Response' });
  await expect(response).toContainText('does not speak HTTPS on this port');
  await path.fill('http://localhost/');
  await path.press('Enter');
  await expect(response).toContainText('200 OK');
  await expect(response).toContainText('1 of 2 checks hold, 1 cannot be made.');
  await expect(response.getByRole('list', { name: 'Checks' })).toContainText('The body is not JSON.');

  await page.getByRole('button', { name: 'History', exact: true }).click();
  const history = page.getByRole('list', { name: 'History' });
  await expect(history.getByRole('listitem')).toHaveCount(2);
  await history.getByRole('listitem').last().getByRole('button').first().click();
  await expect(path).toHaveValue('/?a=b');
  await expect(page.getByRole('region', { name: 'History' })).toContainText('Passwords and tokens are not kept');
  await page.getByRole('button', { name: 'Auth (Bearer)' }).click();
  await expect(page.getByLabel('Token')).toHaveValue('');
});
