// What a line of curl sends as its body, in the kinds of the form.
import { emptyBody, type BodyDraft } from '../body-draft.ts';
import type { PairRow } from '../pair-rows.ts';
import type { CurlOption } from './curl-options.ts';

export interface CurlBody {
  readonly body: BodyDraft;
  /** What curl would send as its Content-Type where the line names none; undefined where it sends none, or the form adds it. */
  readonly type: string | undefined;
  /** With --get, the body is a query. */
  readonly query: string;
  readonly ignored: readonly string[];
}

const FORM = 'application/x-www-form-urlencoded';
/** Pairs all through, of which none is lost as a table. */
const PAIRS = /^[^\s=&{["][^\s=&]*=[^\s&]*(?:&[^\s=&]+=[^\s&]*)*$/;
const isData = ({ name }: CurlOption): boolean => name === 'json' || name.startsWith('data');

/** @param type the Content-Type that the line names, '' for one that it takes away */
export function curlBody(options: readonly CurlOption[], type: string | undefined): CurlBody {
  const forms = options.filter(({ name }) => name === 'form' || name === 'form-string');
  if (forms.length > 0) {
    const parts = forms.map(partOf);
    return { body: { ...emptyBody, kind: 'multipart', parts: parts.flatMap(({ part }) => (part ? [part] : [])) }, type: undefined, query: '', ignored: parts.flatMap(({ ignored }) => ignored) };
  }
  const upload = options.find(({ name }) => name === 'upload-file');
  if (upload) return { body: { ...emptyBody, kind: 'file', file: upload.value }, type: undefined, query: '', ignored: [] };
  return dataBody(options.filter(isData), options.some(({ name }) => name === 'get'), type);
}

function dataBody(data: readonly CurlOption[], isQuery: boolean, type: string | undefined): CurlBody {
  const isJson = data.some(({ name }) => name === 'json');
  const usual = data.length === 0 || isQuery ? undefined : isJson ? 'application/json' : FORM;
  const [only] = data;
  if (only && data.length === 1 && fileOf(only) !== undefined && only.name !== 'data-urlencode' && !isQuery) {
    return { body: { ...emptyBody, kind: 'file', file: fileOf(only)! }, type: usual, query: '', ignored: [] };
  }
  // What is in a file is not known here, so it cannot stand beside another piece.
  const files = data.filter((each) => fileOf(each) !== undefined);
  const ignored = files.map(({ typed, value }) => `${typed} ${value}`);
  const texts = data.filter((each) => !files.includes(each)).map(({ name, value }) => (name === 'data-urlencode' ? encodedOf(value) : value));
  const text = texts.join(isJson ? '' : '&');
  if (isQuery) return { body: emptyBody, type: undefined, query: text, ignored };
  return { ...textBody(text, type ?? usual ?? '', usual), query: '', ignored };
}

function textBody(text: string, type: string, usual: string | undefined): Pick<CurlBody, 'body' | 'type'> {
  if (text === '') return { body: emptyBody, type: usual };
  if (type.toLowerCase().startsWith(FORM) && PAIRS.test(text)) {
    return { body: { ...emptyBody, kind: 'form', fields: text.split('&').map(pairOf).map(([name, value]) => ({ name, value, isOn: true })) }, type: undefined };
  }
  if (/json/i.test(type) || /^\s*[{[]/.test(text)) return { body: { ...emptyBody, kind: 'json', json: text }, type: usual === FORM ? FORM : undefined };
  return { body: { ...emptyBody, kind: 'text', text }, type: usual };
}

/** curl(1): `@file`; with --data-urlencode also `name@file`. */
function fileOf({ name, value }: CurlOption): string | undefined {
  if (name === 'data-raw') return undefined;
  if (name === 'data-urlencode') return /^[^=@]*@(.*)$/s.exec(value)?.[1];
  return value.startsWith('@') ? value.slice(1) : undefined;
}

/** curl(1), --data-urlencode: `name=content`, `=content` or `content`. */
export function encodedOf(value: string): string {
  const at = value.indexOf('=');
  return at < 0 ? encodeURIComponent(value) : `${value.slice(0, at)}${at === 0 ? '' : '='}${encodeURIComponent(value.slice(at + 1))}`;
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return [decoded(text.slice(0, at).replaceAll('+', ' ')), decoded(text.slice(at + 1).replaceAll('+', ' '))];
}

/** As it is where it is no percent-encoded UTF-8. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** curl(1), -F: `name=@file`, `name=<file` for its text, `name="text"`, each with `;type=…` and the like behind it. */
function partOf({ name: option, value, typed }: CurlOption): { part?: PairRow; ignored: string[] } {
  const at = value.indexOf('=');
  const name = at < 0 ? value : value.slice(0, at);
  const said = at < 0 ? '' : value.slice(at + 1);
  if (option === 'form-string') return { part: { name, value: said, isOn: true, isFile: false }, ignored: [] };
  if (said.startsWith('<')) return { ignored: [`${typed} ${value}`] };
  const isFile = said.startsWith('@');
  const [, inQuotes, bare = '', more = ''] = /^(?:"((?:[^"\\]|\\.)*)"|(.*?))(;\s*(?:type|filename|headers|encoder)=.*)?$/s.exec(isFile ? said.slice(1) : said) ?? [];
  const content = inQuotes === undefined ? bare : inQuotes.replace(/\\(["\\])/g, '$1');
  return { part: { name, value: content, isOn: true, isFile }, ignored: more === '' ? [] : [`${typed} ${name}${more}`] };
}
