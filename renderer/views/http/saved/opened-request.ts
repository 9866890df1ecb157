// What a saved request brings into the form: a person may have written the file by hand.
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import { checkKinds, comparisons, type Check } from '../checks/checks.ts';

/** The checks that the form knows, and those that it does not: they are kept for the file. */
export function readChecks(written: readonly unknown[]): { readonly checks: readonly Check[]; readonly others: readonly unknown[] } {
  const read = written.map((each) => checkOf(each) ?? { other: each });
  return {
    checks: read.flatMap((each) => ('other' in each ? [] : [each])),
    others: read.flatMap((each) => ('other' in each ? [each.other] : [])),
  };
}

function checkOf(written: unknown): Check | undefined {
  if (typeof written !== 'object' || written === null) return undefined;
  const { kind: said, of = '', comparison: how, value = '', isOn = true } = written as Record<string, unknown>;
  const kind = checkKinds.find((each) => each === said);
  if (!kind || !isText(of) || !isText(value) || typeof isOn !== 'boolean') return undefined;
  const allowed: readonly Check['comparison'][] = comparisons[kind];
  const comparison = how === undefined ? allowed[0] : allowed.find((each) => each === how);
  return comparison && { kind, of: String(of), comparison, value: String(value), isOn };
}

/** `value: 200` is a number in YAML. */
const isText = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** Whether something secret has to be typed before it is sent: in its place is nothing. */
export function missesSecret({ auth, headers }: Pick<HttpRequest, 'auth' | 'headers'>): boolean {
  const secret = { none: '-', basic: 'password', bearer: 'token', 'api-key': 'value' }[auth.kind];
  const isAuthEmpty = Object.entries(auth).some(([name, value]) => name === secret && value === '');
  return isAuthEmpty || headers.some(([name, value]) => value === '' && /^(?:authorization|proxy-authorization|cookie|x-api-key)$/i.test(name));
}
