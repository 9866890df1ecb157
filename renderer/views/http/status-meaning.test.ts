import { expect, test } from 'vitest';
import en from '../../messages/en.json';
import { statusMeaning } from './status-meaning.ts';

const words: Readonly<Record<string, string>> = en;

test.each([
  [200, 'http.status.200'], [204, 'http.status.204'], [503, 'http.status.503'], [103, 'http.status.1xx'], [226, 'http.status.2xx'], [300, 'http.status.3xx'],
  [418, 'http.status.4xx'], [599, 'http.status.5xx'], [999, 'http.status.other'],
])('%i is explained by %s', (status, key) => {
  expect(statusMeaning(status, 'pod').map((sentence) => sentence.key)).toEqual([key]);
});

test('every status from 100 to 699 has words', () => {
  const keys = Array.from({ length: 600 }, (_, at) => statusMeaning(100 + at, 'api-server')).flat().map(({ key }) => key);
  expect(keys.filter((key) => words[key] === undefined)).toEqual([]);
});

test('through the API server an error may be its own', () => {
  expect(statusMeaning(503, 'api-server').map(({ key }) => key)).toEqual(['http.status.503', 'http.status.maybe-server']);
  expect(statusMeaning(503, 'service')).toHaveLength(1);
  expect(statusMeaning(200, 'api-server')).toHaveLength(1);
});
