// The body and the authorization as they are typed: what of every kind was typed stays while another kind is chosen.
import type { Message } from '../../../shared/contract/findings.ts';
import type { HttpAuth, HttpBody, HttpMethod } from '../../../shared/contract/http.ts';
import { headerProblem, pairsOf, type PairRow } from './pair-rows.ts';

export const bodyKinds = ['none', 'json', 'text', 'form', 'multipart', 'file'] as const satisfies readonly HttpBody['kind'][];
export const authKinds = ['none', 'basic', 'bearer', 'api-key'] as const satisfies readonly HttpAuth['kind'][];

export interface BodyDraft {
  readonly kind: HttpBody['kind'];
  readonly json: string;
  readonly text: string;
  readonly fields: readonly PairRow[];
  readonly parts: readonly PairRow[];
  readonly file: string;
}
export const emptyBody: BodyDraft = { kind: 'none', json: '', text: '', fields: [], parts: [], file: '' };

export interface AuthDraft {
  readonly kind: HttpAuth['kind'];
  readonly user: string;
  readonly password: string;
  readonly token: string;
  readonly name: string;
  readonly value: string;
  readonly in: 'header' | 'query';
}
export const emptyAuth: AuthDraft = { kind: 'none', user: '', password: '', token: '', name: 'X-API-Key', value: '', in: 'header' };

/** A body of a GET or HEAD has no meaning (RFC 9110, 9.3.1 and 9.3.2), and servers may refuse it: none is sent. */
export const takesBody = (method: HttpMethod): boolean => method !== 'GET' && method !== 'HEAD';

/** The body as it is sent. */
export function bodyOf({ kind, json, text, fields, parts, file }: BodyDraft): HttpBody {
  if (kind === 'json') return { kind, text: json };
  if (kind === 'text') return { kind, text };
  if (kind === 'form') return { kind, fields: pairsOf(fields) };
  if (kind === 'multipart') {
    const sent = parts.filter(({ isOn, name }) => isOn && name.trim() !== '');
    return { kind, parts: sent.map(({ name, value, isFile }) => (isFile ? { name: name.trim(), file: value.trim() } : { name: name.trim(), value })) };
  }
  return kind === 'file' ? { kind, file: file.trim() } : { kind };
}

/** What has to be typed for a body: `bodyOf` backwards. */
export function bodyDraftOf(body: HttpBody): BodyDraft {
  const { kind } = body;
  if (kind === 'json') return { ...emptyBody, kind, json: body.text };
  if (kind === 'text') return { ...emptyBody, kind, text: body.text };
  if (kind === 'form') return { ...emptyBody, kind, fields: body.fields.map(([name, value]) => ({ name, value, isOn: true })) };
  if (kind === 'multipart') {
    return { ...emptyBody, kind, parts: body.parts.map(({ name, value = '', file }) => ({ name, value: file ?? value, isOn: true, isFile: file !== undefined })) };
  }
  return kind === 'file' ? { ...emptyBody, kind, file: body.file } : emptyBody;
}

/** What keeps a body from being sent. Broken JSON does not: to send it may be the very test. */
export function bodyProblem({ kind, parts, file }: BodyDraft): Message | undefined {
  if (kind === 'file') return fileProblem(file);
  if (kind !== 'multipart') return undefined;
  return parts.filter(({ isOn, isFile, name }) => isOn && isFile && name.trim() !== '').map(({ value }) => fileProblem(value)).find((problem) => problem !== undefined);
}

/** The engine takes an absolute path only: it has no folder that a person could know of. */
function fileProblem(path: string): Message | undefined {
  if (path.trim() === '') return { key: 'http.body.file.missing', params: {} };
  return /^(\/|[a-z]:[\\/]|\\\\)/i.test(path.trim()) ? undefined : { key: 'http.body.file.relative', params: { file: path.trim() } };
}

/** The authorization as it is sent. */
export function authOf({ kind, user, password, token, name, value, in: place }: AuthDraft): HttpAuth {
  if (kind === 'basic') return { kind, user, password };
  if (kind === 'bearer') return { kind, token: token.trim() };
  return kind === 'api-key' ? { kind, name: name.trim(), value, in: place } : { kind };
}

/** What keeps the authorization from being sent. The colon ends the user's name (RFC 7617, 2). */
export function authProblem({ kind, user, token, name, value, in: place }: AuthDraft): Message | undefined {
  if (kind === 'basic' && user.includes(':')) return { key: 'http.auth.user-wrong', params: {} };
  if (kind === 'bearer' && token.trim() === '') return { key: 'http.auth.token-missing', params: {} };
  if (kind === 'bearer' && /[^\x21-\x7e]/.test(token.trim())) return { key: 'http.auth.token-wrong', params: {} };
  if (kind !== 'api-key') return undefined;
  if (name.trim() === '') return { key: 'http.auth.name-missing', params: {} };
  return place === 'header' ? headerProblem({ name, value, isOn: true }) : undefined;
}

/** What has to be typed for an authorization: `authOf` backwards. */
export function authDraftOf(auth: HttpAuth): AuthDraft {
  return { ...emptyAuth, ...auth };
}
