// Reading the last lines of a program that crashed: the one line that tells, and the causes that only a log can tell.

const errorWords = /\b(?:error|errors|exception|fatal|panic|failed|failure|cannot|can't|unable|denied|refused|not found|no such|invalid|missing|killed|aborted)\b|(?:Error|Exception)\b|Segmentation fault/i;
/** A frame of a stack trace says where, not what. */
const stackFrame = /^\s+(?:at |File "|\.\.\. \d+ more)|^goroutine \d+/;
const LONGEST = 300;
/** What is further up was written long before the end. */
const LAST_LINES = 40;

/** The lines that are not empty, without colours, the last ones only. */
export function lastLines(text: string, count = LAST_LINES): readonly string[] {
  // eslint-disable-next-line no-control-regex
  return text.slice(-65_536).replaceAll(/\u001B\[[\d;]{0,20}[A-Za-z]/g, '').split(/\r?\n/).filter((line) => line.trim() !== '').slice(-count);
}

/** The last line that speaks of an error, else the last three; undefined where the program wrote nothing. */
export function tellingLine(text: string): string | undefined {
  const lines = lastLines(text);
  const line = lines.findLast((each) => errorWords.test(each) && !stackFrame.test(each)) ?? lines.slice(-3).join('\n');
  return line === '' ? undefined : shorten(line);
}

/** The last line that matches. */
export function lineWith(text: string, pattern: RegExp): string | undefined {
  const line = lastLines(text).findLast((each) => pattern.test(each));
  return line === undefined ? undefined : shorten(line);
}

function shorten(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line.trim();
}

export interface Said { readonly line: string }

/** The command that a shell did not find: `sh: nope: not found` (busybox), `sh: 1: nope: not found` (dash), `bash: line 1: nope: command not found`. */
export function missingCommand(text: string): (Said & { readonly command: string }) | undefined {
  const line = lineWith(text, /: (?:command )?not found\b/);
  const command = line && /(?:^|[\s:])([^\s:]+): (?:command )?not found\b/.exec(line)?.[1];
  return line && command ? { line, command } : undefined;
}

/** The file that a shell may not execute: `sh: /etc/hosts: Permission denied`, `sh: can't execute 'x': Permission denied`. */
export function forbiddenCommand(text: string): (Said & { readonly command: string }) | undefined {
  const line = lineWith(text, /permission denied|can't execute|cannot execute|Is a directory/i);
  const command = line && /(?:can't execute '([^']+)'|([^\s:]+): (?:permission denied|cannot execute|is a directory))/i.exec(line);
  const name = command && (command[1] ?? command[2]);
  return line && name ? { line, command: name } : undefined;
}

/** The address that was taken: EADDRINUSE of Node, `address already in use` of Go, Java, Python, busybox, nginx. */
export function takenPort(text: string): (Said & { readonly port: number }) | undefined {
  const line = lineWith(text, /EADDRINUSE|address (?:already )?in use|port \d+ was already in use/i);
  if (line === undefined) return undefined;
  return { line, port: portIn(line) ?? 0 };
}

function portIn(line: string): number | undefined {
  const found = /(?:[\d.\]*:\s]|localhost):(\d{2,5})\b|\bport:? (\d{2,5})\b/i.exec(line);
  const port = Number(found?.[1] ?? found?.[2]);
  return port > 0 && port < 65_536 ? port : undefined;
}

export interface Unreached extends Said { readonly host: string; readonly port: number; readonly how: 'refused' | 'unknown_name' }

const hostName = String.raw`[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?`;
const refused = /ECONNREFUSED|connection refused/i;
const unknownName = /getaddrinfo|no such host|ENOTFOUND|EAI_AGAIN|bad address|could not resolve host|unknown host|UnknownHostException|name or service not known|name resolution/i;
const noHost = new Set(['', 'failed', 'error', 'connect', 'connection', 'the', 'to', 'host', 'not', 'on', 'at', 'econnrefused', 'enotfound', 'server', 'dial', 'tcp', 'eai_again', 'port', 'address']);

/** What the program could not reach; undefined where no line names a host. */
export function unreachedHost(text: string): Unreached | undefined {
  const line = lastLines(text).findLast((each) => !stackFrame.test(each) && (refused.test(each) || unknownName.test(each)));
  if (line === undefined) return undefined;
  const how = unknownName.test(line) ? 'unknown_name' : 'refused';
  for (const [, host = '', port = ''] of hostPatterns.flatMap((pattern) => [...line.matchAll(pattern)])) {
    if (!isNoHost(host)) return { line: shorten(line), host, port: Number(port) || 0, how };
  }
  return undefined;
}

/** Words, times (12:04:00, 2026-03-01T12:04:00Z) and places in a source (main.go:12) stand where a host's name could. */
function isNoHost(host: string): boolean {
  return noHost.has(host.toLowerCase()) || /^[\d-]*(?:T\d+)?$/.test(host) || /\.(?:java|kt|js|mjs|ts|py|go|rb|rs|c|cc|cpp|php|cs)$/.test(host);
}

const hostPatterns: readonly RegExp[] = [
  // Go: lookup db on 10.96.0.10:53: no such host; dial tcp 10.0.0.1:5432: connect: connection refused
  new RegExp(String.raw`lookup (${hostName})(?: |:)`, 'g'),
  new RegExp(String.raw`(?:getaddrinfo|ENOTFOUND|EAI_AGAIN)\s+(?:ENOTFOUND\s+|EAI_AGAIN\s+)?(${hostName})(?::(\d{1,5}))?`, 'g'),
  new RegExp(String.raw`bad address ['‘](${hostName})(?::(\d{1,5}))?['’]`, 'g'),
  new RegExp(String.raw`(?:could not resolve host|unknown host|UnknownHostException):? ['"‘]?(${hostName})`, 'gi'),
  new RegExp(String.raw`could not translate host name "(${hostName})"`, 'g'),
  // psql: connection to server at "db" (10.0.0.1), port 5432 failed; could not connect to server …: Is the server running on host "db"
  new RegExp(String.raw`(?:server at|host) "(${hostName})"[^"]{0,60}?port (\d{1,5})`, 'g'),
  // curl: Failed to connect to db port 8080; wget of busybox: can't connect to remote host (10.0.0.1)
  new RegExp(String.raw`connect to (${hostName}) port (\d{1,5})`, 'gi'),
  new RegExp(String.raw`remote host \((${hostName})\)`, 'g'),
  new RegExp(String.raw`(?:https?|tcp|redis|postgres(?:ql)?|mysql|mongodb|amqp)://(?:[^\s/@]{0,100}@)?(${hostName})(?::(\d{1,5}))?`, 'gi'),
  new RegExp(String.raw`(?:^|[\s'"(/=@])(${hostName}):(\d{1,5})\b`, 'g'),
];

export interface Forbidden extends Said { readonly path: string; readonly readOnly: boolean }

/** The path that could not be written; undefined where no line names one. */
export function forbiddenPath(text: string): Forbidden | undefined {
  const line = lineWith(text, /permission denied|EACCES|read-only file system|EROFS/i);
  if (line === undefined) return undefined;
  const path = /(?:^|[\s'"`‘(:=])(\/[^\s'"`’:;,)]{1,200})/.exec(line)?.[1];
  return path === undefined ? undefined : { line, path, readOnly: /read-only file system|EROFS/i.test(line) };
}
