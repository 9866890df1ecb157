import { array, assert, boolean, constantFrom, nat, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import type { Severity } from '../../../shared/contract/logs.ts';
import type { LogEntry } from '../../clients/cluster/log-lines.ts';
import { createLogBuffer, wholeCharacters } from './log-buffer.ts';
import { createRows } from './rows.ts';
import { startSlices } from './slices.ts';

const entry = (text: string): LogEntry => {
  const length = Buffer.byteLength(text);
  return { seconds: 7, nanos: 7, chunk: Buffer.from(text), start: 0, length, total: length, pieces: [], number: undefined };
};
const filter = { text: '', isRegex: false, matchesCase: false, isNegated: false, severities: [] };

test('the newest lines are there as they came, within both limits', () => {
  assert(property(array(string({ maxLength: 90 }), { maxLength: 200 }), (texts) => {
    const buffer = createLogBuffer(50, 1024, 128);
    for (const text of texts) buffer.add(entry(text), 3);
    const kept = texts.slice(buffer.first);
    expect(buffer.end).toBe(texts.length);
    expect(kept.length).toBeLessThanOrEqual(50);
    expect(buffer.keptBytes).toBe(kept.reduce((sum, text) => sum + Buffer.byteLength(text), 0));
    expect(buffer.keptBytes).toBeLessThanOrEqual(1024);
    expect(kept.map((_, at) => buffer.text(buffer.first + at, 1000))).toEqual(kept);
  }));
});

test('a line that is longer than a chunk has one of its own', () => {
  const buffer = createLogBuffer(10, 10_000, 128);
  for (const text of ['a', 'b'.repeat(4_000), 'c', 'd'.repeat(4_000), 'e'.repeat(4_000)]) buffer.add(entry(text), 0);
  expect([buffer.first > 1, buffer.text(4, Infinity)]).toEqual([true, 'e'.repeat(4_000)]);
});

test('a text is cut between characters', () => {
  const bytes = Buffer.from('안녕🙂é');
  for (let most = 0; most <= bytes.length; most += 1) expect(bytes.subarray(0, wholeCharacters(bytes.subarray(0, most))).toString()).not.toContain('\uFFFD');
});

test('rows are the lines that the filter lets through, as lines come and go', () => {
  const query = record({
    text: constantFrom('', 'A', 'b', '^a.*b$'), isRegex: boolean(), matchesCase: boolean(), isNegated: boolean(),
    severities: constantFrom<Severity[]>([], ['error']),
  });
  assert(property(query, array(constantFrom('aXb', 'b', 'A', 'ERROR ab', ''), { maxLength: 120 }), nat({ max: 120 }), (asked, texts, late) => {
    const buffer = createLogBuffer(40, 1024, 128);
    const slices = { isOver: false, next: async () => {} };
    for (const text of texts.slice(0, late)) buffer.add(entry(text), 0);
    const begin = buffer.first;
    const rows = createRows(buffer, asked);
    rows.look(slices);
    for (const text of texts.slice(late)) {
      buffer.add(entry(text), 0);
      rows.look(slices);
    }
    rows.drop();
    const matches = (text: string) => {
      const flags = asked.matchesCase ? '' : 'i';
      const found = asked.text === '' || (asked.isRegex ? new RegExp(asked.text, flags).test(text) : asked.matchesCase ? text.includes(asked.text) : text.toLowerCase().includes(asked.text.toLowerCase()));
      return found !== asked.isNegated && (asked.severities.length === 0 || text.startsWith('ERROR'));
    };
    const expected = texts.map((text, number) => ({ text, number })).filter(({ text, number }) => number >= begin && matches(text));
    const kept = expected.filter(({ number }) => number >= buffer.first);
    expect(rows.end).toBe(expected.length);
    expect(Array.from({ length: rows.end - rows.first }, (_, at) => rows.number(rows.first + at))).toEqual(kept.map(({ number }) => number));
    for (const [at, { number }] of kept.entries()) expect(rows.rowOf(number)).toBe(rows.first + at);
  }), { numRuns: 500 });
});

test('an expression that never ends is stopped, and said to be at fault', () => {
  const buffer = createLogBuffer();
  buffer.add(entry(`${'a'.repeat(60)}b`), 0);
  const rows = createRows(buffer, { ...filter, text: '^(a+)+$', isRegex: true });
  expect(() => rows.look(startSlices())).toThrow(expect.objectContaining({ code: 'LOG_PATTERN_INVALID' }));
  expect(() => createRows(buffer, { ...filter, text: '(', isRegex: true })).toThrow(expect.objectContaining({ code: 'LOG_PATTERN_INVALID' }));
});

test('what a person does not see is not looked at', () => {
  const buffer = createLogBuffer();
  buffer.add(entry('\u001b[31mER\u001b[0mROR \u001b]0;title\u0007here'), 0);
  for (const [text, many] of [['error here', 1], ['title', 0], ['[31m', 0]] as const) {
    const rows = createRows(buffer, { ...filter, text });
    rows.look(startSlices());
    expect(rows.end).toBe(many);
  }
});
