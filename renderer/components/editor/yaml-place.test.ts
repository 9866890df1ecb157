import { expect, test } from 'vitest';
import { fieldAt, yamlPlace } from './yaml-place.ts';

/** `|` is the cursor. */
function at(text: string) {
  const position = text.indexOf('|');
  return { text: text.replace('|', ''), position };
}
const placeIn = (text: string) => {
  const { text: plain, position } = at(text);
  return yamlPlace(plain, position);
};
const head = 'apiVersion: v1\nkind: Pod\n';
const containers = `${head}spec:\n  containers:\n    - name: a\n      image: x\n    - name: b\n`;

test.each<[string, string, (string | number)[], string | undefined]>([
  ['at the root', `${head}me|`, [], undefined],
  ['in an object', `${head}metadata:\n  na|`, ['metadata'], undefined],
  ['in the second item of a list', `${containers}      ima|`, ['spec', 'containers', 1], undefined],
  ['after a dash', `${head}spec:\n  containers:\n    - na|`, ['spec', 'containers', 0], undefined],
  ['a list at the column of its field', `${head}spec:\n  containers:\n  - name: a\n  - na|`, ['spec', 'containers', 1], undefined],
  ['after a list at the column of its field', `${head}spec:\n  containers:\n  - name: a\n  res|`, ['spec'], undefined],
  ['back in the outer object', `${containers}  re|`, ['spec'], undefined],
  ['a list in a list', `${containers}      ports:\n        - name: p\n          con|`, ['spec', 'containers', 1, 'ports', 0], undefined],
  ['on an empty line', `${containers}      |\n`, ['spec', 'containers', 1], undefined],
  ['the value of a field', `${containers}      imagePullPolicy: Al|`, ['spec', 'containers', 1], 'imagePullPolicy'],
  ['the value of the field of a dash', `${head}spec:\n  containers:\n    - imagePullPolicy: |`, ['spec', 'containers', 0], 'imagePullPolicy'],
  ['a quoted field', `${head}metadata:\n  "labels":\n    "a.b/c": d|`, ['metadata', 'labels'], 'a.b/c'],
  ['past comments and empty lines', `${head}spec:\n\n# no: field\n  # other: one\n  res|`, ['spec'], undefined],
  ['after a text of several lines', `${head}metadata:\n  annotations:\n    a: |-\n      spec:\n        x: y\n    b: |`.replace('|-', 'PIPE-'), ['metadata', 'annotations'], 'b'],
])('%s', (_, text, path, key) => {
  const { text: plain, position } = at(text);
  const place = yamlPlace(plain.replace('PIPE-', '|-'), position - (text.includes('PIPE-') ? 3 : 0));
  expect(place).toMatchObject({ apiVersion: 'v1', kind: 'Pod', path, key });
});

test.each([
  ['in a comment', `${head}# sp|`],
  ['in a comment behind a value', `${head}spec: # x|`],
  ['in flow style', `${head}metadata: {na|`],
  ['in quotes', `${head}metadata:\n  name: "a|`],
  ['right behind the colon', `${head}metadata:|`],
  ['right behind the dash', `${head}spec:\n  containers:\n    -|`],
  ['on the line between documents', `${head}---|`],
])('nothing is said %s', (_, text) => expect(placeIn(text)).toBeUndefined());

test('nothing is said inside a text of several lines', () => {
  const text = `${head}data:\n  a: |\n    spec:\n      res`;
  expect(yamlPlace(text, text.length)).toBeUndefined();
  const below = `${text}\n  b`;
  expect(yamlPlace(below, below.length)).toMatchObject({ path: ['data'], siblings: ['a'] });
});

test('other fields of the same object are known, before and behind', () => {
  expect(placeIn(`${head}spec:\n  containers:\n    - name: a\n      |\n      image: x\n      ports:\n        - name: p\n    - name: b\n      stdin: true\n`)?.siblings)
    .toEqual(['name', 'image', 'ports']);
});

test('each document has its own kind, and a place of its own', () => {
  const second = 'apiVersion: "apps/v1" # newest\nkind: \'Deployment\'\nspec:\n  re|\n---\nkind: Other\n';
  expect(placeIn(`${head}---\n${second}`)).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', path: ['spec'] });
});

test('what was typed is where it began', () => {
  const { text, position } = at(`${head}metadata:\n  na|me: x`);
  expect(text.slice(yamlPlace(text, position)?.from, position)).toBe('na');
  const value = at(`${head}spec:\n  restartPolicy:   Ne|`);
  expect(value.text.slice(yamlPlace(value.text, value.position)?.from, value.position)).toBe('Ne');
});

test('the field whose name stands at a position', () => {
  const { text, position } = at(`${containers}      imagePull|Policy: Always\n`);
  const found = fieldAt(text, position);
  expect(found).toMatchObject({ kind: 'Pod', path: ['spec', 'containers', 1, 'imagePullPolicy'] });
  expect(text.slice(found?.from, found?.to)).toBe('imagePullPolicy');
  expect(fieldAt(text, position + 15)).toBeUndefined();
  const onDash = at(`${head}spec:\n  containers:\n    - na|me: a\n`);
  expect(fieldAt(onDash.text, onDash.position)?.path).toEqual(['spec', 'containers', 0, 'name']);
});
