// Lines that are JSON objects, as most logging libraries write them: laid out, and as columns.
import { plainText } from './ansi.ts';

/** What is shown of it in columns; '' where it says nothing of the kind. */
export interface Columns {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  /** The other fields, `name=value`. */
  readonly rest: string;
}

/** By column: the field's names in the order in which they are looked for. pino, bunyan, zap, logrus, slog, Serilog, logback and structlog write these. */
const names = {
  time: ['time', 'timestamp', '@timestamp', 'ts', '@t', 'datetime', 'date', 't'],
  level: ['level', 'severity', 'lvl', '@l', 'log.level', 'levelname', 'loglevel'],
  message: ['message', 'msg', '@m', '@mt', 'event', 'text'],
} as const;
/** pino and bunyan write numbers: https://getpino.io/#/docs/api?id=levels. */
const numbered: Readonly<Record<string, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** The line's object; undefined where it is none. */
export function jsonLine(line: string): Readonly<Record<string, unknown>> | undefined {
  const text = plainText(line).trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** The line as columns; one that is no JSON is all message. */
export function columnsOf(line: string): Columns {
  const object = jsonLine(line);
  if (!object) return { time: '', level: '', message: line, rest: '' };
  const taken = new Set<string>();
  const take = (column: keyof typeof names) => {
    const name = names[column].find((each) => Object.hasOwn(object, each) && isPlain(object[each]));
    if (name === undefined) return '';
    taken.add(name);
    return wordOf(object[name]);
  };
  const time = timeOf(take('time'));
  const level = take('level');
  const message = take('message');
  const rest = Object.entries(object).filter(([name]) => !taken.has(name)).map(([name, value]) => `${name}=${wordOf(value)}`).join(' ');
  return { time, level: numbered[level] ?? level, message, rest };
}

/** Laid out over several lines; undefined where the line is no JSON object. */
export function laidOut(line: string): string | undefined {
  const object = jsonLine(line);
  return object && JSON.stringify(object, undefined, 2);
}

const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'number';
const wordOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** Seconds (zap) or milliseconds (pino) since 1970 as a time that can be read; other words stay as they are. */
function timeOf(word: string): string {
  const number = Number(word);
  if (word === '' || !Number.isFinite(number)) return word;
  const milliseconds = number > 1e11 ? number : number * 1_000;
  return milliseconds > 1e12 && milliseconds < 1e13 ? new Date(milliseconds).toISOString() : word;
}
