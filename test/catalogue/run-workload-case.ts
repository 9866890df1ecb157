// The same as a pod's case for a workload or a Service: its own finding, its fix, and that it is whole afterwards.
import type { Finding } from '../../shared/contract/findings.ts';
import type { WorkloadDetail } from '../../shared/contract/workloads.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { sayMessage } from '../../renderer/state/say.ts';
import { kubectl } from '../fixtures/command-line.ts';
import { buttonOf, checkFinding, eventText, FINDING_MS, fixOf, isWanted, REPAIR_MS, type Outcome } from './case-checks.ts';
import type { Here, LiveCase } from './live-case.ts';
import { openCase } from './open-case.ts';

type Looked = { readonly kind: string; readonly name: string };

export async function runWorkloadCase(engine: Engine, live: LiveCase, { kind, name }: Looked, context: Here['context']): Promise<Outcome> {
  await using opened = new AsyncDisposableStack();
  const { here: { namespace, given }, rows } = await openCase(live, context, opened);
  const look = { context, namespace, kind, name };

  const { detail, finding } = await until(engine, look, FINDING_MS, `${live.id} ${live.what} on ${context}`, (seen) => {
    const own = seen.findings.filter(({ pod }) => pod === undefined).map((each) => each.finding);
    return (live.companion ? own : own.slice(0, 1)).find((each) => isWanted(live, each, given));
  });
  checkFinding(live, finding);
  const said = {
    id: live.id, what: live.what, context, podlab: sayMessage(finding.message), button: buttonOf(live, finding, given),
    get: (await kubectl(context, '-n', namespace, 'get', kind, name, '--no-headers')).trim().replaceAll(/\s+/g, ' '),
    describe: await eventText(context, namespace, (involved) => involved.kind === kind && involved.name === name),
  };
  if (live.fix !== undefined) {
    const fix = fixOf(live, finding, given);
    if (fix?.action !== 'change') throw new Error(`${live.id}: no such fix`);
    const { apiVersion, uid } = detail.row;
    for await (const _ of engine.calls.workloads.applyFix({ ...look, apiVersion, uid, finding: finding.id, key: fix.key }, new AbortController().signal)) void _;
    await until(engine, look, REPAIR_MS, `${live.id} ${live.what}: whole after the fix`, (seen) => (isWhole(seen) ? finding : undefined));
  }
  return { said, compared: rows.compared, differences: rows.differences };
}

/** Nothing is wrong, and all the pods that it wants are ready; of a Service one is. */
function isWhole({ row: { kind, ready, health }, findings }: WorkloadDetail): boolean {
  if (findings.some(({ finding }) => finding.severity !== 'info')) return false;
  const [some, all] = (ready ?? '').split('/');
  if (kind === 'CronJob') return health === 'ok' && findings.length === 0;
  return health === 'ok' && some !== '0' && (kind === 'Service' || some === all);
}

async function until(
  engine: Engine, look: Looked & { context: string; namespace: string }, milliseconds: number, what: string, find: (seen: WorkloadDetail) => Finding | undefined,
): Promise<{ detail: WorkloadDetail; finding: Finding }> {
  const stop = AbortSignal.timeout(milliseconds);
  let last: WorkloadDetail | undefined;
  try {
    for await (const event of engine.calls.workloads.watchDetail(look, stop)) {
      if (event.type !== 'workload') continue;
      last = event.detail;
      const finding = find(event.detail);
      if (finding) return { detail: event.detail, finding };
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  const found = last?.findings.map(({ finding: { id, message, fixes }, pod }) => `${id} ${pod ?? ''} ${message.key} ${JSON.stringify(message.params)} fixes: ${fixes.map((fix) => ('key' in fix ? fix.key : fix.action)).join(', ')}`);
  throw new Error(`${what}: not within ${milliseconds / 1000} s. ${last?.row.ready ?? 'not seen'} ${last?.row.health ?? ''}; findings: ${found?.join('; ') || 'none'}`);
}
