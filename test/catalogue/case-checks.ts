// What is asked of the finding of every case, whatever it is about, and what kubectl says beside it.
import { expect } from 'vitest';
import type { Finding } from '../../shared/contract/findings.ts';
import { sayMessage } from '../../renderer/state/say.ts';
import { kubectl } from '../fixtures/command-line.ts';
import type { Here, LiveCase } from './live-case.ts';
import type { ServerRows } from './server-rows.ts';

/** Liveness probes and back-offs take their time; a kubelet that is busy takes more. */
export const FINDING_MS = 180_000;
export const REPAIR_MS = 240_000;

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

/** Whether it is the finding that the case is to have. */
export function isWanted(live: LiveCase, finding: Finding, given: string): boolean {
  return finding.id === live.id && (live.container === undefined || finding.container === live.container) && isSentence(live, finding) && hasParams(live, finding) && hasFix(live, finding, given);
}

const isSentence = ({ sentence = 'sentence' }: LiveCase, { message }: Finding) => message.key.split('.').at(-1) === sentence;
const hasParams = ({ params = {} }: LiveCase, { message }: Finding) => Object.entries(params).every(([key, value]) => message.params[key] === value);
const hasFix = (live: LiveCase, finding: Finding, given: string) => live.fix === undefined || fixOf(live, finding, given) !== undefined;

export function fixOf({ fix: wanted }: LiveCase, { fixes }: Finding, given: string) {
  if (wanted === undefined) return undefined;
  return fixes.find((fix) => (typeof wanted === 'string'
    ? fix.action === 'change' && fix.key === wanted
    : fix.action === wanted.action && fix.policy === wanted.policy && (fix.action !== 'recreate' || fix.image === wanted.image?.replace('{given}', given))));
}

/** Every sentence has its words, and nothing in them is a hole. */
export function checkFinding(live: LiveCase, finding: Finding): void {
  const messages = [finding.message, ...(finding.explanation ? [finding.explanation] : []), ...finding.evidence.map(({ message }) => message)];
  const words = messages.flatMap((message) => [message.key, sayMessage(message)]);
  for (const message of messages) {
    const text = sayMessage(message);
    expect(text, `${live.id}: ${words.join('\n')}`).not.toBe(message.key);
    expect(text).not.toMatch(/undefined|NaN|\{|\}|\[object/);
  }
  expect(finding.evidence.length, `${live.id}: a finding has proof`).toBeGreaterThan(0);
}

export function buttonOf(live: LiveCase, finding: Finding, given: string): string {
  const fix = fixOf(live, finding, given);
  if (!fix) return '';
  if (fix.action === 'change') return sayMessage(fix.label);
  return fix.action === 'recreate' ? (fix.image ?? fix.policy ?? 'Recreate') : `Load, ${'policy' in fix ? fix.policy : ''}`;
}

/** The newest warning about what `isIt` accepts, or the newest event where there is none; '' without any. */
export async function eventText(context: Here['context'], namespace: string, isIt: (involved: { kind: string; name: string }) => boolean): Promise<string> {
  const { items } = JSON.parse(await kubectl(context, '-n', namespace, 'get', 'events', '-o', 'json')) as {
    items: { type: string; reason: string; message: string; lastTimestamp: string | null; eventTime: string | null; involvedObject: { kind: string; name: string } }[];
  };
  const own = items.filter(({ involvedObject }) => isIt(involvedObject));
  const newest = own.toSorted((a, b) => (b.lastTimestamp ?? b.eventTime ?? '').localeCompare(a.lastTimestamp ?? a.eventTime ?? ''));
  const event = newest.find(({ type }) => type === 'Warning') ?? newest[0];
  return event ? `${event.reason}: ${event.message}` : '';
}

export async function soon<Value>(what: string, milliseconds: number, look: () => Value | undefined, rows?: Pick<ServerRows, 'pods'>): Promise<Value> {
  for (const until = Date.now() + milliseconds; ;) {
    const value = look();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`${what}: not within ${milliseconds / 1000} s${rows ? `; ${[...rows.pods].map(([name, { status }]) => `${name} ${status}`).join(', ')}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
