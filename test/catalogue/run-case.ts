// Provokes one cause on a real cluster, waits for its finding, repairs it with Podlab's own fix, and waits for what was promised.
import type { Finding } from '../../shared/contract/findings.ts';
import type { PodDetail } from '../../shared/contract/pods.ts';
import type { Pod } from '../../shared/kubernetes/objects.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { sayMessage } from '../../renderer/state/say.ts';
import type { Here, LiveCase } from './live-case.ts';
import { buttonOf, checkFinding, eventText, fixOf, FINDING_MS, isWanted, REPAIR_MS, soon, type Outcome, type Said } from './case-checks.ts';
import { openCase } from './open-case.ts';
import { runWorkloadCase } from './run-workload-case.ts';
import type { ServerRows } from './server-rows.ts';

export async function runCase(engine: Engine, live: LiveCase, context: Here['context']): Promise<Outcome> {
  return live.workload === undefined ? await runPodCase(engine, live, context) : await runWorkloadCase(engine, live, live.workload, context);
}

async function runPodCase(engine: Engine, live: LiveCase, context: Here['context']): Promise<Outcome> {
  await using opened = new AsyncDisposableStack();
  const { here, rows } = await openCase(live, context, opened);
  const { given } = here;
  const isOurs = (name: string) => { const wanted = live.pod ?? 'p'; return wanted.endsWith('-') ? name.startsWith(wanted) : name === wanted; };

  const name = await soon(`a pod ${live.pod ?? 'p'}`, FINDING_MS, () => [...rows.pods.keys()].find(isOurs));
  const { detail, finding } = await waitForFinding(engine, here, name, live, rows);
  checkFinding(live, finding);
  const said = { ...(await whatIsSaid(here, name, rows)), id: live.id, what: live.what, context, podlab: sayMessage(finding.message), button: buttonOf(live, finding, given) };
  if (live.fix !== undefined) {
    await repair(engine, here, live, finding, detail);
    const end = live.end ?? 'Ready';
    await soon(`${live.id} ${live.what}: ${end} after the fix`, REPAIR_MS, () => [...rows.pods].some(([each, { pod }]) => isOurs(each) && hasCome(pod, end)) || undefined, rows);
  }
  return { said, compared: rows.compared, differences: rows.differences };
}

function hasCome({ metadata, status }: Pod, end: 'Ready' | 'Succeeded'): boolean {
  if (metadata.deletionTimestamp) return false;
  return end === 'Succeeded' ? status?.phase === 'Succeeded' : (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false);
}

async function waitForFinding(engine: Engine, { context, namespace, given }: Here, name: string, live: LiveCase, rows: ServerRows): Promise<{ detail: PodDetail; finding: Finding }> {
  const stop = AbortSignal.timeout(FINDING_MS);
  let last: PodDetail | undefined;
  try {
    for await (const event of engine.calls.pods.watchDetail({ context, namespace, name }, stop)) {
      if (event.type !== 'pod') continue;
      last = event.detail;
      const { findings } = event.detail;
      const finding = (live.companion ? findings : findings.slice(0, 1)).find((each) => isWanted(live, each, given));
      if (finding) return { detail: event.detail, finding };
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  const found = last?.findings.map(({ id, container, message, fixes }) => `${id} ${container ?? ''} ${message.key} ${JSON.stringify(message.params)} fixes: ${fixes.map((fix) => ('key' in fix ? fix.key : fix.action)).join(', ')}`);
  throw new Error(`${live.id} ${live.what} on ${context}: not found. STATUS ${rows.pods.get(name)?.status ?? 'gone'}; findings: ${found?.join('; ') || 'none'}`);
}

async function repair(engine: Engine, { context, namespace, given }: Here, live: LiveCase, finding: Finding, { row }: PodDetail): Promise<void> {
  const fix = fixOf(live, finding, given);
  if (!fix) throw new Error(`${live.id}: no such fix`);
  const pod = { context, namespace, name: row.name, uid: row.uid };
  const signal = new AbortController().signal;
  const container = finding.container === undefined ? {} : { container: finding.container };
  const run = fix.action === 'recreate' || fix.action === 'load-and-recreate'
    ? engine.calls.pods.recreate({
        ...pod, load: fix.action === 'load-and-recreate', ...(fix.policy === undefined ? {} : { policy: fix.policy }),
        ...(fix.action === 'recreate' && fix.image !== undefined ? { image: fix.image, ...container } : {}),
      }, signal)
    : engine.calls.pods.applyFix({ ...pod, ...container, finding: finding.id, key: fix.action === 'change' ? fix.key : '' }, signal);
  for await (const _ of run) void _;
}

async function whatIsSaid({ context, namespace }: Here, name: string, rows: ServerRows): Promise<Pick<Said, 'get' | 'describe'>> {
  const describe = await eventText(context, namespace, (involved) => involved.name === name);
  return { get: rows.pods.get(name)?.status ?? '', describe };
}
