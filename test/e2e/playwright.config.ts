// playwright test -c test/e2e/playwright.config.ts --project browser|cluster
import { defineConfig } from '@playwright/test';
import { browserArguments, findBrowser } from '../../build/find-browser.ts';

const executablePath = findBrowser();
if (!executablePath) throw new Error('There is no browser here: `npm test` finds or installs one.');

export default defineConfig({
  testDir: '.',
  forbidOnly: true,
  workers: 1,
  reporter: [['list']],
  use: {
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath, args: browserArguments },
  },
  projects: [
    {
      name: 'browser',
      testMatch: '**/*.browser.spec.ts',
      timeout: 120_000,
      // A pod of the practice cluster takes its seconds, as a real one does.
      expect: { timeout: 20_000 },
      outputDir: '../../test-results/browser',
    },
    {
      name: 'cluster',
      testMatch: '**/*.cluster.spec.ts',
      timeout: 600_000,
      expect: { timeout: 180_000 },
      // Each project its own: a run empties its folder first, and the two may run beside one another.
      outputDir: '../../test-results/cluster',
    },
  ],
});
