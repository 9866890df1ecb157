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

/** Those that are switched on, in their order. The body is read once, and only where a check needs it. */
export function checkAll(checks: readonly Check[], response: HttpResponse, findAll: FindAll): Checked[] {
  let read: { readonly json: Json | undefined } | undefined;
  const body = () => (read ??= { json: jsonOf(response) }).json;
  return checks.filter(({ isOn }) => isOn).map((check) => ({ check, ...checkOne(check, response, body, findAll) }));
}

/** In an object, since `null` is JSON, too. */
interface Json {
  readonly value: unknown;
}
type Result = Omit<Checked, 'check'>;
const judged = (holds: boolean, value: string): Result => ({ state: holds ? 'holds' : 'fails', found: { key: 'http.checks.found', params: { value: value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value } } });
const unknown = (why: string, params: Message['params'] = {}): Result => ({ state: 'unknown', found: { key: `http.checks.unknown.${why}`, params } });

function checkOne(check: Check, response: HttpResponse, body: () => Json | undefined, findAll: FindAll): Result {
  switch (check.kind) {
    case 'status': return checkStatus(check.value.trim(), response.status);
    case 'time': return checkTime(check.value.trim(), response.milliseconds);
    case 'header': return checkHeader(check, response);
    case 'json': return checkJson(check, response, body, findAll);
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

function checkJson({ of, comparison, value }: Check, response: HttpResponse, read: () => Json | undefined, findAll: FindAll): Result {
  const path = of.trim();
  if (response.truncated || response.incomplete) return unknown('cut');
  const body = read();
  if (body === undefined) return unknown('no-json');
  if (path === '') return unknown('path', { problem: '' });
  // jsonpath-plus would have to run it.
  if (/\[\s*[?(]/.test(path)) return unknown('filter');
  try {
    return judgeFound(findAll(path, body.value), comparison, value);
  } catch (error) {
    // One that is nested too deep to be looked through is not the path's mistake.
    return error instanceof RangeError ? unknown('deep') : unknown('path', { problem: error instanceof Error ? error.message : String(error) });
  }
}

function judgeFound(found: readonly unknown[], comparison: Comparison, wanted: string): Result {
  if (comparison === 'count') return /^\d+$/.test(wanted.trim()) ? judged(found.length === Number(wanted), String(found.length)) : unknown('count', { value: wanted });
  if (found.length === 0) return { state: 'fails', found: { key: 'http.checks.nothing', params: {} } };
  const compact = compactOf(wanted);
  const isSame = (each: unknown) => textOf(each) === wanted || (compact !== undefined && textOf(each) === compact);
  const holds = comparison === 'exists' || found.some((each) => (comparison === 'contains' ? textOf(each).includes(wanted) : isSame(each)));
  return judged(holds, shownOf(found));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** No more of them than are shown: together they may be many times the body. */
function shownOf(found: readonly unknown[]): string {
  let shown = '';
  for (const [at, each] of found.entries()) {
    if (shown.length > MOST_SHOWN) break;
    shown += `${at === 0 ? '' : ', '}${textOf(each)}`;
  }
  return shown;
}

/** An array or object as it is found, whatever blanks it is typed with. */
function compactOf(text: string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function jsonOf({ body, bodyEncoding }: HttpResponse): Json | undefined {
  if (bodyEncoding !== 'text') return undefined;
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return undefined;
  }
}
