// Provokes one cause on a real cluster, waits for its finding, repairs it with Podlab's own fix, and waits for what was promised.
import { expect } from 'vitest';
import type { Finding } from '../../shared/contract/findings.ts';
import type { PodDetail } from '../../shared/contract/pods.ts';
import type { Pod } from '../../shared/kubernetes/objects.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { sayMessage } from '../../renderer/state/say.ts';
import { Api } from '../conformance/http.ts';
import { readConnection } from '../conformance/target.ts';
import { kubectl, kubectlInput, newNamespace } from '../fixtures/command-line.ts';
import type { Here, LiveCase } from './live-case.ts';
import { followRows, type ServerRows } from './server-rows.ts';

/** What three tools say of the same pod at the same moment. */
export interface Said {
  readonly id: string;
  readonly what: string;
  readonly context: string;
  /** `kubectl get pods`: STATUS. */
  readonly get: string;
  /** `kubectl describe pod`: the newest warning, or the newest event where there is none. */
  readonly describe: string;
  /** Podlab's sentence, in English. */
  readonly podlab: string;
  /** What its button says; '' where it has none. */
  readonly button: string;
}

export interface Outcome {
  readonly said: Said;
  /** Rows of the server's table that were compared with ours, and those that differ. */
  readonly compared: number;
  readonly differences: readonly string[];
}

/** Liveness probes and back-offs take their time; a kubelet that is busy takes more. */
const FINDING_MS = 180_000;
const REPAIR_MS = 240_000;

export async function runCase(engine: Engine, live: LiveCase, context: Here['context']): Promise<Outcome> {
  await using opened = new AsyncDisposableStack();
  const { name: namespace } = opened.use(await newNamespace(context, `case-${live.id.toLowerCase()}`));
  const api = new Api(await readConnection(process.env['KUBECONFIG'] ?? '', context));
  opened.defer(() => api.close());
  const rows = opened.use(followRows(api, namespace));
  const given = (await live.prepare?.({ context, namespace }, opened)) ?? '';
  const here: Here = { context, namespace, given };
  await kubectlInput(context, live.manifest(here), '-n', namespace, 'create', '--validate=false', '-f', '-');
  const isOurs = (name: string) => { const wanted = live.pod ?? 'p'; return wanted.endsWith('-') ? name.startsWith(wanted) : name === wanted; };
  await live.afterwards?.(here, opened);

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
      const finding = (live.companion ? findings : findings.slice(0, 1)).find((each) =>
        each.id === live.id && (live.container === undefined || each.container === live.container) && isSentence(live, each) && hasParams(live, each) && hasFix(live, each, given));
      if (finding) return { detail: event.detail, finding };
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  const found = last?.findings.map(({ id, container, message, fixes }) => `${id} ${container ?? ''} ${message.key} ${JSON.stringify(message.params)} fixes: ${fixes.map((fix) => ('key' in fix ? fix.key : fix.action)).join(', ')}`);
  throw new Error(`${live.id} ${live.what} on ${context}: not found. STATUS ${rows.pods.get(name)?.status ?? 'gone'}; findings: ${found?.join('; ') || 'none'}`);
}

const isSentence = ({ sentence = 'sentence' }: LiveCase, { message }: Finding) => message.key.split('.').at(-1) === sentence;
const hasParams = ({ params = {} }: LiveCase, { message }: Finding) => Object.entries(params).every(([key, value]) => message.params[key] === value);
const hasFix = (live: LiveCase, finding: Finding, given: string) => live.fix === undefined || fixOf(live, finding, given) !== undefined;

function fixOf({ fix: wanted }: LiveCase, { fixes }: Finding, given: string) {
  if (wanted === undefined) return undefined;
  return fixes.find((fix) => (typeof wanted === 'string'
    ? fix.action === 'change' && fix.key === wanted
    : fix.action === wanted.action && fix.policy === wanted.policy && (fix.action !== 'recreate' || fix.image === wanted.image?.replace('{given}', given))));
}

/** Every sentence has its words, and nothing in them is a hole. */
function checkFinding(live: LiveCase, finding: Finding): void {
  const messages = [finding.message, ...(finding.explanation ? [finding.explanation] : []), ...finding.evidence.map(({ message }) => message)];
  const words = messages.flatMap((message) => [message.key, sayMessage(message)]);
  for (const message of messages) {
    const text = sayMessage(message);
    expect(text, `${live.id}: ${words.join('\n')}`).not.toBe(message.key);
    expect(text).not.toMatch(/undefined|NaN|\{|\}|\[object/);
  }
  expect(finding.evidence.length, `${live.id}: a finding has proof`).toBeGreaterThan(0);
}

function buttonOf(live: LiveCase, finding: Finding, given: string): string {
  const fix = fixOf(live, finding, given);
  if (!fix) return '';
  if (fix.action === 'change') return sayMessage(fix.label);
  return fix.action === 'recreate' ? (fix.image ?? fix.policy ?? 'Recreate') : `Load, ${'policy' in fix ? fix.policy : ''}`;
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
  const { items } = JSON.parse(await kubectl(context, '-n', namespace, 'get', 'events', '--field-selector', `involvedObject.name=${name}`, '-o', 'json')) as {
    items: { type: string; reason: string; message: string; lastTimestamp: string | null; eventTime: string | null }[];
  };
  const newest = items.toSorted((a, b) => (b.lastTimestamp ?? b.eventTime ?? '').localeCompare(a.lastTimestamp ?? a.eventTime ?? ''));
  const event = newest.find(({ type }) => type === 'Warning') ?? newest[0];
  return { get: rows.pods.get(name)?.status ?? '', describe: event ? `${event.reason}: ${event.message}` : '' };
}

async function soon<Value>(what: string, milliseconds: number, look: () => Value | undefined, rows?: ServerRows): Promise<Value> {
  for (const until = Date.now() + milliseconds; ;) {
    const value = look();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`${what}: not within ${milliseconds / 1000} s${rows ? `; ${[...rows.pods].map(([name, { status }]) => `${name} ${status}`).join(', ')}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
