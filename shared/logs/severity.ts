// What a line of a log seems to say of itself: a guess, by the ways in which programs commonly write it. Pure.
import type { Severity } from '../contract/logs.ts';

/** Only so much of the line is looked at. */
export const SEVERITY_LOOKS_AT = 4_096;

const words: Readonly<Record<string, Severity>> = {
  fatal: 'error', panic: 'error', emerg: 'error', emergency: 'error', alert: 'error', crit: 'error', critical: 'error', error: 'error', err: 'error', eror: 'error', severe: 'error',
  dpanic: 'error', fail: 'error', failure: 'error', exception: 'error',
  warn: 'warning', warning: 'warning', wrn: 'warning',
  info: 'info', information: 'info', informational: 'info', inf: 'info', notice: 'info', log: 'info', config: 'info',
  debug: 'debug', dbg: 'debug', trace: 'debug', trc: 'debug', verbose: 'debug', silly: 'debug', fine: 'debug', finer: 'debug', finest: 'debug', dbug: 'debug',
};
/** Those that mean nothing else where they stand in a text. */
const sure = 'fatal|panic|emerg|crit|critical|error|severe|warn|warning|info|notice|debug|trace|err|wrn|inf|dbg|trc';

/** `level=error`, `severity: "WARN"`, `"level":"info"`, `lvl=dbug`; pino and bunyan write numbers. */
const field = /(?:^|[\s,{"'([])(?:level|lvl|severity|loglevel|log\.level|severity_text|levelname|log_level|@l)["']?\s*[=:]\s*["']?([A-Za-z]+|\d{1,2})\b/i;
/** klog: https://github.com/kubernetes/klog, `E0102 15:04:05.000000    1 file.go:1] text`. */
const klog = /^([IWEF])\d{4} \d{2}:\d{2}:\d{2}\.\d+\s+\d+ \S+:\d+\]/;
const klogSeverity = { I: 'info', W: 'warning', E: 'error', F: 'error' } as const;
/** `[ERROR]`, `[error] 7#7`, `<warn>`, `(INFO)`, `| WARN |`. */
const bracketed = new RegExp(`[[<(|]\\s*(${sure})\\s*[\\]>)|]`, 'i');
/** At the beginning, with or without a time before it: `WARN  text`, `ERROR: text`, `2026-01-01 10:00:00.000  INFO 1 --- [main]` (Spring Boot). */
const leading = new RegExp(`^(?:[\\d\\-:./,TZ+ ]{5,40}\\s*)?(?:\\[[^\\]]{0,64}\\]\\s*)?(${sure})\\b\\s*(?:[:\\]|\\-]|\\s|$)`, 'i');
/** In capitals, between blanks, near the beginning. */
const capital = /(?:^|\s)(FATAL|ERROR|SEVERE|WARN|WARNING|INFO|DEBUG|TRACE)(?:[\s:]|$)/;
const throws = /^(?:Exception in thread |Traceback \(most recent call last\)|panic: |fatal error: |Unhandled |Uncaught |(?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception)(?:: |$)|Caused by: )/;
/** Common and combined: `"GET / HTTP/1.1" 502 157`. */
const access = /"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) [^"]* HTTP\/[\d.]+" (\d{3})\b/;
const LATIN_ESCAPE = String.fromCharCode(27);
const colours = new RegExp(`${LATIN_ESCAPE}\\[[0-9;:]*m`, 'g');

/** @param line without its end; undefined where it says nothing of the kind */
export function severityOf(line: string): Severity | undefined {
  const looked = line.length > SEVERITY_LOOKS_AT ? line.slice(0, SEVERITY_LOOKS_AT) : line;
  const text = looked.includes(LATIN_ESCAPE) ? looked.replace(colours, '') : looked;
  const inField = field.exec(text)?.[1];
  if (inField !== undefined) {
    const said = ofValue(inField);
    if (said) return said;
  }
  const letter = klog.exec(text)?.[1] as keyof typeof klogSeverity | undefined;
  if (letter) return klogSeverity[letter];
  const head = text.slice(0, 256);
  const word = (leading.exec(head) ?? bracketed.exec(head) ?? capital.exec(head))?.[1];
  if (word) return words[word.toLowerCase()];
  if (throws.test(head)) return 'error';
  const status = access.exec(text)?.[1];
  return status?.startsWith('5') ? 'error' : undefined;
}

/** pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. syslog's 0 to 7 go the other way round. */
function ofValue(value: string): Severity | undefined {
  const number = Number(value);
  if (!Number.isInteger(number)) return Object.hasOwn(words, value.toLowerCase()) ? words[value.toLowerCase()] : undefined;
  if (number < 10) return number <= 3 ? 'error' : number === 4 ? 'warning' : number <= 6 ? 'info' : number === 7 ? 'debug' : undefined;
  return number >= 50 ? 'error' : number >= 40 ? 'warning' : number >= 30 ? 'info' : 'debug';
}
