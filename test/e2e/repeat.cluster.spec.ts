// One request again and again from the HTTP screen: what is typed, what comes of it, what is asked first, and how it is stopped.
import { expect, test } from '@playwright/test';
import { inOwnNamespace } from './own-namespace.ts';

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "catalogue-ok:1", imagePullPolicy: Never, ports: [{containerPort: 8080}]}]}
`;
inOwnNamespace('docker-desktop', 'repeat', manifest);

test('a request into a pod is repeated, with its numbers, and a large run is asked about and stopped', async ({ page }) => {
  const problems: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('pageerror', (error) => problems.push(String(error)));
  const row = page.getByRole('table', { name: 'Pods' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'web', exact: true }) });
  await expect(row).toContainText('1/1');
  await page.getByRole('link', { name: 'HTTP', exact: true }).click();
  await page.getByRole('combobox', { name: 'Via' }).selectOption('pod');
  await expect(page.getByRole('combobox', { name: 'Target' }).getByRole('option', { selected: true })).toHaveText('web');

  await page.getByRole('button', { name: 'Repeat', exact: true }).click();
  const form = page.getByRole('form', { name: 'Repeat', exact: true });
  const often = form.getByRole('textbox', { name: 'Number of requests' });
  const result = page.getByRole('region', { name: 'Repeat', exact: true });
  await often.fill('0');
  await expect(form).toContainText('a whole number from 1 to 1,000,000');
  await expect(form.getByRole('button', { name: 'Start' })).toHaveAttribute('aria-disabled', 'true');
  await often.fill('300');
  // Enter in the field is enough.
  await often.press('Enter');
  await expect(result.getByRole('status')).toHaveText('Done: 300 answers, 0 failed.');
  await expect(result.getByRole('list', { name: 'Statuses' })).toHaveText('200 × 300');
  await expect(result.getByRole('table', { name: 'Answers by pod' }).getByRole('row')).toHaveText([/Pod/, /web.*300.*100%/]);
  await expect(result.getByRole('table', { name: 'Latency' })).toContainText(/\d ms/);
  // The chart has been drawn, in the colours of the theme.
  const canvas = result.locator('canvas');
  await expect(canvas).toBeVisible();
  const drawn = await canvas.evaluate((element) => {
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, (element as HTMLCanvasElement).width, (element as HTMLCanvasElement).height);
    return data.some((value) => value > 0);
  });
  expect(drawn).toBe(true);
  await result.getByText('Numbers by second').click();
  await expect(result.getByRole('table', { name: 'Numbers by second' }).getByRole('row').nth(1)).toContainText(/^0/);

  await form.getByRole('radio', { name: 'Seconds' }).check();
  await form.getByRole('textbox', { name: 'Number of seconds' }).fill('61');
  await form.getByRole('textbox', { name: 'Per second' }).fill('20');
  const asked = page.getByRole('dialog', { name: 'Send GET 1,220 times, for 61 s?' });
  await form.getByRole('button', { name: 'Start' }).click();
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await expect(result.getByRole('status')).toHaveText('Done: 300 answers, 0 failed.');
  await form.getByRole('button', { name: 'Start' }).click();
  await asked.getByRole('button', { name: 'Confirm' }).click();
  await expect(result).toHaveAttribute('aria-busy', 'true');
  for (const name of ['Send', 'Compare all']) await expect(page.getByRole('button', { name, exact: true })).toHaveAttribute('aria-disabled', 'true');
  await expect(result.getByRole('table', { name: 'Answers by pod' })).toBeVisible();
  await result.getByRole('button', { name: 'Stop' }).click();
  await expect(result.getByRole('status')).toHaveText(/Stopped: \d+ answers?, 0 failed\.$/);
  await expect(result.getByRole('button', { name: 'Close the result of Repeat' })).toBeFocused();
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('Cancelled');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toHaveAttribute('aria-disabled', 'false');

  await page.getByRole('combobox', { name: 'Via' }).selectOption('inside');
  await expect(form.getByRole('button', { name: 'Start' })).toHaveAccessibleDescription(/^Repeat works through a forward/);
  expect(problems).toEqual([]);
});
