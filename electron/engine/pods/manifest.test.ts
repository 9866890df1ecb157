import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { readManifest } from './manifest.ts';

const good = `apiVersion: v1
kind: Pod
metadata:
  name: spring-pod
spec:
  containers:
    - name: spring
      image: spring-server
      ports:
        - containerPort: 8080
`;

test('one pod, with the namespace that it will get', () => {
  expect(readManifest(`---\n${good}---\n`, 'shop').pod).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'spring-pod', namespace: 'shop' },
    spec: { containers: [{ name: 'spring', image: 'spring-server', ports: [{ containerPort: 8080 }] }] },
  });
});

test.each([
  ['a tab where YAML wants blanks', 'kind: Pod\n\tname: x\n', 'MANIFEST_TAB', { line: 2 }],
  ['a bracket that is not closed', 'kind: Pod\nspec: [1, 2\n', 'MANIFEST_NOT_YAML', { line: 3 }],
  ['a star that is an alias', good.replace('image: spring-server', 'image: x\n      command: [ls, *.txt]'), 'MANIFEST_NOT_YAML', { line: 9 }],
  ['a name that is a number', good.replace('name: spring-pod', 'name: 123'), 'MANIFEST_NO_NAME', {}],
  ['nothing', '', 'MANIFEST_EMPTY', {}],
  ['only a comment', '# later\n---\n', 'MANIFEST_EMPTY', {}],
  ['two documents', `${good}---\n${good}`, 'MANIFEST_SEVERAL_DOCUMENTS', { count: 2 }],
  ['a Deployment', good.replace('kind: Pod', 'kind: Deployment'), 'MANIFEST_NOT_A_POD', { kind: 'Deployment' }],
  ['plain text', 'hello', 'MANIFEST_NOT_A_POD', { kind: '' }],
  ['a list', '- a\n- b\n', 'MANIFEST_NOT_A_POD', { kind: '' }],
  ['no name', good.replace('name: spring-pod', 'labels: {a: b}'), 'MANIFEST_NO_NAME', {}],
  ['another namespace', good.replace('name: spring-pod', 'name: spring-pod\n  namespace: prod'), 'MANIFEST_OTHER_NAMESPACE', { manifest: 'prod', namespace: 'shop' }],
])('%s is refused', (_, text, code, parameters) => {
  let failure: unknown;
  try {
    readManifest(text, 'shop');
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(Failure);
  const { code: gotCode, parameters: gotParameters, raw } = failure as Failure;
  expect([gotCode, gotParameters]).toEqual([code, parameters]);
  expect(raw).not.toBe('');
});

test.each([
  ['spec.containers[0].image', 8],
  ['.spec.containers[name="spring"].image', 8],
  ['spec.containers[0].ports[0].containerPort', 10],
  ['spec.containers[0].nothing', 7],
  ['spec', 5],
])('the line of %s', (path, line) => {
  expect(readManifest(good, 'shop').document.lineOf(path)).toBe(line);
});
