// A connection that stays open, on the screen: a WebSocket that is talked to by keyboard, and a stream of events that is followed and opened again.
import { expect, test } from '@playwright/test';
import { buildLiveServer, LIVE_IMAGE } from '../http/live-image.ts';
import { inOwnNamespace } from './own-namespace.ts';

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: live}
spec: {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "${LIVE_IMAGE}", imagePullPolicy: Never, ports: [{containerPort: 8080}]}]}
`;
test.beforeAll(() => buildLiveServer('docker-desktop'));
inOwnNamespace('docker-desktop', 'live', manifest);
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('a WebSocket is opened, talked to, filtered, copied and closed; events are followed and go on after the last one', async ({ page }) => {
  const problems: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('pageerror', (error) => problems.push(String(error)));
  await expect(page.getByRole('row').filter({ hasText: 'live' })).toContainText('1/1');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'HTTP' }).click();
  await page.getByRole('combobox', { name: 'Via' }).selectOption('pod');
  await expect(page.getByRole('combobox', { name: 'Target' }).getByRole('option', { selected: true })).toHaveText('live');
  const path = page.getByRole('textbox', { name: 'Path' });
  const form = page.getByRole('form', { name: 'Live connection', exact: true });
  const open = form.getByRole('button', { name: 'Open', exact: true });
  const live = page.getByRole('region', { name: 'Live connection', exact: true });
  const state = live.getByRole('status').first();
  const messages = live.getByRole('list', { name: 'Messages' }).getByRole('listitem');

  await path.fill('/chat');
  await page.getByRole('button', { name: 'Live connection', exact: true }).click();
  await open.press('Enter');
  await expect(state).toHaveText('Open');
  await expect(live).toContainText('Nothing was said yet.');
  await expect(open).toHaveAccessibleDescription(/open already/);
  const message = live.getByRole('textbox', { name: 'Message' });
  for (const text of ['안녕', 'second']) {
    await message.fill(text);
    await message.press('Control+Enter');
    await expect(message).toHaveValue('');
  }
  await expect(messages).toHaveCount(4);
  await expect(live).toContainText('2 received, 2 sent');
  await live.getByRole('searchbox', { name: 'Filter messages' }).fill('SEC');
  await expect(messages).toHaveCount(2);
  await live.getByRole('button', { name: 'Copy', exact: true }).click();
  expect((await page.evaluate(() => navigator.clipboard.readText())).split('\n').map((line) => line.split('\t').slice(1).join(': ')).toSorted()).toEqual(['From the pod: second', 'Sent: second']);
  await message.fill('bye');
  await message.press('Control+Enter');
  await expect(state).toHaveText('Closed');
  await expect(live).toContainText('Closed with code 4001: as you wish.');
  // What had the focus is gone; the keyboard goes on beside it.
  await expect(live.getByRole('button', { name: 'Open again' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(state).toHaveText('Open');
  await page.keyboard.press('Enter');
  await expect(state).toHaveText('Closed');
  await expect(live).toContainText('Closed with code 1000.');
  await expect(page.getByRole('log', { name: 'Activity' })).toContainText('curl -i -N ws://localhost:8080/chat');

  // What the answer is shows that it can be followed.
  await path.fill('/events?most=3');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('region', { name: 'Response' }).getByRole('button', { name: 'Follow events' }).click();
  await expect(live).toContainText('The pod ended the stream.');
  await expect(messages).toHaveText([/tick\s*event 1\s*$/, /tick\s*event 2\s*$/, /tick\s*event 3\s*$/]);
  await expect(live).toContainText('The last event ID is 3.');
  await live.getByRole('button', { name: 'Open again' }).click();
  await expect(messages).toHaveText([/event 4\s*$/, /event 5\s*$/, /event 6\s*$/]);
  await live.getByRole('button', { name: 'Close the list of messages' }).click();
  await expect(live).toHaveCount(0);

  await page.getByRole('combobox', { name: 'Via' }).selectOption('inside');
  await expect(open).toHaveAccessibleDescription(/works through a forward/);
  expect(problems).toEqual([]);
});
