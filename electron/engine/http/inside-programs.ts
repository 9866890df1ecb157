// The programs of a container that can ask over HTTP: the command line for a request, and what they print made into an answer as it came. Pure.
import { Failure } from '../../../shared/contract/failures.ts';
import { requestText, type Asked } from './hop.ts';
import { isSecretHeader } from './request-parts.ts';

/** The best first: nc says what is printed into it; wget is busybox's, which knows two methods and hides the body of an error, or GNU's, used the same way. */
export const programs = ['curl', 'bash', 'nc', 'gnu-wget', 'wget'] as const;
export type Program = (typeof programs)[number];

export interface Limits {
  readonly seconds: number;
  readonly verifyCertificate: boolean;
}

/** Linux takes no argument of more than 128 KiB (execve(2), MAX_ARG_STRLEN), and printf's escapes make up to five letters of a byte. */
export const MOST_BODY_BYTES = 64 * 1024;
const MOST_ARGUMENT = 100 * 1024;

export interface Printed {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Prints a line for each that is there. POSIX `command -v` takes one name; busybox's wget does not know --version. */
export const probe = ['sh', '-c', 'for p in curl bash nc wget; do command -v $p >/dev/null 2>&1 && echo $p; done; wget --version 2>/dev/null | while read -r a b c; do test "$a $b" = "GNU Wget" && echo gnu-wget; done; true'];

/** Its name for people. */
export const nameOf = (program: Program): string => (program === 'gnu-wget' ? 'wget' : program);

type Reason = 'https' | 'method' | 'body' | 'secret';

/** Of those, in the order of `programs`, the first that can; or what it is that the best of them cannot. */
export function choose(found: readonly Program[], asked: Asked, body: Buffer | undefined): Program | { readonly program: Program; readonly cannot: Reason } {
  const reasons = found.map((program) => ({ program, cannot: reasonAgainst(program, asked, body) }));
  const fit = reasons.find(({ cannot }) => cannot === undefined);
  if (fit) return fit.program;
  const { program, cannot } = reasons[0]!;
  return { program, cannot: cannot! };
}

function reasonAgainst(program: Program, { method, origin, headers }: Asked, body: Buffer | undefined): Reason | undefined {
  const isText = !body || isPlainText(body);
  const againstWget = () => {
    if (!['GET', 'POST'].includes(method)) return 'method';
    return isText && (body?.length ?? 0) <= MOST_BODY_BYTES && (method === 'POST' || !body) ? undefined : 'body';
  };
  switch (program) {
    case 'curl': return isText && (body?.length ?? 0) <= MOST_BODY_BYTES ? undefined : 'body';
    // Busybox follows redirects by itself, wherever they lead, and takes the headers along.
    case 'wget': return headers.some(([name]) => isSecretHeader(name)) ? 'secret' : againstWget();
    case 'gnu-wget': return againstWget();
    case 'bash': case 'nc': return origin.protocol === 'https:' ? 'https' : escaped(Buffer.concat([Buffer.from('x'.repeat(4096)), body ?? Buffer.alloc(0)])).length > MOST_ARGUMENT ? 'body' : undefined;
  }
}

/** What can be an argument: no NUL (execve(2)), and UTF-8, since it goes to the API server in a URL. */
function isPlainText(bytes: Buffer): boolean {
  return !bytes.includes(0) && Buffer.from(bytes.toString()).equals(bytes);
}

export function commandOf(program: Program, asked: Asked, body: Buffer | undefined, { seconds, verifyCertificate }: Limits): string[] {
  const { origin, path, method } = asked;
  const url = `${origin.origin}${path}`;
  const port = origin.port || (origin.protocol === 'https:' ? '443' : '80');
  const headers = asked.headers.map(([name, value]) => [name, Buffer.from(value, 'latin1').toString()] as const);
  switch (program) {
    case 'curl': return [
      'curl', '-sS', '-i', '--http1.1', '--globoff', '--path-as-is', '--noproxy', '*', '--max-time', String(seconds), ...(verifyCertificate ? [] : ['-k']),
      ...(method === 'HEAD' ? ['-I'] : ['-X', method]),
      // `Name;` is curl's way to send a header without a value.
      ...headers.flatMap(([name, value]) => ['-H', value === '' ? `${name};` : `${name}: ${value}`]),
      ...(body ? ['--data-raw', body.toString()] : []), url,
    ];
    case 'wget': case 'gnu-wget': return [
      // GNU wget sends it up to 20 times where the answer breaks off; busybox takes -t and tries once in any case.
      'wget', '-S', '-O', '-', '-t', '1', '-T', String(seconds), ...(program === 'gnu-wget' ? ['--max-redirect=0', '--content-on-error', '--no-proxy'] : ['-Y', 'off']), ...(verifyCertificate ? [] : ['--no-check-certificate']),
      ...headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]), ...(method === 'POST' ? ['--post-data', body?.toString() ?? ''] : []), url,
    ];
    // Nothing waits for the end of exec's own input, which cannot be told without losing the output (subprotocol v4).
    case 'nc': return ['sh', '-c', 'printf %b "$1" | nc -w "$3" 127.0.0.1 "$2"', 'sh', escaped(requestText(asked, body)), port, String(seconds)];
    case 'bash': return ['bash', '-c', 'exec 3<>"/dev/tcp/127.0.0.1/$2" && printf %b "$1" >&3 && cat <&3', 'bash', escaped(requestText(asked, body)), port];
  }
}

/** For printf's %b: what is no plain letter is \0 and its octal number (POSIX, printf). */
function escaped(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) text += byte > 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`;
  return text;
}

/**
 * The bytes of the answer as they would come over a connection.
 * @throws Failure PORT_REFUSED_IN_POD, REQUEST_TIMED_OUT, CERTIFICATE_REFUSED, TLS_FAILED, RESPONSE_NOT_HTTP, REQUEST_FAILED
 */
export function answerOf(program: Program, printed: Printed, asked: Asked, at: { readonly pod: string; readonly port: number; readonly milliseconds: number }): Buffer {
  const { stdout, stderr, exitCode } = printed;
  const url = `${asked.origin.origin}${asked.path}`;
  const words = stderr.trim().slice(0, 2_000) || `${program} ended with exit code ${exitCode}`;
  if (/connection refused|failed to connect/i.test(stderr) || (program === 'curl' && exitCode === 7)) throw new Failure('PORT_REFUSED_IN_POD', { pod: at.pod, port: at.port }, words);
  if ((program === 'curl' && exitCode === 28 && stdout.length === 0) || /timed out/i.test(stderr)) throw new Failure('REQUEST_TIMED_OUT', { milliseconds: at.milliseconds }, words);
  // curl(1), EXIT CODES.
  if (program === 'curl' && [51, 60].includes(exitCode)) throw new Failure('CERTIFICATE_REFUSED', { host: asked.origin.hostname, problem: words.replace(/^curl: \(\d+\) /, '').split('\n', 1)[0]! }, words);
  if (program === 'curl' && exitCode === 35) throw new Failure('TLS_FAILED', { host: asked.origin.hostname }, words);
  if (program === 'curl' && [1, 8].includes(exitCode)) throw new Failure('RESPONSE_NOT_HTTP', { url }, words);
  if (nameOf(program) === 'wget') return ofWget(stdout, stderr, () => new Failure('REQUEST_FAILED', { url }, words));
  if (stdout.length === 0) throw new Failure('REQUEST_FAILED', { url }, words);
  return program === 'curl' ? ofCurl(stdout, exitCode === 0) : stdout;
}

/**
 * curl has undone chunks, and says in the headers that there are some.
 * @param isWhole else the last chunk never came, by which the reader knows (RFC 9112, 7.1)
 */
function ofCurl(stdout: Buffer, isWhole: boolean): Buffer {
  let from = 0;
  for (;;) {
    const end = stdout.indexOf('\r\n\r\n', from);
    if (end < 0) return stdout;
    const head = stdout.subarray(from, end).toString('latin1');
    if (/^HTTP\/[\d.]+ 1\d\d/.test(head) && !/^HTTP\/[\d.]+ 101/.test(head)) {
      from = end + 4;
      continue;
    }
    if (!/^transfer-encoding:.*chunked/im.test(head)) return stdout;
    const body = stdout.subarray(end + 4);
    const chunk = body.length === 0 ? [] : [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')];
    return Buffer.concat([stdout.subarray(0, end + 4), ...chunk, Buffer.from(isWhole ? '0\r\n\r\n' : '')]);
  }
}

/** Headers are on stderr, with blanks before them; of an error busybox tells the first line alone. */
function ofWget(stdout: Buffer, stderr: string, failure: () => Failure): Buffer {
  const lines = stderr.split('\n').map((line) => line.trim());
  const first = lines.findLastIndex((line) => /^HTTP\/[\d.]+ \d{3}/.test(line));
  const error = /server returned error: (HTTP\/[\d.]+ \d{3}.*)/.exec(stderr)?.[1];
  if (first < 0 && error === undefined) throw failure();
  const headers = lines.slice(first + 1).filter((line) => /^[!#$%&'*+\-.^_`|~\w]+:(?: |$)/.test(line) && !line.startsWith('wget:') && !/^(?:content-length|transfer-encoding):/i.test(line));
  return Buffer.concat([Buffer.from(`${[error?.trim() ?? lines[first]!, ...(first < 0 ? [] : headers), `Content-Length: ${stdout.length}`].join('\r\n')}\r\n\r\n`), stdout]);
}
