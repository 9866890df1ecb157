// Removing an image while the disk has no room for its copy: refused, and done at a second question that says what it costs.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { docker } from '../fixtures/command-line.ts';
import { startPodlab } from './podlab.ts';
import { screenLink } from './story-steps.ts';

const run = promisify(execFile);
const image = 'remove-full-disk:1';

test('a full disk: the removal is refused, and done without Undo when that is pressed twice', async ({ page }) => {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'podlab-image-'));
  cleanUp.defer(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'Dockerfile'), `FROM scratch\nLABEL made=${process.hrtime.bigint()}\nCOPY padding /\n`);
  await writeFile(join(folder, 'padding'), Buffer.alloc(1_000_000));
  await docker('build', '-q', '-t', image, folder);
  cleanUp.defer(async () => void (await docker('rmi', image).catch(() => '')));
  const podlab = cleanUp.use(await startPodlab(['--context', 'docker-desktop']));
  const full = join(podlab.state, 'removed-images');
  await mkdir(full, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', full]);
  cleanUp.defer(async () => void (await run('umount', [full])));

  await page.goto(podlab.url);
  await screenLink(page, 'Images').click();
  const row = page.getByRole('rowheader', { name: image, exact: true });
  await page.getByRole('checkbox', { name: `Select ${image}`, exact: true }).check();
  await page.getByRole('group', { name: 'Selection' }).getByRole('button', { name: 'Remove image', exact: true }).click();
  const first = page.getByRole('dialog', { name: `Remove ${image}?` });
  await expect(first).toContainText('The file takes about 1.0 MB at most');
  await first.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('alert')).toContainText(`disk has too little space for a copy of ${image}`);
  await expect(row).toBeVisible();

  await page.getByRole('button', { name: 'Remove without Undo' }).click();
  const second = page.getByRole('dialog', { name: `Remove ${image} without Undo?` });
  await expect(second).toContainText('nothing of this removal can be undone');
  await expect(second.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await second.getByRole('button', { name: 'Remove without Undo' }).click();
  await expect(page.getByRole('status').filter({ hasText: `Removed: ${image} (1 copy).` })).toBeVisible();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('main').getByRole('button', { name: 'Undo', exact: true })).toHaveCount(0);
});
