// The lines that a person could type for a request: curl, and what has to stand before it. What is secret is left for them to fill in.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { HttpRequest, HttpTarget } from '../../../shared/contract/http.ts';
import { kubectl, shellLine } from '../activity/shell-line.ts';
import type { PreparedRequest } from './request-parts.ts';

const LINE_BODY = 1000;
/** Where `kubectl proxy` listens unless it is told otherwise. */
const PROXY = 'http://127.0.0.1:8001';

/**
 * @param url where the request goes, for `via: forward` the port of this computer
 * @param program curl, and what it does with the answer
 */
export function requestLines(target: HttpTarget, request: HttpRequest, prepared: PreparedRequest, url: string, program: readonly string[] = ['curl', '-i']): string[] {
  // Before they are quoted: a quote within a secret would be written otherwise, and the rest of it be shown.
  const hidden = (words: readonly string[]) => words.map((word) => masked(word, prepared.secrets));
  const curl = (at: string) => hidden(curlWords(request, prepared, at, program));
  switch (target.via) {
    case 'forward': return [shellLine(...curl(url))];
    case 'pod': return [kubectl(target, 'port-forward', `pod/${target.pod}`, String(target.port)), shellLine(...curl(url))];
    case 'service': return [kubectl(target, 'port-forward', `service/${target.service}`, `8080:${target.port}`), shellLine(...curl(url.replace(/^(\w+:\/\/)[^/]*/, '$1localhost:8080')))];
    case 'api-server': {
      const path = `${proxyPath(target, request.scheme)}${prepared.path}`;
      const isPlain = request.method === 'GET' && prepared.headers.length === 0;
      if (isPlain) return [shellLine('kubectl', '--context', target.context, 'get', '--raw', ...hidden([path]))];
      return [shellLine('kubectl', '--context', target.context, 'proxy'), shellLine(...curl(`${PROXY}${path}`))];
    }
    case 'inside': return [kubectl(target, 'exec', target.pod, ...(target.container ? ['-c', target.container] : []), '--', ...curl(url))];
  }
}

/** https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls */
export function proxyPath({ namespace, kind, name, port }: Extract<HttpTarget, { via: 'api-server' }>, scheme: HttpRequest['scheme']): string {
  return `/api/v1/namespaces/${namespace}/${kind === 'Pod' ? 'pods' : 'services'}/${scheme === 'https' ? 'https:' : ''}${name}:${port}/proxy`;
}

export function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((line, secret) => line.replaceAll(secret, '...'), text);
}

/** A failure's address may have a key in it, and the other side may repeat what it was sent. */
export function maskedFailure({ code, params, cause }: FailureData, secrets: readonly string[]): FailureData {
  const own = Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? masked(value, secrets) : value]);
  return { code, params: Object.fromEntries(own) as FailureData['params'], cause: masked(cause, secrets) };
}

function curlWords({ method, followRedirects, verifyCertificate, scheme, body }: HttpRequest, { headers }: PreparedRequest, url: string, program: readonly string[]): string[] {
  const how = method === 'HEAD' ? ['-I'] : method === 'GET' && body.kind === 'none' ? [] : ['-X', method];
  // curl makes a multipart body itself, with a boundary of its own.
  const own = headers.filter(([name]) => !(body.kind === 'multipart' && name.toLowerCase() === 'content-type'));
  return [
    ...program, ...(followRedirects ? ['-L'] : []), ...(scheme === 'https' && !verifyCertificate ? ['-k'] : []), ...how,
    ...own.flatMap(([name, value]) => ['-H', `${name}: ${Buffer.from(value, 'latin1').toString()}`]), ...bodyWords(body), url,
  ];
}

function bodyWords(body: HttpRequest['body']): string[] {
  switch (body.kind) {
    case 'none': return [];
    case 'json': case 'text': return ['--data-raw', cut(body.text)];
    case 'form': return body.fields.flatMap(([name, value]) => ['--data-urlencode', `${encodeURIComponent(name)}=${cut(value)}`]);
    case 'multipart': return body.parts.flatMap(({ name, value = '', file }) => (file === undefined ? ['--form-string', `${name}=${cut(value)}`] : ['-F', `${name}=@${file}`]));
    case 'file': return ['--data-binary', `@${body.file}`];
  }
}

const cut = (text: string) => (text.length > LINE_BODY ? `${text.slice(0, LINE_BODY)}...` : text);
