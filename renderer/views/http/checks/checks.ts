// What a person expects of the answer, and whether it is so. A check that cannot be made says so, and is never counted as one that holds.
import type { HttpResponse } from '../../../../shared/contract/http.ts';
import type { Message } from '../../../../shared/contract/findings.ts';

export const checkKinds = ['status', 'header', 'json', 'time'] as const;
export const comparisons = { status: ['is'], header: ['is', 'contains', 'exists'], json: ['is', 'contains', 'exists', 'count'], time: ['most'] } as const;
export type Comparison = 'is' | 'contains' | 'exists' | 'count' | 'most';

/** As it is typed. */
export interface Check {
  readonly kind: (typeof checkKinds)[number];
  /** Of a header its name, of JSON the path: RFC 9535 writes `$.items[0].name`. */
  readonly of: string;
  readonly comparison: Comparison;
  /** Of a status also `2xx`; of time milliseconds. */
  readonly value: string;
  readonly isOn: boolean;
}
export const emptyCheck: Check = { kind: 'status', of: '', comparison: 'is', value: '200', isOn: true };

export interface Checked {
  readonly check: Check;
  readonly state: 'holds' | 'fails' | 'unknown';
  /** What was found instead, or why it cannot be checked. */
  readonly found: Message;
}

/** Characters of a found value that are shown. */
const MOST_SHOWN = 200;

/** What a path finds in JSON. @throws Error for a path that cannot be read */
export type FindAll = (path: string, json: unknown) => unknown[];

/** Fetched when the first path is looked for. */
export const loadFinder = async (): Promise<FindAll> => (await import('./json-path.ts')).findAll;

/** Those that are switched on, in their order. */
export function checkAll(checks: readonly Check[], response: HttpResponse, findAll: FindAll): Checked[] {
  return checks.filter(({ isOn }) => isOn).map((check) => ({ check, ...checkOne(check, response, findAll) }));
}

type Result = Omit<Checked, 'check'>;
const judged = (holds: boolean, value: string): Result => ({ state: holds ? 'holds' : 'fails', found: { key: 'http.checks.found', params: { value: value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value } } });
const unknown = (why: string, params: Message['params'] = {}): Result => ({ state: 'unknown', found: { key: `http.checks.unknown.${why}`, params } });

function checkOne(check: Check, response: HttpResponse, findAll: FindAll): Result {
  switch (check.kind) {
    case 'status': return checkStatus(check.value.trim(), response.status);
    case 'time': return checkTime(check.value.trim(), response.milliseconds);
    case 'header': return checkHeader(check, response);
    case 'json': return checkJson(check, response, findAll);
  }
}

function checkStatus(wanted: string, status: number): Result {
  if (!/^[1-5](?:\d\d|xx)$/i.test(wanted)) return unknown('status', { value: wanted });
  return judged(/xx$/i.test(wanted) ? wanted.startsWith(String(Math.floor(status / 100))) : wanted === String(status), String(status));
}

function checkTime(wanted: string, milliseconds: number): Result {
  if (!/^\d+(\.\d+)?$/.test(wanted)) return unknown('time', { value: wanted });
  return judged(milliseconds <= Number(wanted), `${milliseconds} ms`);
}

function checkHeader({ of, comparison, value }: Check, { headers }: HttpResponse): Result {
  const name = of.trim().toLowerCase();
  if (name === '') return unknown('header');
  const found = headers.filter(([each]) => each.toLowerCase() === name).map(([, each]) => each);
  if (found.length === 0) return { state: 'fails', found: { key: 'http.checks.nothing', params: {} } };
  const holds = comparison === 'exists' || found.some((each) => (comparison === 'contains' ? each.includes(value) : each === value));
  return judged(holds, found.join(', '));
}

function checkJson({ of, comparison, value }: Check, response: HttpResponse, findAll: FindAll): Result {
  if (response.truncated || response.incomplete) return unknown('cut');
  const body = jsonOf(response);
  if (body === undefined) return unknown('no-json');
  if (of.trim() === '') return unknown('path', { problem: '' });
  let found: unknown[];
  try {
    found = findAll(of.trim(), body.value);
  } catch (error) {
    return unknown('path', { problem: error instanceof Error ? error.message : String(error) });
  }
  const texts = found.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  if (comparison === 'count') return /^\d+$/.test(value.trim()) ? judged(found.length === Number(value), String(found.length)) : unknown('count', { value });
  if (found.length === 0) return { state: 'fails', found: { key: 'http.checks.nothing', params: {} } };
  const holds = comparison === 'exists' || texts.some((text) => (comparison === 'contains' ? text.includes(value) : text === value));
  return judged(holds, texts.join(', '));
}

/** In an object, since `null` is JSON, too. */
function jsonOf({ body, bodyEncoding }: HttpResponse): { readonly value: unknown } | undefined {
  if (bodyEncoding !== 'text') return undefined;
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return undefined;
  }
}
