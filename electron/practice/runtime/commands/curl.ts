// curl, as far as people use it to see whether a pod answers; its messages and exit codes are the real ones' (curl 8, curl(1)).
import { normal } from '../files.ts';
import { BrokenPipe } from '../pipe.ts';
import type { Program, ProgramContext } from '../program.ts';
import { type HttpAnswer, portOf, readUrl, send } from './http-client.ts';

interface Options {
  readonly flags: Set<string>;
  readonly headers: Record<string, string>;
  readonly data: string[];
  readonly urls: string[];
  method: string | undefined;
  output: string | undefined;
  writeOut: string | undefined;
  /** Seconds. */
  limit: number | undefined;
}

/** Exit codes of curl(1). */
const exit = { badUrl: 3, protocol: 1, resolve: 6, connect: 7, http: 22, write: 23, timeout: 28, options: 2, redirects: 47, empty: 52, receive: 56 };

class CurlError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const curl: Program = async (context) => {
  let options: Options;
  try {
    options = readOptions(context.argv.slice(1));
  } catch (error) {
    await context.stderr.write(`curl: ${(error as Error).message}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`);
    return exit.options;
  }
  if (options.flags.has('V')) {
    await context.stdout.write('curl 8.9.1 (practice) libcurl/8.9.1\nProtocols: http\n');
    return 0;
  }
  if (options.urls.length === 0) {
    await context.stderr.write("curl: (2) no URL specified\n");
    return exit.options;
  }
  let status = 0;
  for (const url of options.urls) status = await transfer(context, options, url);
  return status;
};

async function transfer(context: ProgramContext, options: Options, text: string): Promise<number> {
  const started = context.clock.elapsed();
  let answer: HttpAnswer | undefined;
  let cancel: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    if (options.limit === undefined) return;
    cancel = context.clock.after(options.limit * 1000, () => {
      const waited = Math.round(context.clock.elapsed() - started);
      reject(new CurlError(exit.timeout, `Operation timed out after ${String(waited)} milliseconds with 0 bytes received`));
    });
  });
  late.catch(() => {});
  const facts: Record<string, string> = { http_code: '000', size_download: '0', url_effective: text };
  try {
    answer = await Promise.race([ask(context, options, text, facts), late]);
    await Promise.race([receive(context, options, answer, facts), late]);
  } catch (error) {
    if (error instanceof BrokenPipe) throw error;
    context.signal.throwIfAborted();
    const failure = error instanceof CurlError ? error : new CurlError(exit.receive, (error as Error).message);
    const quiet = options.flags.has('s') && !options.flags.has('S');
    if (!quiet) await context.stderr.write(`curl: (${String(failure.code)}) ${failure.message}\n`);
    await writeOut(context, options, facts, started);
    return failure.code;
  } finally {
    cancel?.();
    answer?.socket.destroy();
  }
  await writeOut(context, options, facts, started);
  return 0;
}

async function writeOut(context: ProgramContext, { writeOut: format }: Options, facts: Record<string, string>, started: number): Promise<void> {
  if (format === undefined) return;
  facts.time_total = ((context.clock.elapsed() - started) / 1000).toFixed(6);
  facts.response_code = facts.http_code ?? '000';
  const text = format.replace(/%\{(\w+)\}|\\n|\\t|\\r|%%/g, (whole, name?: string) => {
    if (name !== undefined) return facts[name] ?? '';
    return { '\\n': '\n', '\\t': '\t', '\\r': '\r', '%%': '%' }[whole] ?? whole;
  });
  await context.stdout.write(text);
}

const mostRedirects = 50;

async function ask(context: ProgramContext, options: Options, text: string, facts: Record<string, string>): Promise<HttpAnswer> {
  let url = readUrl(text);
  const body = options.data.length > 0 ? Buffer.from(options.data.join('&')) : undefined;
  let method = options.method ?? (options.flags.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST');
  for (let hops = 0; ; hops += 1) {
    if (url === undefined) throw new CurlError(exit.badUrl, 'URL rejected: Malformed input to a URL function');
    if (url.protocol === 'https:') throw new CurlError(exit.protocol, 'the practice cluster speaks no TLS to pods: use http://');
    if (url.protocol !== 'http:') throw new CurlError(exit.protocol, `Protocol "${url.protocol.slice(0, -1)}" not supported`);
    const answer = await connected(context, options, url, method, method === 'GET' || method === 'HEAD' ? undefined : body);
    const { statusCode = 0, headers } = answer.message;
    facts.http_code = String(statusCode).padStart(3, '0');
    facts.content_type = headers['content-type'] ?? '';
    facts.url_effective = url.href;
    facts.remote_ip = answer.socket.remoteAddress;
    if (!options.flags.has('L') || statusCode < 300 || statusCode > 399 || headers.location === undefined) return answer;
    if (hops >= mostRedirects) throw new CurlError(exit.redirects, `Maximum (${String(mostRedirects)}) redirects followed`);
    answer.socket.destroy();
    url = readUrl(new URL(headers.location, url).href);
    if (statusCode === 303 || (method === 'POST' && options.method === undefined)) method = 'GET';
  }
}

async function connected(context: ProgramContext, options: Options, url: URL, method: string, body: Buffer | undefined): Promise<HttpAnswer> {
  const headers: Record<string, string> = { 'User-Agent': 'curl/8.9.1', Accept: '*/*' };
  if (body !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
  for (const [name, value] of Object.entries(options.headers)) {
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known];
    headers[name] = value;
  }
  const verbose = (line: string) => (options.flags.has('v') ? context.stderr.write(`${line}\n`) : Promise.resolve());
  const port = portOf(url);
  try {
    const sending = send(context, { url, method, headers, body });
    const answer = await sending;
    await verbose(`* Connected to ${url.hostname} (${answer.socket.remoteAddress}) port ${String(port)}`);
    await verbose(`> ${method} ${url.pathname}${url.search} HTTP/1.1`);
    for (const [name, value] of Object.entries({ Host: url.host, ...headers })) await verbose(`> ${name}: ${value}`);
    await verbose('> ');
    for (const line of headLines(answer)) await verbose(`< ${line}`);
    return answer;
  } catch (error) {
    context.signal.throwIfAborted();
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOTFOUND':
        throw new CurlError(exit.resolve, `Could not resolve host: ${url.hostname}`);
      case 'ECONNREFUSED':
        throw new CurlError(exit.connect, `Failed to connect to ${url.hostname} port ${String(port)} after 0 ms: Couldn't connect to server`);
      case 'EHOSTUNREACH':
        throw new CurlError(exit.connect, `Failed to connect to ${url.hostname} port ${String(port)} after 3067 ms: Couldn't connect to server`);
      case 'ECONNRESET':
        throw (error as Error).message === 'socket hang up'
          ? new CurlError(exit.empty, 'Empty reply from server')
          : new CurlError(exit.receive, 'Recv failure: Connection reset by peer');
      case undefined:
      default:
        throw error;
    }
  }
}

/** The head as it came: status line, header lines, an empty line. */
function headLines({ message }: HttpAnswer): string[] {
  const lines = [`HTTP/${message.httpVersion} ${String(message.statusCode)} ${message.statusMessage ?? ''}`];
  for (let at = 0; at < message.rawHeaders.length; at += 2) lines.push(`${message.rawHeaders[at]!}: ${message.rawHeaders[at + 1]!}`);
  return [...lines, ''];
}

async function receive(context: ProgramContext, options: Options, answer: HttpAnswer, facts: Record<string, string>): Promise<void> {
  const { message } = answer;
  const status = message.statusCode ?? 0;
  if (options.flags.has('f') && status >= 400) throw new CurlError(exit.http, `The requested URL returned error: ${String(status)}`);
  const to = outputOf(context, options.output);
  if (options.flags.has('i') || options.flags.has('I')) await to(`${headLines(answer).join('\r\n')}\r\n`);
  let size = 0;
  try {
    for await (const chunk of message) {
      size += (chunk as Buffer).length;
      facts.size_download = String(size);
      await to(chunk as Buffer);
      await context.breathe();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    throw new CurlError(exit.receive, 'Recv failure: Connection reset by peer');
  }
}

function outputOf(context: ProgramContext, path: string | undefined): (data: string | Buffer) => Promise<void> {
  if (path === undefined || path === '-') return (data) => context.stdout.write(data);
  if (path === '/dev/null') return () => Promise.resolve();
  const full = normal(path, context.cwd);
  let begun = false;
  return async (data) => {
    try {
      context.machine.files.write(full, typeof data === 'string' ? Buffer.from(data) : data, { append: begun });
    } catch (error) {
      throw new CurlError(exit.write, `Failure writing output to destination: ${(error as Error).message}`);
    }
    begun = true;
  };
}

const longNames: Readonly<Record<string, string>> = {
  '--silent': 's', '--show-error': 'S', '--include': 'i', '--head': 'I', '--request': 'X', '--data': 'd', '--data-raw': 'd', '--data-binary': 'd',
  '--header': 'H', '--output': 'o', '--write-out': 'w', '--max-time': 'm', '--verbose': 'v', '--fail': 'f', '--location': 'L', '--version': 'V',
  '--connect-timeout': 'T', '--user-agent': 'A', '--insecure': 'k', '--get': 'G', '--url': 'U', '--no-progress-meter': 's', '--json': 'J',
};
const withValue = new Set(['X', 'd', 'H', 'o', 'w', 'm', 'T', 'A', 'U', 'J']);
const alone = new Set(['s', 'S', 'i', 'I', 'v', 'f', 'L', 'V', 'k', 'G', 'N', 'g']);

function readOptions(words: readonly string[]): Options {
  const options: Options = { flags: new Set(), headers: {}, data: [], urls: [], method: undefined, output: undefined, writeOut: undefined, limit: undefined };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (!word.startsWith('-') || word === '-') {
      options.urls.push(word);
      continue;
    }
    let letters = word.slice(1);
    let given: string | undefined;
    if (word.startsWith('--')) {
      const [name = '', ...value] = word.split('=');
      if (longNames[name] === undefined) throw new Error(`option ${name}: is unknown`);
      letters = longNames[name];
      if (value.length > 0) given = value.join('=');
    }
    for (let index = 0; index < letters.length; index += 1) {
      const letter = letters[index]!;
      if (withValue.has(letter)) {
        // The rest of the word, or the next one.
        const value = given ?? (index + 1 < letters.length ? letters.slice(index + 1) : words[++at]);
        if (value === undefined) throw new Error(`option ${word}: requires parameter`);
        take(options, letter, value);
        break;
      }
      if (!alone.has(letter)) throw new Error(`option ${word}: is unknown`);
      options.flags.add(letter);
    }
  }
  return options;
}

function take(options: Options, letter: string, value: string): void {
  switch (letter) {
    case 'X':
      options.method = value;
      break;
    case 'd':
      options.data.push(value);
      break;
    case 'J':
      options.data.push(value);
      Object.assign(options.headers, { 'Content-Type': 'application/json', Accept: 'application/json' });
      break;
    case 'H': {
      const colon = value.indexOf(':');
      if (colon > 0) options.headers[value.slice(0, colon).trim()] = value.slice(colon + 1).trim();
      break;
    }
    case 'A':
      options.headers['User-Agent'] = value;
      break;
    case 'o':
      options.output = value;
      break;
    case 'w':
      options.writeOut = value;
      break;
    case 'm':
      options.limit = Number(value) || undefined;
      break;
    case 'U':
      options.urls.push(value);
      break;
    default:
  }
}
