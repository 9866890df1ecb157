// A line of curl, as documentation has it and browsers copy it, read into the form. Nothing of it is ever run.
import { parse } from 'shell-quote';
import type { Message } from '../../../../shared/contract/findings.ts';
import type { HttpMethod } from '../../../../shared/contract/http.ts';
import { emptyAuth, emptyBody, type AuthDraft, type BodyDraft } from '../body-draft.ts';
import type { PairRow } from '../pair-rows.ts';
import { methods, type RequestDraft } from '../request-draft.ts';
import { readPath } from '../request-path.ts';

export type ReadCurl =
  | {
      readonly ok: true;
      readonly draft: RequestDraft;
      /** The host of its address: the chosen target is asked in its place. */
      readonly host: string;
      /** Options that were not taken over. */
      readonly ignored: readonly string[];
    }
  | { readonly ok: false; readonly problem: Message };

/** curl(1): options with a value that mean something here, by their long names. */
const withValue: Readonly<Record<string, string>> = {
  '-X': 'request', '-H': 'header', '-d': 'data', '-F': 'form', '-u': 'user', '-A': 'user-agent', '-e': 'referer', '-b': 'cookie', '-m': 'max-time', '-T': 'upload-file',
};
const withoutValue: Readonly<Record<string, string>> = { '-G': 'get', '-I': 'head', '-k': 'insecure', '-L': 'location' };
const known = new Set([...Object.values(withValue), ...Object.values(withoutValue), 'data-raw', 'data-binary', 'data-ascii', 'data-urlencode', 'json', 'form-string', 'url', 'compressed']);
/** Short options with a value that say nothing about the request. */
const SKIPPED_WITH_VALUE = /^-[oxcEKrwYyzCDPQt]$/;
const LONG_WITH_VALUE = new Set(['output', 'proxy', 'cookie-jar', 'cert', 'key', 'cacert', 'config', 'range', 'write-out', 'connect-timeout', 'retry', 'retry-delay', 'resolve', 'interface', 'limit-rate', 'max-redirs', 'user-agent', 'connect-to', 'noproxy', 'proxy-user', 'dns-servers', 'tls-max', 'ciphers', 'dump-header', 'unix-socket']);
/** They only say how curl itself tells of it. */
const SILENT = new Set(['-s', '-S', '-sS', '-i', '-v', '-f', '-N', '-#', '--silent', '--show-error', '--include', '--verbose', '--fail', '--no-buffer', '--globoff', '-g', '--path-as-is', '--http1.1', '--no-progress-meter', '--progress-bar']);

interface Said {
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly url: string;
  readonly ignored: readonly string[];
}

export function readCurl(text: string): ReadCurl {
  const words = wordsOf(text);
  const said = words && saidBy(words.slice(1));
  if (!said) return { ok: false, problem: { key: 'http.curl.unreadable', params: {} } };
  if (said.url === '') return { ok: false, problem: { key: 'http.curl.no-address', params: {} } };
  const all = (name: string) => said.options.filter(([each]) => each === name).map(([, value]) => value);
  const last = (name: string) => all(name).at(-1);
  const has = (name: string) => all(name).length > 0;

  const isQuery = has('get');
  const data = dataOf(said.options);
  const headers = [...all('header').flatMap(headerOf), ...named('User-Agent', last('user-agent')), ...named('Referer', last('referer')), ...cookies(all('cookie')), ...(has('compressed') ? named('Accept-Encoding', 'gzip, deflate, br, zstd') : [])];
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(said.url) ? said.url : `http://${said.url}`;
  const read = readPath(isQuery && data.text !== '' ? `${address}${address.includes('?') ? '&' : '?'}${data.text}` : address);
  if (!read.ok) return { ok: false, problem: read.problem };
  const { auth, rest } = authOf(headers, last('user'));
  const body = isQuery ? emptyBody : bodyOf(rest, data, all('form'), all('form-string'));
  const asked = (last('request') ?? (has('head') ? 'HEAD' : body.kind === 'none' ? 'GET' : 'POST')).toUpperCase();
  const method = methods.find((each) => each === asked);
  if (!method) return { ok: false, problem: { key: 'http.curl.method', params: { method: asked } } };
  return {
    ok: true,
    host: read.host ?? '',
    ignored: said.ignored,
    draft: {
      scheme: read.scheme ?? 'http', method: method satisfies HttpMethod, path: read.path, headers: withJson(rest, has('json')), body, auth, timeout: secondsOf(last('max-time')),
      followRedirects: has('location'), verifyCertificate: !has('insecure'),
    },
  };
}

/** As a POSIX shell splits it; what a shell would put in (a variable, a command) stays as it is written. Undefined where it is not one plain command. */
function wordsOf(text: string): string[] | undefined {
  // cmd.exe, as browsers copy for it: ^ before what is special, and at the end of a line.
  const posix = /\^\r?\n|\^"/.test(text) ? text.replace(/\^\r?\n/g, ' ').replace(/\^(.)/g, '$1') : text;
  const line = posix.trim().replace(/^\$ /, '').replace(/\\\r?\n/g, ' ').replace(/\$'((?:[^'\\]|\\.)*)'/gs, (_, inner: string) => `'${ansi(inner).replaceAll("'", `'\\''`)}'`);
  const words: string[] = [];
  for (const token of parse(line, (name) => `$${name}`)) {
    if (typeof token === 'string') words.push(token);
    else if ('op' in token && token.op === 'glob') words.push(token.pattern);
    else if ('op' in token && token.op === '|') break; // what is done with the answer
    else if (!('comment' in token)) return undefined;
  }
  return words;
}

/** Bash, 3.1.2.4: the escapes that browsers use. */
function ansi(text: string): string {
  const plain: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0' };
  return text.replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gis, (_, long?: string, short?: string, one = '') => {
    const code = long ?? short;
    return code === undefined ? (plain[one as string] ?? (one as string)) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}

function saidBy(words: readonly string[]): Said | undefined {
  const options: [string, string][] = [];
  const ignored: string[] = [];
  let url = '';
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const next = (): string | undefined => words[(at += 1)];
    if (!word.startsWith('-') || word === '-') {
      url ||= word;
      continue;
    }
    if (SILENT.has(word)) continue;
    const [name, attached] = word.startsWith('--') ? split(word.slice(2)) : shortOf(word);
    const takes = !Object.values(withoutValue).includes(name) && name !== 'compressed';
    if (name === 'url') url ||= attached ?? next() ?? '';
    else if (known.has(name)) {
      const value = takes ? (attached ?? next()) : '';
      if (value === undefined) return undefined;
      options.push([name, value]);
    } else {
      ignored.push(word);
      if (attached === undefined && (SKIPPED_WITH_VALUE.test(word) || LONG_WITH_VALUE.has(name))) next();
    }
  }
  return { options, url, ignored };
}

const split = (word: string): [string, string | undefined] => (word.includes('=') ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word, undefined]);

/** `-XPOST` has its value attached. */
function shortOf(word: string): [string, string | undefined] {
  const letter = word.slice(0, 2);
  const name = withValue[letter] ?? withoutValue[letter];
  if (name === undefined) return [word, undefined];
  return [name, withValue[letter] !== undefined && word.length > 2 ? word.slice(2) : undefined];
}

interface Data {
  readonly text: string;
  /** The only part, where that is all of a file. */
  readonly file?: string;
  readonly fields?: readonly (readonly [string, string])[];
}

function dataOf(options: Said['options']): Data {
  const parts = options.filter(([name]) => name.startsWith('data') || name === 'json' || name === 'upload-file');
  const [only] = parts;
  if (only && parts.length === 1 && only[0] === 'upload-file') return { text: '', file: only[1] };
  if (only && parts.length === 1 && only[0] !== 'data-raw' && only[0] !== 'data-urlencode' && only[1].startsWith('@')) return { text: '', file: only[1].slice(1) };
  const isForm = parts.length > 0 && parts.every(([name]) => name === 'data-urlencode');
  const texts = parts.map(([name, value]) => (name === 'data-urlencode' ? encodedOf(value) : value));
  return { text: texts.join('&'), ...(isForm ? { fields: texts.map(pairOf) } : {}) };
}

/** curl(1), --data-urlencode: `name=content`, `=content` or `content`. */
function encodedOf(value: string): string {
  const at = value.indexOf('=');
  return at < 0 ? encodeURIComponent(value) : `${value.slice(0, at)}${at === 0 ? '' : '='}${encodeURIComponent(value.slice(at + 1))}`;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};
function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [decoded(text), ''] : [decoded(text.slice(0, at)), decoded(text.slice(at + 1))];
}

/** curl(1), -H: `Name:` takes a header away, `Name;` sends it empty. */
function headerOf(line: string): PairRow[] {
  if (/^[^:]+;$/.test(line)) return [{ name: line.slice(0, -1).trim(), value: '', isOn: true }];
  const at = line.indexOf(':');
  const value = line.slice(at + 1).trim();
  return at > 0 && value !== '' ? [{ name: line.slice(0, at).trim(), value, isOn: true }] : [];
}

const named = (name: string, value: string | undefined): PairRow[] => (value === undefined ? [] : [{ name, value, isOn: true }]);
/** A name of a file is none: what is in it is not known here. */
const cookies = (values: readonly string[]): PairRow[] => values.filter((value) => value.includes('=')).flatMap((value) => named('Cookie', value));

function authOf(headers: readonly PairRow[], user: string | undefined): { auth: AuthDraft; rest: PairRow[] } {
  if (user !== undefined) {
    const at = user.indexOf(':');
    return { auth: { ...emptyAuth, kind: 'basic', user: at < 0 ? user : user.slice(0, at), password: at < 0 ? '' : user.slice(at + 1) }, rest: [...headers] };
  }
  const found = headers.find(({ name, value }) => name.toLowerCase() === 'authorization' && /^Bearer \S+$/i.test(value));
  if (!found) return { auth: emptyAuth, rest: [...headers] };
  return { auth: { ...emptyAuth, kind: 'bearer', token: found.value.slice('Bearer '.length) }, rest: headers.filter((row) => row !== found) };
}

function bodyOf(headers: readonly PairRow[], { text, file, fields }: Data, forms: readonly string[], strings: readonly string[]): BodyDraft {
  const type = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  if (forms.length + strings.length > 0) {
    const parts = [...forms.map((form) => partOf(form, true)), ...strings.map((form) => partOf(form, false))];
    return { ...emptyBody, kind: 'multipart', parts };
  }
  if (file !== undefined) return { ...emptyBody, kind: 'file', file };
  if (text === '' && !fields) return emptyBody;
  if (fields || (/x-www-form-urlencoded/i.test(type) || (type === '' && /^[^\s=&{["]+=[^\s{["]*$/.test(text)))) {
    return { ...emptyBody, kind: 'form', fields: (fields ?? text.split('&').map(pairOf)).map(([name, value]) => ({ name, value, isOn: true })) };
  }
  if (/json/i.test(type) || /^\s*[{[]/.test(text)) return { ...emptyBody, kind: 'json', json: text };
  return { ...emptyBody, kind: 'text', text };
}

/** `name=@file;type=…` is a file, `name=<file` its text: that one is not read here. */
function partOf(form: string, mayBeFile: boolean): PairRow {
  const [name, value = ''] = split(form);
  const isFile = mayBeFile && value.startsWith('@');
  return { name, value: isFile ? value.slice(1).replace(/;.*$/, '') : value, isOn: true, isFile };
}

/** curl(1), --json sets both. */
function withJson(rows: readonly PairRow[], isJson: boolean): PairRow[] {
  const lacks = (name: string) => isJson && !rows.some((row) => row.name.toLowerCase() === name);
  return [...rows, ...(lacks('accept') ? named('Accept', 'application/json') : [])];
}

const secondsOf = (value: string | undefined): string => (value !== undefined && /^\d+(\.\d+)?$/.test(value) && Number(value) > 0 ? value : '30');
