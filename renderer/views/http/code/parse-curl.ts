// A line of curl, as documentation has it and browsers copy it, read into the form. Nothing of it is ever run.
import type { Message } from '../../../../shared/contract/findings.ts';
import { emptyAuth, takesBody, type AuthDraft } from '../body-draft.ts';
import type { PairRow } from '../pair-rows.ts';
import { methods, type RequestDraft } from '../request-draft.ts';
import { readPath } from '../request-path.ts';
import { curlBody, decoded, encodedOf } from './curl-body.ts';
import { curlOptions, type CurlOption } from './curl-options.ts';
import { shellWords } from './shell-words.ts';

export type ReadCurl =
  | {
      readonly ok: true;
      readonly draft: RequestDraft;
      /** The host of its address: the chosen target is asked in its place. */
      readonly host: string;
      /** What of the line was not taken over. */
      readonly ignored: readonly string[];
      /** A shell would have put something in, which stays as it is written. */
      readonly hasExpansion: boolean;
    }
  | { readonly ok: false; readonly problem: Message };

const BODY_OPTION = /^(?:json|data|form|upload-file)/;

export function readCurl(text: string): ReadCurl {
  const split = shellWords(text);
  const line = split && curlOptions(split.words.slice(1));
  if (!line) return { ok: false, problem: { key: 'http.curl.unreadable', params: {} } };
  const { options, addresses: [typed = ''] } = line;
  if (typed === '') return { ok: false, problem: { key: 'http.curl.no-address', params: {} } };
  const has = (name: string) => options.some((each) => each.name === name);
  const last = (name: string) => options.findLast((each) => each.name === name)?.value;

  const named = headersOf(options);
  const { body, type, query, ignored } = curlBody(options, named.type);
  const address = withQuery(uploadedTo(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`, last('upload-file')), [
    ...options.filter(({ name }) => name === 'url-query').map(({ value }) => encodedOf(value)), query,
  ]);
  const read = readPath(address);
  if (!read.ok) return { ok: false, problem: read.problem };
  const { auth, rest } = authOf(named.rows, last('user') ?? userIn(address), last('oauth2-bearer'));
  const asked = (last('request') ?? (has('head') ? 'HEAD' : has('get') ? 'GET' : has('upload-file') ? 'PUT' : options.some(({ name }) => BODY_OPTION.test(name)) ? 'POST' : 'GET')).toUpperCase();
  const method = methods.find((each) => each === asked);
  if (!method) return { ok: false, problem: { key: 'http.curl.method', params: { method: asked } } };

  // A multipart body has a boundary of its own.
  const headers = body.kind === 'multipart' ? rest.filter(({ name }) => name.toLowerCase() !== 'content-type') : [...rest, ...(named.type === undefined ? row('Content-Type', type) : [])];
  const unsent = takesBody(method) || has('get') ? [] : options.filter(({ name }) => BODY_OPTION.test(name)).map((each) => each.typed);
  return {
    ok: true,
    host: read.host ?? '',
    ignored: [...new Set([...line.ignored, ...named.ignored, ...ignored, ...unsent])],
    hasExpansion: split.hasExpansion,
    draft: {
      scheme: read.scheme ?? 'http', method, path: read.path, headers, body, auth, timeout: secondsOf(last('max-time')), followRedirects: has('location'), verifyCertificate: !has('insecure'),
    },
  };
}

/** curl(1), -T: where the address ends with /, the name of the file is added. */
function uploadedTo(address: string, file: string | undefined): string {
  return file !== undefined && /^[^?#]*:\/\/[^?#]*\/$/.test(address) ? `${address}${encodeURIComponent(file.replace(/^.*[/\\]/s, ''))}` : address;
}

function withQuery(address: string, pieces: readonly string[]): string {
  const query = pieces.filter((piece) => piece !== '').join('&');
  const [, before = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(address) ?? [];
  return query === '' ? address : `${before}${before.includes('?') ? '&' : '?'}${query}${fragment}`;
}

/** Who stands before the @ of an address (RFC 3986, 3.2.1), as curl sends it. */
function userIn(address: string): string | undefined {
  const user = /^[^:/?#]+:\/\/([^/?#]*)@/.exec(address)?.[1];
  return user === undefined ? undefined : decoded(user);
}

interface Headers {
  readonly rows: readonly PairRow[];
  /** The Content-Type; '' where it is taken away. */
  readonly type: string | undefined;
  readonly ignored: readonly string[];
}

function headersOf(options: readonly CurlOption[]): Headers {
  const all = (name: string) => options.filter((each) => each.name === name);
  const last = (name: string) => all(name).at(-1)?.value;
  const lines = all('header');
  const fromFile = [...lines.filter(({ value }) => value.startsWith('@')), ...all('cookie').filter(({ value }) => !value.includes('='))];
  const own = lines.flatMap(({ value }) => headerOf(value));
  const isNamed = (name: string) => own.some((each) => each.name.toLowerCase() === name);
  const added = [
    ...row('User-Agent', last('user-agent')), ...row('Referer', last('referer')?.replace(/;auto$/, '')), ...all('cookie').flatMap(({ value }) => (value.includes('=') ? row('Cookie', value) : [])),
    ...row('Accept-Encoding', all('compressed').length > 0 ? 'gzip, deflate, br, zstd' : undefined), ...row('Accept', all('json').length > 0 ? 'application/json' : undefined),
  ];
  const taken = lines.some(({ value }) => /^content-type:\s*$/i.test(value)) ? '' : undefined;
  return {
    // What is named takes the place of what curl would add.
    rows: [...own, ...added.filter(({ name, value }) => value !== '' && (name === 'Cookie' || !isNamed(name.toLowerCase())))],
    type: own.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? taken,
    ignored: fromFile.map(({ typed, value }) => `${typed} ${value}`),
  };
}

/** curl(1), -H: `Name:` takes a header away, `Name;` sends it empty. */
function headerOf(line: string): PairRow[] {
  if (/^[^:]+;$/.test(line)) return row(line.slice(0, -1).trim(), '');
  const at = line.indexOf(':');
  const value = line.slice(at + 1).trim();
  return at > 0 && value !== '' && !line.startsWith('@') ? row(line.slice(0, at).trim(), value) : [];
}

const row = (name: string, value: string | undefined): PairRow[] => (value === undefined ? [] : [{ name, value, isOn: true }]);

/** A header is sent in place of what the options say. */
function authOf(headers: readonly PairRow[], user: string | undefined, token: string | undefined): { auth: AuthDraft; rest: readonly PairRow[] } {
  const header = headers.find(({ name }) => name.toLowerCase() === 'authorization');
  const auth = header ? authIn(header.value) : token === undefined ? basicOf(user) : { ...emptyAuth, kind: 'bearer' as const, token };
  return { auth: auth ?? emptyAuth, rest: auth && header ? headers.filter((each) => each !== header) : headers };
}

/** RFC 6750, 2.1, and RFC 7617, 2; anything else stays a header. */
function authIn(value: string): AuthDraft | undefined {
  const [, scheme = '', text = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(value) ?? [];
  if (/^bearer$/i.test(scheme)) return { ...emptyAuth, kind: 'bearer', token: text };
  try {
    const user = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(text), (each) => each.codePointAt(0)!));
    return scheme !== '' && user.includes(':') ? basicOf(user) : undefined;
  } catch {
    return undefined;
  }
}

function basicOf(user: string | undefined): AuthDraft | undefined {
  if (user === undefined) return undefined;
  const at = user.indexOf(':');
  return { ...emptyAuth, kind: 'basic', user: at < 0 ? user : user.slice(0, at), password: at < 0 ? '' : user.slice(at + 1) };
}

const secondsOf = (value: string | undefined): string => (value !== undefined && /^\d+(\.\d+)?$/.test(value) && Number(value) > 0 ? value : '30');
