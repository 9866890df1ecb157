// The request in the words of a program, to be copied.
import type { jsFetch } from '@scalar/snippetz/plugins/js/fetch';
import type { HttpBody, HttpRequest } from '../../../../shared/contract/http.ts';
import { curlLine } from './curl-line.ts';
import { placeholders, type Placeholders } from './placeholders.ts';

type Plugin = typeof jsFetch;
type Written = Parameters<Plugin['generate']>[0];

export const languages = ['curl', 'fetch', 'python', 'go'] as const;
export type Language = (typeof languages)[number];

/** The body of a file is written for curl alone: the others would each need a program around it. */
export const canWrite = (language: Language, { body }: Pick<HttpRequest, 'body'>): boolean => language === 'curl' || body.kind !== 'file';

/** What a fetch cannot say, by any option of its own: to take a certificate that nobody vouches for, and another Host (Fetch Standard, forbidden request-header). */
export function leftOut(language: Language, { scheme, verifyCertificate, headers }: Pick<HttpRequest, 'scheme' | 'verifyCertificate' | 'headers'>): ('certificate' | 'host')[] {
  if (language !== 'fetch') return [];
  return [...(scheme === 'https' && !verifyCertificate ? ['certificate' as const] : []), ...(headers.some(([name]) => name.toLowerCase() === 'host') ? ['host' as const] : [])];
}

/** @param url where a program of this computer reaches it, without the request's path; passwords and tokens are in the text as they are sent */
export async function codeOf(language: Language, request: HttpRequest, url: string): Promise<string> {
  const { body } = request;
  const address = `${url}${pathOf(request)}`;
  const own = [...request.headers, ...authHeader(request, language)];
  const isNamed = own.some(([name]) => name.toLowerCase() === 'content-type');
  // A multipart body has a boundary that the program makes itself.
  const headers = body.kind === 'multipart' ? own.filter(([name]) => name.toLowerCase() !== 'content-type') : own;
  const type = isNamed || (language === 'curl' && body.kind === 'form') ? undefined : typeOf(body);
  const sent: HttpRequest = { ...request, headers: type === undefined ? headers : [...headers, ['Content-Type', type]] };
  switch (language) {
    case 'curl': return curlLine(sent, address);
    case 'fetch': return fetchText(sent, address);
    case 'python': return pythonText(sent, address);
    case 'go': return goText(sent, address);
  }
}

async function fetchText(request: HttpRequest, url: string): Promise<string> {
  // Only Node reads a file by its path: a page has to be given it.
  const hasFile = request.body.kind === 'multipart' && request.body.parts.some(({ file }) => file !== undefined);
  const plugin: { generate: Plugin['generate'] } = hasFile ? (await import('@scalar/snippetz/plugins/node/fetch')).nodeFetch : (await import('@scalar/snippetz/plugins/js/fetch')).jsFetch;
  const all = placeholders('fetch');
  const text = plugin.generate(harOf({ ...request, headers: joined(request.headers) }, url, all));
  const start = `fetch('${all.first}'`;
  const [before = '', after = ''] = text.split(start);
  const given = [...(request.followRedirects ? [] : ["  redirect: 'manual'"]), after.replace(/^, \{\n|\n\}\)$|^\)$/g, '')].filter((lines) => lines !== '').join(',\n');
  const options = given === '' ? '' : `, {\n${given}\n}`;
  return all.fill(`${before}const answer = await ${start}${options})\nconsole.log(answer.status, await answer.text())\n`);
}

async function pythonText(request: HttpRequest, url: string): Promise<string> {
  const all = placeholders('python');
  const { pythonRequests } = await import('@scalar/snippetz/plugins/python/requests');
  const text = pythonRequests.generate(harOf({ ...request, headers: joined(request.headers) }, url, all, true));
  // requests follows by itself, but for HEAD.
  const follows = request.method !== 'HEAD';
  const options = [...(request.followRedirects === follows ? [] : [`allow_redirects=${follows ? 'False' : 'True'}`]), ...(request.verifyCertificate ? [] : ['verify=False'])];
  const call = options.length === 0 ? text : `${text.replace(/\n?\)$/, '')}${options.map((option) => `,\n    ${option}`).join('')}\n)`;
  return all.fill(`import requests\n\nanswer = ${call}\nprint(answer.status_code, answer.text)\n`);
}

async function goText(request: HttpRequest, url: string): Promise<string> {
  const all = placeholders('go');
  const { goNative } = await import('@scalar/snippetz/plugins/go/native');
  // net/http, Request: Host is a field, and not taken from the headers.
  const isHost = ([name]: readonly [string, string]) => name.toLowerCase() === 'host';
  const text = goNative.generate(harOf({ ...request, headers: request.headers.filter((each) => !isHost(each)) }, url, all));
  const host = request.headers.filter(isHost).map(([, value]) => `\treq.Host = "${all.add(value)}"\n`).join('');
  const isInsecure = request.scheme === 'https' && !request.verifyCertificate;
  const client = [
    ...(isInsecure ? ['\tclient.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}'] : []),
    ...(request.followRedirects ? [] : ['\tclient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }']),
  ];
  return all.fill(
    text
      .replace('\t"fmt"', isInsecure ? '\t"crypto/tls"\n\t"fmt"' : '\t"fmt"')
      // What went wrong is told, not a nil that was used.
      .replace('\tres, _ := http.DefaultClient.Do(req)\n', `${host}\tclient := &http.Client{}\n${client.map((line) => `${line}\n`).join('')}\tres, err := client.Do(req)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n`)
      .replace(/\n*\}$/, '\n}\n'),
  );
}

function authHeader({ auth }: HttpRequest, language: Language): [string, string][] {
  if (auth.kind === 'bearer') return [['Authorization', `Bearer ${auth.token}`]];
  if (auth.kind === 'basic' && language !== 'curl') return [['Authorization', `Basic ${btoa(String.fromCodePoint(...new TextEncoder().encode(`${auth.user}:${auth.password}`)))}`]];
  return auth.kind === 'api-key' && auth.in === 'header' ? [[auth.name, auth.value]] : [];
}

function pathOf({ path, auth }: HttpRequest): string {
  if (auth.kind !== 'api-key' || auth.in !== 'query') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${encodeURIComponent(auth.name)}=${encodeURIComponent(auth.value)}`;
}

function typeOf({ kind }: HttpBody): string | undefined {
  return { none: undefined, file: undefined, multipart: undefined, json: 'application/json', text: 'text/plain; charset=utf-8', form: 'application/x-www-form-urlencoded' }[kind];
}

/** RFC 9110, 5.3, and RFC 6265, 5.4: one header in place of several of a name, which a table of headers cannot hold. */
function joined(headers: HttpRequest['headers']): [string, string][] {
  const byName = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return [...byName].map(([name, same]) => [same[0]![0], same.map(([, value]) => value).join(name === 'cookie' ? '; ' : ', ')]);
}

/** HAR 1.2. The body goes in as plain text, exactly as it is sent: as JSON its large numbers would be changed, as a form the second field of a name lost. */
function harOf({ method, headers, body }: HttpRequest, url: string, all: Placeholders, areValuesTyped = false): Written {
  const har = { method, url: all.add(url), httpVersion: 'HTTP/1.1', headers: headers.map(([name, value]) => ({ name: all.add(name), value: all.addHeader(value) })), cookies: [], queryString: [], headersSize: -1, bodySize: -1 };
  return { ...har, ...postDataOf(body, all, areValuesTyped) } as Written;
}

function postDataOf(body: HttpBody, all: Placeholders, areValuesTyped: boolean) {
  switch (body.kind) {
    case 'none': case 'file': return {};
    case 'json': case 'text': return body.text === '' ? {} : { postData: { mimeType: 'text/plain', text: all.add(body.text) } };
    case 'form': return body.fields.length === 0 ? {} : { postData: { mimeType: 'text/plain', text: all.add(new URLSearchParams(body.fields).toString()) } };
    case 'multipart': {
      const params = body.parts.map(({ name, value = '', file }) => {
        const called = all.add(name);
        if (file !== undefined) return { name: called, fileName: all.addFile(called, file), ...(areValuesTyped ? { contentType: 'application/octet-stream' } : {}) };
        return { name: called, value: all.add(value), ...(areValuesTyped ? { contentType: all.nothing } : {}) };
      });
      return params.length === 0 ? {} : { postData: { mimeType: 'multipart/form-data', params } };
    }
  }
}
