// docs/why-it-fails.md, out of what was said on the real clusters.
import { notLive } from './not-live.ts';
import type { Said } from './case-checks.ts';

const MAX = 200;

/** A Markdown page: one row a case, by id. */
export function saidTable(all: readonly Said[]): string {
  const rows = all.toSorted((a, b) => a.id.localeCompare(b.id) || a.what.localeCompare(b.what) || a.context.localeCompare(b.context))
    .map(({ id, what, context, get, describe, podlab, button }) => `| ${[id, `${what} (${context})`, get, describe, podlab, button].map(cell).join(' | ')} |`);
  return `# Why it fails: what three tools say

Written by \`npm run test:long\`: every cause was provoked on a real cluster, and this is what \`kubectl get pods\`, the newest warning of
\`kubectl describe pod\` and Podlab said at the same moment. The last column is the button that then repaired it.

| Cause | Provoked by | kubectl get | kubectl describe | Podlab | Button |
|---|---|---|---|---|---|
${rows.join('\n')}

## Not provoked on a real cluster

These have a fixture beside their rule.

| Cause | Why not |
|---|---|
${Object.entries(notLive).map(([id, why]) => `| ${id} | ${cell(why)} |`).join('\n')}
`;
}

/** One line, without what would end the cell, and not longer than can be read; a long one ends in dots. */
function cell(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', String.raw`\|`).trim();
  return line.length > MAX ? `${line.slice(0, MAX)}…` : line;
}
