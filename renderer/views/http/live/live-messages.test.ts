import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { LiveMessage } from '../../../../shared/contract/live.ts';
import { after, asText, withWords } from './live-messages.ts';

const message = (number: number, text: string, more: Partial<LiveMessage> = {}): LiveMessage => ({
  number, text, at: '2026-01-02T03:04:05.000Z', from: 'pod', kind: 'text', isCut: false, bytes: text.length, ...more,
});
const messages = [message(1, 'Hello there'), message(2, 'hello', { from: 'me' }), message(3, '{"price":1}', { kind: 'event', event: 'tick', eventId: '7' }), message(4, '안녕', { kind: 'event', event: 'message' })];
const numbers = (words: string) => withWords(messages, words).map(({ number }) => number);

test('a message is found by all of the words, in whatever case, or by the name of its event', () => {
  expect(numbers('')).toEqual([1, 2, 3, 4]);
  expect(numbers(' HELLO ')).toEqual([1, 2]);
  expect(numbers('there hello')).toEqual([1]);
  expect(numbers('tick price')).toEqual([3]);
  expect(numbers('안녕')).toEqual([4]);
  expect(numbers('nothing')).toEqual([]);
});

test('copied, each is a line that says when and who; an event is named where it has a name', () => {
  expect(asText(messages.slice(1), { pod: 'From the pod', me: 'Sent' }).split('\n')).toEqual([
    '2026-01-02T03:04:05.000Z\tSent\thello',
    '2026-01-02T03:04:05.000Z\tFrom the pod\ttick\t{"price":1}',
    '2026-01-02T03:04:05.000Z\tFrom the pod\t안녕',
  ]);
});

test('what is opened again goes on after the last event, if that had an ID', () => {
  const request: HttpRequest = {
    scheme: 'http', method: 'GET', path: '/', headers: [['A', '1'], ['last-event-id', 'typed']], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1, followRedirects: true, verifyCertificate: true,
  };
  expect(after(request, undefined)).toBe(request);
  expect(after(request, '7').headers).toEqual([['A', '1'], ['Last-Event-ID', '7']]);
  // The pod took its ID back.
  expect(after(request, '').headers).toEqual([['A', '1']]);
});
