// The request as it is typed, and as it is sent: or what keeps it from being sent, in words, and where that stands.
import type { Message } from '../../../shared/contract/findings.ts';
import type { HttpMethod, HttpRequest } from '../../../shared/contract/http.ts';
import { authDraftOf, authOf, authProblem, bodyDraftOf, bodyOf, bodyProblem, takesBody, type AuthDraft, type BodyDraft } from './body-draft.ts';
import { headerProblem, pairsOf, type PairRow } from './pair-rows.ts';
import { readPath } from './request-path.ts';

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const satisfies readonly HttpMethod[];
/** The safe methods (RFC 9110, 9.2.1): all others may change something in the pod. */
export const mayChange = (method: HttpMethod): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);

/** What can be unfolded under the first lines of the request. */
export const panels = ['query', 'headers', 'body', 'auth', 'options', 'checks', 'code'] as const;
export type Panel = (typeof panels)[number];

/** What a request is for besides being sent once. */
export const tools = ['repeat', 'live', 'history', 'saved'] as const;
export type Tool = (typeof tools)[number];

export interface RequestDraft {
  readonly scheme: 'http' | 'https';
  readonly method: HttpMethod;
  readonly path: string;
  readonly headers: readonly PairRow[];
  readonly body: BodyDraft;
  readonly auth: AuthDraft;
  /** In seconds, as it is typed. */
  readonly timeout: string;
  readonly followRedirects: boolean;
  readonly verifyCertificate: boolean;
}
export type ReadRequest =
  | { readonly ok: true; readonly request: HttpRequest }
  | { readonly ok: false; readonly problem: Message; readonly where: 'path' | Panel };

const MOST_SECONDS = 600;
const USUAL_SECONDS = 30;

/** What is sent of a draft. */
export function readRequest(draft: RequestDraft): ReadRequest {
  const path = readPath(draft.path);
  if (!path.ok) return { ok: false, problem: path.problem, where: 'path' };
  const header = draft.headers.map(headerProblem).find((problem) => problem !== undefined);
  if (header) return { ok: false, problem: header, where: 'headers' };
  const body = takesBody(draft.method) ? bodyProblem(draft.body) : undefined;
  if (body) return { ok: false, problem: body, where: 'body' };
  const auth = authProblem(draft.auth);
  if (auth) return { ok: false, problem: auth, where: 'auth' };
  const seconds = readSeconds(draft.timeout);
  if (seconds === undefined) return { ok: false, problem: { key: 'http.options.timeout-wrong', params: { most: MOST_SECONDS } }, where: 'options' };
  return {
    ok: true,
    request: {
      scheme: path.scheme ?? draft.scheme,
      method: draft.method,
      path: path.path,
      headers: pairsOf(draft.headers),
      body: takesBody(draft.method) ? bodyOf(draft.body) : { kind: 'none' },
      auth: authOf(draft.auth),
      timeoutMilliseconds: Math.round(seconds * 1000),
      followRedirects: draft.followRedirects,
      verifyCertificate: draft.verifyCertificate,
    },
  };
}

/** A draft with its variables, as it is kept: whether it could be sent is another matter. */
export function typedOf(draft: RequestDraft): HttpRequest {
  const { scheme, method, path, headers, body, auth, timeout, followRedirects, verifyCertificate } = draft;
  return {
    scheme, method, path: path.trim(), headers: pairsOf(headers), body: takesBody(method) ? bodyOf(body) : { kind: 'none' }, auth: authOf(auth),
    timeoutMilliseconds: Math.round((readSeconds(timeout) ?? USUAL_SECONDS) * 1000), followRedirects, verifyCertificate,
  };
}

/** What has to be typed for a request: `readRequest` backwards. */
export function draftOf({ scheme, method, path, headers, body, auth, timeoutMilliseconds, followRedirects, verifyCertificate }: HttpRequest): RequestDraft {
  const rows = headers.map(([name, value]) => ({ name, value, isOn: true }));
  return { scheme, method, path, headers: rows, body: bodyDraftOf(body), auth: authDraftOf(auth), timeout: String(timeoutMilliseconds / 1000), followRedirects, verifyCertificate };
}

function readSeconds(text: string): number | undefined {
  const seconds = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : 0;
  return seconds >= 0.001 && seconds <= MOST_SECONDS ? seconds : undefined;
}
