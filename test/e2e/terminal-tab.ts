// The Terminal tab of a pod, as a person finds it.
import { expect, type Locator, type Page } from '@playwright/test';

export async function terminalOf(page: Page, name: string): Promise<Locator> {
  await page.getByRole('rowheader', { name, exact: true }).click();
  const detail = page.getByRole('region', { name: `Pod ${name}` });
  await detail.getByRole('tab', { name: 'Terminal', exact: true }).click();
  return detail;
}
/** What the terminal in sight shows. */
export const drawn = (detail: Locator) => detail.locator('.xterm-rows');
/** The prompt: what is typed before it would be lost in a screen that begins anew. */
export const ready = (detail: Locator) => expect(drawn(detail)).toContainText(/[#$] *$/);
