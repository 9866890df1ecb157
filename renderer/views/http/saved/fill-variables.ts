// Variables in a request: `{{name}}` in what is typed, and the value in what is sent.
import type { Message } from '../../../../shared/contract/findings.ts';
import { VARIABLE } from '../../../../shared/http/variables.ts';
import { takesBody, type AuthDraft, type BodyDraft } from '../body-draft.ts';
import type { PairRow } from '../pair-rows.ts';
import type { Panel, RequestDraft } from '../request-draft.ts';
import type { Place } from '../targets.ts';

export type Variables = ReadonlyMap<string, string>;
export type Filled =
  | { readonly ok: true; readonly draft: RequestDraft; readonly hasVariables: boolean }
  | { readonly ok: false; readonly problem: Message; readonly where: 'path' | Panel };

/** What a chosen target is called, without being written down anywhere. */
export function builtInVariables(place: Place | undefined): Variables {
  if (!place) return new Map();
  const { context, namespace } = place.kind === 'Forward' ? place.forward : place;
  const { kind, name } = place.kind === 'Forward' ? place.forward.target : place;
  const own = kind === 'Pod' ? [['pod', name] as const] : kind === 'Service' ? [['service', name] as const] : [];
  return new Map([...own, ['namespace', namespace], ['context', context]]);
}

/** The draft with the values. What is not sent, such as a row that is switched off, stays as it is typed, and may name what there is not. */
export function fill(draft: RequestDraft, variables: Variables): Filled {
  let missing: { name: string; where: 'path' | Panel } | undefined;
  let hasVariables = false;
  const filled = (where: 'path' | Panel, text: string, written: (value: string) => string = (value) => value) =>
    text.replaceAll(VARIABLE, (typed, name: string) => {
      const value = variables.get(name);
      if (value === undefined) missing ??= { name, where };
      hasVariables = true;
      return value === undefined ? typed : written(value);
    });
  const rows = (where: Panel, list: readonly PairRow[]) =>
    list.map((row) => (row.isOn && row.name.trim() !== '' && row.isFile !== true ? { ...row, value: filled(where, row.value) } : row));
  const next: RequestDraft = {
    ...draft,
    path: filledPath(draft.path, (text, written) => filled('path', text, written)),
    headers: rows('headers', draft.headers),
    body: takesBody(draft.method) ? filledBody(draft.body, (text) => filled('body', text), (list) => rows('body', list)) : draft.body,
    auth: filledAuth(draft.auth, (text) => filled('auth', text)),
  };
  if (missing) return { ok: false, problem: { key: 'http.variables.unknown', params: { name: missing.name } }, where: missing.where };
  return { ok: true, draft: next, hasVariables };
}

/** A value is one piece of the path, or several with / between them, and one value of the query, whatever letters are in it. */
function filledPath(path: string, filled: (text: string, written: (value: string) => string) => string): string {
  const at = path.includes('?') ? path.indexOf('?') : path.length;
  const inPath = (value: string) => encodeURI(value.toWellFormed()).replaceAll(/[?#]/g, encodeURIComponent);
  return filled(path.slice(0, at), inPath) + filled(path.slice(at), (value) => encodeURIComponent(value.toWellFormed()));
}

function filledBody(body: BodyDraft, filled: (text: string) => string, rows: (list: readonly PairRow[]) => PairRow[]): BodyDraft {
  switch (body.kind) {
    case 'json': return { ...body, json: filled(body.json) };
    case 'text': return { ...body, text: filled(body.text) };
    case 'form': return { ...body, fields: rows(body.fields) };
    case 'multipart': return { ...body, parts: rows(body.parts) };
    case 'none': case 'file': return body;
  }
}

function filledAuth(auth: AuthDraft, filled: (text: string) => string): AuthDraft {
  switch (auth.kind) {
    case 'none': return auth;
    case 'basic': return { ...auth, user: filled(auth.user), password: filled(auth.password) };
    case 'bearer': return { ...auth, token: filled(auth.token) };
    case 'api-key': return { ...auth, name: filled(auth.name), value: filled(auth.value) };
  }
}
