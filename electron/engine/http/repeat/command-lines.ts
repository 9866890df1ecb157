// The lines that a person could type for a run: curl asks the same address again and again.
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { RepeatPlan, RepeatTarget } from '../../../../shared/contract/repeat.ts';
import { repeatMost, repeatSize } from '../../../../shared/http/repeat-plan.ts';
import { requestLines } from '../command-lines.ts';
import type { PreparedRequest } from '../request-parts.ts';

/**
 * One address for each of the numbers: what follows # is never sent (RFC 9110, 4.2.5), and curl expands `[1-N]` there, too. curl keeps a rate only
 * where it asks one after the other (its manual, --rate), so with a rate the line does that.
 */
export function repeatLines(plan: RepeatPlan, target: RepeatTarget, request: HttpRequest, prepared: PreparedRequest, url: string): string[] {
  const { seconds = 0, concurrency, perSecond } = plan;
  const count = repeatSize(plan).requests;
  const literal = url.replaceAll(/[[\]{}]/g, '\\$&');
  const pace = perSecond === undefined ? ['--parallel', '--parallel-max', String(concurrency)] : ['--rate', rateOf(perSecond)];
  const program = [...(count === 0 ? ['timeout', String(seconds)] : []), 'curl', '--no-progress-meter', ...pace, '-o', '/dev/null', '-w', '%{http_code}\\n'];
  return requestLines(target, { ...request, followRedirects: false }, prepared, `${literal}#[1-${count || repeatMost.requests}]`, program);
}

/** A whole number in a second, else in a minute. */
function rateOf(perSecond: number): string {
  return Number.isInteger(perSecond) ? `${perSecond}/s` : `${Math.round(perSecond * 60)}/m`;
}
