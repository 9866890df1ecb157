// A shell whose prompt is known, so that an answer can be told from what was typed.
import type { OpenTerminal } from './scene.ts';

export const PROMPT = 'ready> ';

export async function prompt(terminal: OpenTerminal): Promise<OpenTerminal> {
  await terminal.row(({ state }) => state === 'open');
  // In two pieces, so that the echo of what is typed is no prompt.
  await terminal.type(`PS1='rea''dy> '\r`);
  await terminal.until(PROMPT);
  return terminal;
}

/** A program's answer, without the echo of its line. */
export async function answer(terminal: OpenTerminal, line: string): Promise<string> {
  await terminal.type(`${line}\r`);
  await terminal.until('\r\n');
  return (await terminal.until(PROMPT)).slice(0, -PROMPT.length).trim();
}
