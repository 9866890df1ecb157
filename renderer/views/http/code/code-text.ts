// The request in the words of a program, to be copied.
import type { shellCurl } from '@scalar/snippetz/plugins/shell/curl';
import type { HttpBody, HttpRequest } from '../../../../shared/contract/http.ts';

type Plugin = typeof shellCurl;

export const languages = ['curl', 'fetch', 'python', 'go'] as const;
export type Language = (typeof languages)[number];

/** Each is fetched when it is first asked for. */
const plugins: Record<Language, () => Promise<Plugin>> = {
  curl: async () => (await import('@scalar/snippetz/plugins/shell/curl')).shellCurl,
  fetch: async () => (await import('@scalar/snippetz/plugins/js/fetch')).jsFetch,
  python: async () => (await import('@scalar/snippetz/plugins/python/requests')).pythonRequests,
  go: async () => (await import('@scalar/snippetz/plugins/go/native')).goNative,
};

/** The body of a file is written for curl alone: the others would each need a program around it. */
export const canWrite = (language: Language, { body }: Pick<HttpRequest, 'body'>): boolean => language === 'curl' || body.kind !== 'file';

/** @param url where a program of this computer reaches it, without the request's path; passwords and tokens are in the text as they are sent */
export async function codeOf(language: Language, request: HttpRequest, url: string): Promise<string> {
  const { method, body, followRedirects, verifyCertificate } = request;
  const headers = [...request.headers, ...authHeader(request)];
  const named = headers.some(([name]) => name.toLowerCase() === 'content-type');
  const type = typeOf(body);
  // A multipart body has a boundary that the program makes itself.
  if (!named && type !== undefined && body.kind !== 'multipart') headers.push(['Content-Type', type]);
  const plugin = await plugins[language]();
  const text = plugin.generate({
    method, url: `${url}${pathOf(request)}`, httpVersion: 'HTTP/1.1', headers: headers.map(([name, value]) => ({ name, value })), cookies: [], queryString: [], headersSize: -1, bodySize: -1,
    ...(type === undefined ? {} : { postData: postDataOf(body, type) }),
  } as Parameters<Plugin['generate']>[0]);
  switch (language) {
    case 'curl': return [text, ...curlOptions(body, followRedirects, verifyCertificate)].join(' \\\n  ');
    case 'python': return `import requests\n\nanswer = ${text.trimEnd()}\nprint(answer.status_code, answer.text)\n`;
    // A multipart body is made above the call.
    case 'fetch': return `${text.replace(/^fetch\(/m, 'const answer = await fetch(')}\nconsole.log(answer.status, await answer.text())\n`;
    case 'go': return text;
  }
}

function curlOptions(body: HttpBody, followRedirects: boolean, verifyCertificate: boolean): string[] {
  const file = body.kind === 'file' ? [`--data-binary '@${body.file.replaceAll("'", `'\\''`)}'`] : [];
  return [...file, ...(followRedirects ? ['--location'] : []), ...(verifyCertificate ? [] : ['--insecure'])];
}

function authHeader({ auth }: HttpRequest): [string, string][] {
  if (auth.kind === 'bearer') return [['Authorization', `Bearer ${auth.token}`]];
  if (auth.kind === 'basic') return [['Authorization', `Basic ${btoa(String.fromCodePoint(...new TextEncoder().encode(`${auth.user}:${auth.password}`)))}`]];
  return auth.kind === 'api-key' && auth.in === 'header' ? [[auth.name, auth.value]] : [];
}

function pathOf({ path, auth }: HttpRequest): string {
  if (auth.kind !== 'api-key' || auth.in !== 'query') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${encodeURIComponent(auth.name)}=${encodeURIComponent(auth.value)}`;
}

function typeOf({ kind }: HttpBody): string | undefined {
  return { none: undefined, file: undefined, json: 'application/json', text: 'text/plain; charset=utf-8', form: 'application/x-www-form-urlencoded', multipart: 'multipart/form-data' }[kind];
}

/** HAR 1.2, postData. */
function postDataOf(body: HttpBody, mimeType: string) {
  if (body.kind === 'form') return { mimeType, params: body.fields.map(([name, value]) => ({ name, value })) };
  if (body.kind === 'multipart') return { mimeType, params: body.parts.map(({ name, value = '', file }) => (file === undefined ? { name, value } : { name, fileName: file })) };
  return { mimeType, text: body.kind === 'json' || body.kind === 'text' ? body.text : '' };
}
