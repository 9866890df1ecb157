import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import { readRequestText, writeRequestText } from './request-file.ts';

const usual: HttpRequest = {
  scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 30_000, followRedirects: true, verifyCertificate: true,
};
const read = (text: string) => readRequestText('a.request.yaml', text);
const write = (before: string, request: Partial<HttpRequest>, checks?: unknown[]) => writeRequestText('a.request.yaml', before, { name: 'Greeting', request: { ...usual, ...request }, checks });

test('a request is a few lines that a person could have typed', () => {
  const text = write('', {
    method: 'POST', path: '/hello?n={{n}}', headers: [['Accept', 'text/plain'], ['X-Version', '1.10']], body: { kind: 'json', text: '{\n  "a": 1\n}\n' },
    auth: { kind: 'bearer', token: '{{token}}' }, timeoutMilliseconds: 1500, followRedirects: false,
  }, [{ kind: 'status', is: 200 }]);
  expect(text).toBe(`name: Greeting
method: POST
path: /hello?n={{n}}
headers:
  Accept: text/plain
  X-Version: "1.10"
body:
  kind: json
  text: |
    {
      "a": 1
    }
auth:
  kind: bearer
  token: "{{token}}"
timeoutSeconds: 1.5
followRedirects: false
checks:
  - kind: status
    is: 200
`);
  expect(read(text).checks).toEqual([{ kind: 'status', is: 200 }]);
});

test('what is usual need not be said', () => {
  expect(write('', {})).toBe('name: Greeting\nmethod: GET\npath: /\n');
  expect(read('')).toEqual({ name: undefined, request: usual, checks: [] });
  expect(read('name: x\nheaders:\nbody:\n')).toMatchObject({ name: 'x', request: usual });
});

test('a version is no number, and no is no boolean', () => {
  const { request } = read('method: post\nheaders: {X-Version: 1.10, X-Answer: no, X-Empty: , X-Octal: 0o17}\nbody: {kind: form, fields: {a: 1e3}}\n');
  expect(request).toMatchObject({
    method: 'POST', headers: [['X-Version', '1.10'], ['X-Answer', 'no'], ['X-Empty', ''], ['X-Octal', '0o17']], body: { kind: 'form', fields: [['a', '1e3']] },
  });
});

const awkward = ['', ' ', 'a: b', '# x', '- a', '{{x}}', '"', "'", 'yes', '~', '1.10', 'a\nb', 'a\r\nb\r\n', '\n', '\ttab', ' lead', 'trail \n', '\u0000\u0001\u007f', '\u0085\u2028', '한글', '😀', '---\na', '%TAG', '*x', '&x', '!x', '|', '>'];
test.each<Partial<HttpRequest>>([
  { headers: [['A', '1'], ['B', '2'], ['A', '3']] },
  { headers: [['2', 'b'], ['1', 'a']] },
  { headers: [['__proto__', 'b']] },
  { method: 'PUT', body: { kind: 'multipart', parts: [{ name: 'f', file: '/a b' }, { name: 'v', value: '' }] } },
  { method: 'PUT', body: { kind: 'file', file: 'C:\\x' } },
  { scheme: 'https', verifyCertificate: false },
  { auth: { kind: 'basic', user: 'kim', password: '' } },
  { auth: { kind: 'api-key', name: 'k', value: '{{k}}', in: 'query' } },
  ...awkward.flatMap((text): Partial<HttpRequest>[] => [
    { body: { kind: 'text', text } }, { headers: [['A', text]] }, { path: `/${text}` }, { body: { kind: 'form', fields: [[text, text]] } },
  ]),
])('%j is read as it was written', (change) => {
  expect(read(write('', change)).request).toEqual({ ...usual, ...change });
});

test('what a person wrote beside it stays: comments, order, keys of others, and what did not change', () => {
  const before = '# mine\npath: "/a"   # why\nowner: team-a\nname: Greeting\nheaders:\n  # for the cache\n  A: b\nchecks: [{kind: x, at: 1}]\nfollowRedirects: yes\n';
  expect(write(before, { path: '/b', headers: [['A', 'b']] })).toBe(
    '# mine\npath: /b # why\nowner: team-a\nname: Greeting\nheaders:\n  # for the cache\n  A: b\nchecks: [ { kind: x, at: 1 } ]\nfollowRedirects: yes\nmethod: GET\n',
  );
  expect(read(write(before, {}, [])).checks).toEqual([]);
  expect(write(before, {})).not.toContain('for the cache');
});

test.each([
  ['a: [', 1], ['a: 1\nb: 2\na: 3\n', 3], ['- a\n', 1], ['name: x\nmethod: FETCH\n', 2], ['name: x\nbody:\n  kind: xml\n', 3], ['headers: [a]\n', 1], ['timeoutSeconds: soon\n', 1], ['a: *b\n', 0],
  ['checks: 3\n', 0], [`a: ${'['.repeat(200)}`, 1], 
])('%j is no request, and the line is told', (text, line) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'REQUEST_FILE_INVALID', parameters: { file: 'a.request.yaml', line } }) as Error);
  expect(() => write(text, {})).toThrow('REQUEST_FILE_INVALID');
});

test.each([['a: &a [x]\n'.concat('- *a\n'.repeat(600)), 502], [`a: ${'x'.repeat(300_000)}`, 0]])('more than a request has is not read (%#)', (text, line) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'REQUEST_FILE_INVALID', parameters: { file: 'a.request.yaml', line } }) as Error);
});

test('aliases that stand for ever more are refused', () => {
  const laughs = Array.from({ length: 30 }, (_, at) => `k${at}: &k${at} [${at === 0 ? 'ha' : `*k${at - 1}, *k${at - 1}`}]`).join('\n');
  const began = performance.now();
  expect(() => read(laughs)).toThrow(/REQUEST_FILE_INVALID/);
  expect(performance.now() - began).toBeLessThan(1000);
});
