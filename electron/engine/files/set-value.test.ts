import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Failure } from '../../../shared/contract/failures.ts';
import type { FileFix } from '../../../shared/contract/files.ts';
import { withFix } from './set-value.ts';

const fix = (part: Partial<FileFix>): FileFix => ({ path: '/x.yaml', kind: 'Pod', namespace: 'default', name: 'p', ...part });
const never = fix({ policy: 'Never' });

const story = `# The first pod.
apiVersion: v1
kind: Pod
metadata:
  name: p   # its name
spec:
    containers:
    -   name: "web"
        # the image
        image: 'nginx:1'   # pinned

        ports: [ {containerPort: 80} ]   # odd spacing
`;

test.each([
  ['a line after the image, comments and spacing stay', story, never, story.replace("# pinned\n", "# pinned\n        imagePullPolicy: Never\n")],
  ['the image in its own quotes', story, fix({ image: 'nginx:2' }), story.replace("'nginx:1'", "'nginx:2'")],
  ['both at once', story, fix({ image: 'nginx:2', policy: 'Always' }), story.replace("'nginx:1'   # pinned\n", "'nginx:2'   # pinned\n        imagePullPolicy: Always\n")],
  ['CRLF', story.replaceAll('\n', '\r\n'), never, story.replace("# pinned\n", "# pinned\n        imagePullPolicy: Never\n").replaceAll('\n', '\r\n')],
  ['a mark at the beginning', `\uFEFF${story}`, never, `\uFEFF${story.replace("# pinned\n", "# pinned\n        imagePullPolicy: Never\n")}`],
  ['a policy that is there', story.replace('        ports', '        imagePullPolicy: Always # why\n        ports'), never, story.replace('        ports', '        imagePullPolicy: Never # why\n        ports')],
  ['in double quotes', story.replace('        ports', '        imagePullPolicy: "Always"\n        ports'), never, story.replace('        ports', '        imagePullPolicy: "Never"\n        ports')],
  ['an empty policy', story.replace('        ports', '        imagePullPolicy:\n        ports'), never, story.replace('        ports', '        imagePullPolicy: Never\n        ports')],
  ['the image first in its item', 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x\n    name: c\n', never, 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x\n    imagePullPolicy: Never\n    name: c\n'],
  ['no line break at the end', 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x', never, 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x\n    imagePullPolicy: Never'],
  ['a flow map', 'kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: x}]} # short\n', never, 'kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: x, imagePullPolicy: Never}]} # short\n'],
  ['no image at all: after the name', 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n', fix({ image: 'y:1' }), 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: y:1\n'],
  ['a name that YAML would read as a number', 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x\n', fix({ image: '123' }), 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: "123"\n'],
  ['a name that YAML 1.1 would read as true', 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x\n', fix({ image: 'yes' }), 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: "yes"\n'],
  ['a registry with a port in a flow map', '{kind: Pod, metadata: {name: p}, spec: {containers: [{image: x}]}}', fix({ image: 'localhost:5000/a:1' }), '{kind: Pod, metadata: {name: p}, spec: {containers: [{image: localhost:5000/a:1}]}}'],
  ['a value of many characters in a block', 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x\n    args:\n    - |\n      imagePullPolicy: Always\n      image: x\n', never, 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: x\n    imagePullPolicy: Never\n    args:\n    - |\n      imagePullPolicy: Always\n      image: x\n'],
])('%s', (_, before, wanted, after) => {
  expect(withFix(before, wanted)).toBe(after);
});

test('JSON, by lines and in one', () => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x', tty: true }] } };
  const lines = JSON.stringify(object, undefined, 2);
  expect(withFix(lines, never)).toBe(lines.replace('"image": "x",\n', '"image": "x",\n        "imagePullPolicy": "Never",\n'));
  const one = JSON.stringify(object);
  expect(JSON.parse(withFix(one, never))).toEqual({ ...object, spec: { containers: [{ name: 'c', image: 'x', tty: true, imagePullPolicy: 'Never' }] } });
  const tabs = JSON.stringify(object, undefined, '\t').replaceAll('\n', '\r\n');
  expect(withFix(tabs, never)).toBe(tabs.replace('"image": "x",\r\n', '"image": "x",\r\n\t\t\t\t"imagePullPolicy": "Never",\r\n'));
});

const deployment = (name: string, namespace = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}${namespace && `\n  namespace: ${namespace}`}
spec:
  template:
    spec:
      initContainers:
        - name: setup
          image: one
      containers:
        - name: web
          image: two
        - name: side
          image: three
`;

test('the right document, template and container of several', () => {
  const text = `${deployment('a')}${deployment('b')}`;
  const after = withFix(text, fix({ kind: 'Deployment', name: 'b', container: 'side', policy: 'Never' }));
  expect(after).toBe(`${deployment('a')}${deployment('b').replace('image: three\n', 'image: three\n          imagePullPolicy: Never\n')}`);
  expect(withFix(text, fix({ kind: 'Deployment', name: 'a', container: 'setup', image: 'zero' }))).toBe(text.replace('image: one', 'image: zero'));
});

test('of two with one name the one of the namespace; one that names none counts where none names it', () => {
  const text = `${deployment('a', 'x')}${deployment('a')}`;
  const inX = withFix(text, fix({ kind: 'Deployment', name: 'a', namespace: 'x', container: 'web', image: 'new' }));
  expect(inX).toBe(`${deployment('a', 'x').replace('two', 'new')}${deployment('a')}`);
  const inY = withFix(text, fix({ kind: 'Deployment', name: 'a', namespace: 'y', container: 'web', image: 'new' }));
  expect(inY).toBe(`${deployment('a', 'x')}${deployment('a').replace('two', 'new')}`);
});

test('a CronJob, and an item of a List', () => {
  const cron = 'kind: CronJob\nmetadata: {name: p}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          - image: x\n';
  expect(withFix(cron, fix({ kind: 'CronJob', policy: 'Never' }))).toBe(`${cron}            imagePullPolicy: Never\n`);
  const list = 'kind: List\nitems:\n- kind: Service\n  metadata: {name: p}\n- kind: Pod\n  metadata: {name: p}\n  spec:\n    containers:\n    - image: x\n';
  expect(withFix(list, never)).toBe(`${list}      imagePullPolicy: Never\n`);
});

test('an own entry beside a merged one is added; what is shared stays untouched and is refused', () => {
  const merged = 'x: &base\n  image: x\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    <<: *base\n';
  expect(withFix(merged, never)).toBe(merged.replace('  - name: c\n', '  - name: c\n    imagePullPolicy: Never\n'));
  const anchored = 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: &i x\n  - name: d\n    image: *i\n';
  expect(withFix(anchored, fix({ container: 'd', policy: 'Never' }))).toContain('image: *i\n    imagePullPolicy: Never\n');
  expect(() => withFix(anchored, fix({ container: 'c', image: 'y' }))).toThrow(/FILE_FIX_UNCLEAR/);
  const twice = 'x: &c {name: c, image: x}\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [*c]}\n';
  expect(() => withFix(twice, never)).toThrow(/FILE_FIX_UNCLEAR/);
});

test.each([
  ['another kind', fix({ kind: 'Deployment', policy: 'Never' }), 'CONTAINER_NOT_IN_FILE'],
  ['another name', fix({ name: 'q', policy: 'Never' }), 'CONTAINER_NOT_IN_FILE'],
  ['no such container', fix({ container: 'nobody', policy: 'Never' }), 'CONTAINER_NOT_IN_FILE'],
])('refused: %s', (_, wanted, code) => {
  let thrown: unknown;
  try {
    withFix(story, wanted);
  } catch (error) {
    thrown = error;
  }
  expect((thrown as Failure).code).toBe(code);
});

test('refused: several containers and none named, the same object twice, no YAML', () => {
  const two = 'kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, image: x}\n  - {name: b, image: y}\n';
  expect(() => withFix(two, never)).toThrow(/CONTAINER_NOT_IN_FILE/);
  expect(() => withFix(`${story}---\n${story}`, never)).toThrow(/FILE_FIX_UNCLEAR/);
  expect(() => withFix('kind: Pod\n\tx: y\n', never)).toThrow(/MANIFEST_NOT_YAML/);
});

test.each(['Always', 'IfNotPresent', 'Never'] as const)('%s into the tests’ own pod: one line more, and nothing else', (policy) => {
  const text = readFileSync(new URL('../../../test/fixtures/spring-pod.yaml', import.meta.url), 'utf8');
  const name = (parse(text) as { metadata: { name: string } }).metadata.name;
  const after = withFix(text, fix({ name, policy })).split('\n');
  const added = after.findIndex((line) => line.trim() === `imagePullPolicy: ${policy}`);
  expect(added).toBeGreaterThan(0);
  expect(after.toSpliced(added, 1).join('\n')).toBe(text);
});
