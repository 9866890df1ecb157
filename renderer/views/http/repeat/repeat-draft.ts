// How often the request is sent, as it is typed, and the plan that makes, or what is wrong with it.
import type { Message } from '../../../../shared/contract/findings.ts';
import type { HttpTarget } from '../../../../shared/contract/http.ts';
import type { RepeatPlan, RepeatTarget } from '../../../../shared/contract/repeat.ts';
import { repeatMost, repeatSize } from '../../../../shared/http/repeat-plan.ts';

export const extents = ['requests', 'seconds'] as const;
export type Extent = (typeof extents)[number];

export interface RepeatDraft {
  readonly extent: Extent;
  readonly requests: string;
  readonly seconds: string;
  readonly concurrency: string;
  /** Empty: as fast as it goes. */
  readonly perSecond: string;
}
export type ReadPlan =
  | { readonly ok: true; readonly plan: RepeatPlan }
  | { readonly ok: false; readonly problem: Message; readonly where: 'extent' | 'concurrency' | 'perSecond' };

export function readPlan(draft: RepeatDraft): ReadPlan {
  const { extent } = draft;
  const often = wholeNumber(draft[extent], repeatMost[extent]);
  if (often === undefined) return { ok: false, problem: { key: `http.repeat.wrong-${extent}`, params: { most: repeatMost[extent] } }, where: 'extent' };
  const concurrency = wholeNumber(draft.concurrency, repeatMost.concurrency);
  if (concurrency === undefined) return { ok: false, problem: { key: 'http.repeat.wrong-concurrency', params: { most: repeatMost.concurrency } }, where: 'concurrency' };
  const typed = draft.perSecond.trim();
  const perSecond = typed === '' ? undefined : numberOf(typed);
  if (perSecond !== undefined && !(perSecond >= 0.1 && perSecond <= repeatMost.perSecond)) {
    return { ok: false, problem: { key: 'http.repeat.wrong-rate', params: { most: repeatMost.perSecond } }, where: 'perSecond' };
  }
  const plan: RepeatPlan = { [extent]: often, concurrency, ...(perSecond === undefined ? {} : { perSecond }) };
  const { requests, seconds } = repeatSize(plan);
  if (requests > repeatMost.requests || seconds > repeatMost.seconds) return { ok: false, problem: { key: 'http.repeat.wrong-size', params: { requests, seconds } }, where: 'perSecond' };
  return { ok: true, plan };
}

/** Only the ways on which a connection stays open; of the API server's and of a program in the pod it would be theirs that is measured. */
export function repeatable(target: HttpTarget): RepeatTarget | undefined {
  return target.via === 'forward' || target.via === 'pod' || target.via === 'service' ? target : undefined;
}

function wholeNumber(text: string, most: number): number | undefined {
  const value = numberOf(text);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
}

const numberOf = (text: string) => (/^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : NaN);
