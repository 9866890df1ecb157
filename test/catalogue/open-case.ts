// A case's own namespace with what provokes it, and the server's table of its pods beside.
import { serverOf } from '../fixtures/ask-server.ts';
import { kubectlInput, newNamespace } from '../fixtures/command-line.ts';
import type { Here, LiveCase } from './live-case.ts';
import { followRows, type ServerRows } from './server-rows.ts';

/** All of it goes with `opened`. */
export async function openCase(live: LiveCase, context: Here['context'], opened: AsyncDisposableStack): Promise<{ readonly here: Here; readonly rows: ServerRows }> {
  const { name: namespace } = opened.use(await newNamespace(context, `case-${live.id.toLowerCase()}`));
  const rows = opened.use(followRows(await serverOf(context), namespace));
  const given = (await live.prepare?.({ context, namespace }, opened)) ?? '';
  const here: Here = { context, namespace, given };
  await kubectlInput(context, live.manifest(here), '-n', namespace, 'create', '--validate=false', '-f', '-');
  await live.afterwards?.(here, opened);
  return { here, rows };
}
