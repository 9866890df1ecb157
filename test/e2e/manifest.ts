// What stands in the editor, as a person reads it: a contenteditable has no value, and its lines are elements.
import { expect, type Locator } from '@playwright/test';

/** The text of a textbox, a plain one or the editor. */
export function textOf(textbox: Locator): Promise<string> {
  return textbox.evaluate((element) => {
    if (element instanceof HTMLTextAreaElement) return element.value;
    const lines = [...element.querySelectorAll('.cm-line')].map((line) => (line.querySelector('.cm-placeholder') ? '' : (line.textContent ?? '')));
    return lines.join('\n');
  });
}

/** Waits until the text is, or matches, what is expected. */
export async function expectText(textbox: Locator, expected: string | RegExp): Promise<void> {
  const text = expect.poll(() => textOf(textbox));
  await (typeof expected === 'string' ? text.toBe(expected) : text.toMatch(expected));
}
