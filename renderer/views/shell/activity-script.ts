// What was done as one script, in the order in which it was done: what failed or was cancelled, and what only looks, stands in it as comments.
import { powershellLine } from '../../components/powershell-line.ts';

export type Shell = 'bash' | 'powershell';

/** An entry in the person's words. */
export interface ScriptEntry {
  readonly at: string;
  readonly title: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** The word for `state`. */
  readonly outcome: string;
  readonly commands: readonly string[];
}

/** The sentences in the script's comments. */
export interface ScriptWords {
  readonly heading: string;
  /** The lines keep a port open until they are stopped, or need such a port. */
  readonly needsForward: string;
  /** The lines open a terminal. */
  readonly needsPerson: string;
  /** A line that has no PowerShell form. */
  readonly onlyBash: string;
}

/** A script that stops at the first line that fails. For PowerShell before 7.4 an error of a program has to be looked for. */
export function activityScript(entries: readonly ScriptEntry[], shell: Shell, words: ScriptWords): string {
  const head = shell === 'bash'
    ? ['#!/usr/bin/env bash', comment(words.heading), 'set -euo pipefail']
    : [comment(words.heading), "$ErrorActionPreference = 'Stop'"];
  const parts = entries.map((entry) => partOf(entry, shell, words).join('\n'));
  return `${[head.join('\n'), ...parts].join('\n\n')}\n`;
}

function partOf({ at, title, state, outcome, commands }: ScriptEntry, shell: Shell, words: ScriptWords): string[] {
  const about = comment(`${at} ${title}`);
  if (state !== 'done') return [about, comment(outcome), ...commands.map(comment)];
  if (commands.some(needsForward)) return [about, comment(words.needsForward), ...commands.map(comment)];
  if (commands.some(needsPerson)) return [about, comment(words.needsPerson), ...commands.map(comment)];
  if (shell === 'bash') return [about, ...commands];
  const lines = commands.flatMap((line) => {
    const said = powershellLine(line);
    if (said === undefined) return [comment(words.onlyBash), comment(line)];
    return [said, 'if ($LASTEXITCODE) { exit $LASTEXITCODE }'];
  });
  return [about, ...lines];
}

/** port-forward runs until somebody ends it; a request to this computer's own port needs one that runs. */
const needsForward = (line: string) => /^kubectl .* port-forward /.test(line) || /^curl .*\bhttps?:\/\/(127\.0\.0\.1|localhost)[:/]/.test(line);

/** A terminal waits for what is typed. */
const needsPerson = (line: string) => /^kubectl --context (?:'[^']*'|\S+) -n \S+ (?:(?:exec|debug) -it|attach) /.test(line);

/** Each line of it: a title or a here-document must not begin a line of the script. */
const comment = (text: string) => text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => `# ${line}`.trimEnd()).join('\n');
