// The request as a line of curl for a POSIX shell, which sends what the tester sends.
import type { HttpBody, HttpRequest } from '../../../../shared/contract/http.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** @param url all of it, with the request's path and query */
export function curlLine({ method, headers, body, auth, followRedirects, verifyCertificate }: HttpRequest, url: string): string {
  return [
    `curl ${quoted(url)}`,
    // curl(1): in an address [] and {} are ranges and sets, and /../ is taken out, unless it is told otherwise.
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    ...(/\/\.{1,2}(?:[/?]|$)/.test(url) ? ['--path-as-is'] : []),
    ...methodOf(method, body),
    ...(auth.kind === 'basic' ? [`--user ${quoted(`${auth.user}:${auth.password}`)}`] : []),
    // curl(1), -H: a header without a value is written with a semicolon.
    ...headers.map(([name, value]) => `--header ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...bodyOf(body, headers.some(([name]) => name.toLowerCase() === 'content-type')),
    ...(followRedirects ? ['--location'] : []),
    ...(verifyCertificate ? [] : ['--insecure']),
  ].join(' \\\n  ');
}

/** With `--request HEAD` curl waits for a body that never comes. */
function methodOf(method: HttpRequest['method'], body: HttpBody): string[] {
  if (method === 'HEAD') return ['--head'];
  const isMultipartOfNothing = body.kind === 'multipart' && body.parts.length === 0;
  return method === (body.kind === 'none' || isMultipartOfNothing ? 'GET' : 'POST') ? [] : [`--request ${method}`];
}

function bodyOf(body: HttpBody, isTypeNamed: boolean): string[] {
  switch (body.kind) {
    case 'none': return [];
    // Not --data, which reads a file where the text begins with @.
    case 'json': case 'text': return [`--data-raw ${quoted(body.text)}`];
    case 'form': return body.fields.length === 0 ? ["--data-raw ''"] : body.fields.map(([name, value]) => `--data-urlencode ${quoted(`${encodeURIComponent(name)}=${value}`)}`);
    case 'multipart': return body.parts.map(({ name, value = '', file }) => (file === undefined ? `--form-string ${quoted(`${name}=${value}`)}` : `--form ${quoted(`${name}=@${fileName(file)};type=application/octet-stream`)}`));
    // curl would call it a form.
    case 'file': return [...(isTypeNamed ? [] : ["--header 'Content-Type:'"]), `--data-binary ${quoted(`@${body.file}`)}`];
  }
}

/** curl(1), -F: a name with a comma or a semicolon stands in quotes. */
const fileName = (file: string): string => (/[,;"\\]/.test(file) ? `"${file.replace(/["\\]/g, '\\$&')}"` : file);
