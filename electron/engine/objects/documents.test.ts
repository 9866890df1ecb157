import { expect, test } from 'vitest';
import type { Failure } from '../../../shared/contract/failures.ts';
import { readManifests } from './documents.ts';

const config = (name: string, rest = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${rest}`;
const facts = async (text: string) => (await readManifests(text)).map(({ line, name, problems }) => ({ line, name: name?.name, problems: problems.map(({ code, line: at }) => `${code} ${at}`) }));

test('several documents, empty ones among them, each with its own lines', async () => {
  const text = `# all of it\n---\n${config('a')}---\n# nothing\n---\n${config('b', 'data:\n  x: "1"\n')}---\n`;
  const documents = await readManifests(text);
  expect(documents.map(({ line, name }) => [line, name?.name])).toEqual([[3, 'a'], [10, 'b']]);
  expect(documents[1]?.lineOf('data.x')).toBe(15);
});

test('a list is taken apart, with the lines of its items', async () => {
  const text = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: c\n    namespace: shop\n';
  const documents = await readManifests(text);
  expect(documents.map(({ line, name }) => [line, name])).toEqual([
    [4, { apiVersion: 'v1', kind: 'Secret', name: 's' }],
    [7, { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', namespace: 'shop' }],
  ]);
  expect(documents[1]?.lineOf('metadata.namespace')).toBe(11);
});

test('JSON with tabs, a byte order mark and CRLF are read as they are meant', async () => {
  const json = `\uFEFF${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'j' } }, null, '\t')}`;
  expect(await facts(json)).toEqual([{ line: 1, name: 'j', problems: [] }]);
  const [windows] = await readManifests(config('w', 'data:\n  a: |\n    one\n    two\n').replaceAll('\n', '\r\n'));
  expect(windows?.object).toMatchObject({ metadata: { name: 'w' }, data: { a: 'one\ntwo\n' } });
});

test.each([
  ['a tab in the indentation', config('a', 'data:\n\tx: "1"\n'), 'MANIFEST_TAB 6'],
  ['a tab after blanks', config('a', 'data:\n  \tx: 1\n  y: [\n'), 'MANIFEST_TAB 6'],
  ['what is no YAML', config('a', 'data: {x: [1}\n'), 'MANIFEST_NOT_YAML 5'],
  ['a key that is there twice', config('a', 'data:\n  x: "1"\n  y: "2"\n  x: "3"\n'), 'MANIFEST_DUPLICATE_KEY 8'],
  ['no kind', 'apiVersion: v1\nmetadata: {name: x}\n', 'MANIFEST_NO_KIND 1'],
  ['plain words', '\nhello\n', 'MANIFEST_NO_KIND 2'],
  ['no name', 'apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: x-\n', 'MANIFEST_NO_NAME 3'],
  ['a name that is a number', config('123'), 'MANIFEST_NO_NAME 4'],
  ['capital letters in a name', config('My_Config'), 'MANIFEST_NAME_INVALID 4'],
  ['a name that is too long', config('a'.repeat(254)), 'MANIFEST_NAME_INVALID 4'],
  ['a namespace that is too long', config('a'.repeat(64)).replace('ConfigMap', 'Namespace'), 'MANIFEST_NAME_INVALID 4'],
])('%s is told with its line', async (_, text, expected) => {
  expect((await facts(text))[0]?.problems[0]).toBe(expected);
});

test.each([
  ['longest names', config('a'.repeat(253))],
  ['a name with dots', config('my.config')],
  ['a role with a colon', 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: "system:Node"}\n'],
])('%s are allowed', async (_, text) => expect((await facts(text))[0]?.problems).toEqual([]));

test('a mistake in one document leaves the others readable', async () => {
  expect(await facts(`${config('a')}---\n\tx: 1\n---\n${config('b')}`)).toEqual([
    { line: 1, name: 'a', problems: [] }, { line: 6, name: undefined, problems: ['MANIFEST_TAB 6'] }, { line: 8, name: 'b', problems: [] },
  ]);
});

const laughs = `a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n${'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]!}`).join(',')}]\n`).join('')}`;
// Each would take a plain reader from minutes to for ever: that the test ends is the point.
test.each([
  ['a billion laughs', config('a', laughs), 'MANIFEST_TOO_COMPLEX'],
  ['three million brackets', '['.repeat(3_000_000), 'MANIFEST_TOO_COMPLEX'],
  ['lists within lists on one line', '- '.repeat(1_000_000), 'MANIFEST_TOO_COMPLEX'],
  ['very many aliases', config('a', `x: &x 1\nlist:\n${'- *x\n'.repeat(300_000)}`), 'MANIFEST_TOO_COMPLEX'],
  ['merges of merges', config('a', `a: &a {x: 1}\n${Array.from({ length: 60 }, (_, i) => `m${i + 1}: &m${i + 1} {<<: [*${i ? `m${i}` : 'a'}, *${i ? `m${i}` : 'a'}]}\n`).join('')}`), 'MANIFEST_TOO_COMPLEX'],
  ['two MiB in one object', config('a', `data:\n  x: "${'x'.repeat(2 * 1024 * 1024)}"\n`), 'MANIFEST_TOO_LARGE'],
  ['four MiB of a document', config('a', `# ${'x'.repeat(4 * 1024 * 1024)}\n`), 'MANIFEST_TOO_LARGE'],
])('%s is refused', async (_, text, code) => {
  expect((await readManifests(text))[0]?.problems[0]).toMatchObject({ code });
});

test('a text that is too large as a whole, and one that is empty, are refused', async () => {
  const codeOf = (text: string) => readManifests(text).then(() => undefined, (error: Failure) => [error.code, error.parameters]);
  expect(await codeOf('# x\n'.repeat(4 * 1024 * 1024))).toEqual(['MANIFEST_TOO_LARGE', { line: 0, what: 'text', size: 16384, limit: 12288 }]);
  expect(await codeOf('---\n# later\n---\n')).toEqual(['MANIFEST_EMPTY', {}]);
});
