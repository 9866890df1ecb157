// What is asked for is checked before anything is sent.
import type { RepeatPlan } from '../../../../shared/contract/repeat.ts';
import { needsConfirmation, repeatMost, repeatSize } from '../../../../shared/http/repeat-plan.ts';
import { Failure } from '../../../../shared/contract/failures.ts';

/** @throws Failure REQUEST_INVALID for what is no plan, or exceeds what is ever done; REPEAT_NOT_CONFIRMED for what a person should have been asked about */
export function checkPlan(plan: RepeatPlan, isConfirmed: boolean): void {
  const { requests, seconds, concurrency, perSecond } = plan;
  if ((requests === undefined) === (seconds === undefined)) throw invalid('requests', 'either a number of requests or a time');
  if (requests !== undefined) inBounds('requests', requests, 1, repeatMost.requests, true);
  if (seconds !== undefined) inBounds('seconds', seconds, 1, repeatMost.seconds, true);
  inBounds('concurrency', concurrency, 1, repeatMost.concurrency, true);
  if (perSecond !== undefined) inBounds('perSecond', perSecond, 0.1, repeatMost.perSecond, false);
  const size = repeatSize(plan);
  if (size.requests > repeatMost.requests || size.seconds > repeatMost.seconds) {
    throw invalid('perSecond', `that would be ${size.requests} requests in ${size.seconds} s; at most ${repeatMost.requests} are sent, for at most ${repeatMost.seconds} s`);
  }
  if (needsConfirmation(plan) && !isConfirmed) throw new Failure('REPEAT_NOT_CONFIRMED', size, 'so many are begun only by a person who was asked');
}

/**
 * What undici sends in its own way, or not at all (its lib/core/request.js, processHeader).
 * @throws Failure REQUEST_INVALID
 */
export function checkHeaders(headers: readonly (readonly [string, string])[]): void {
  for (const [name, value] of headers) {
    const isKept = name.toLowerCase() === 'connection' && !/^(?:close|keep-alive)$/i.test(value);
    if (isKept || /^(?:transfer-encoding|keep-alive|upgrade|expect|content-length)$/i.test(name)) throw invalid('headers', `${name}: ${value} cannot be repeated`);
  }
}

function inBounds(field: string, value: number, least: number, most: number, isWhole: boolean): void {
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return;
  throw invalid(field, `${value} is not ${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}`);
}

const invalid = (field: string, words: string) => new Failure('REQUEST_INVALID', { field }, words);
