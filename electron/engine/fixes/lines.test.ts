import { expect, test } from 'vitest';
import type { ChangePart, Edit } from '../../../shared/contract/findings.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { blindPatchLines, createLines, patchLines, replaceLines, staysInPlace } from './lines.ts';

const at = { context: 'kind-kind', namespace: 'n' };
const begin = 'kubectl --context kind-kind -n n';
const pod: Pod = {
  metadata: { name: 'web', namespace: 'n', uid: 'u', labels: { app: 'web' } },
  spec: { nodeName: 'n1', containers: [{ name: 'app', image: 'web:1' }] },
};
const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'x' }, ports: [{ name: 'http', port: 80 }] } };

test('a bare pod: what is tried only goes into a file, without the node that was chosen', () => {
  const edits: Edit[] = [{ path: ['spec', 'containers', { name: 'app' }, 'workingDir'], value: '/' }];
  expect(replaceLines(at, pod, edits)).toEqual([
    `${begin} patch pod web --type=json -p '[{"op":"remove","path":"/spec/nodeName"},{"op":"add","path":"/spec/containers/0/workingDir","value":"/"}]' --dry-run=client -o yaml > web.recreate.yaml`,
    `${begin} replace --force -f web.recreate.yaml`,
  ]);
});

test('an object that is known: with a test of what was there; nothing where it is so already', () => {
  const edits: Edit[] = [{ path: ['spec', 'selector', 'app'], value: 'web' }];
  expect(patchLines(at, service, edits)).toEqual([
    `${begin} patch service web --type=json -p '[{"op":"test","path":"/spec/selector/app","value":"x"},{"op":"replace","path":"/spec/selector/app","value":"web"}]'`,
  ]);
  expect(patchLines(at, service, [{ path: ['spec', 'selector', 'app'], value: 'x' }])).toEqual([]);
});

const named = { apiVersion: 'v1', kind: 'Service', name: 'web' };
test.each<[string, Edit[], string]>([
  ['fields', [{ path: ['spec', 'selector', 'app'], value: 'web' }, { path: ['spec', 'selector', 'tier'] }], `patch service web --type=merge -p '{"spec":{"selector":{"app":"web","tier":null}}}'`],
  ['an index', [{ path: ['spec', 'ports', 0, 'targetPort'], value: 8080 }, { path: ['metadata', 'labels', 'a/b~c'] }],
    `patch service web --type=json -p '[{"op":"add","path":"/spec/ports/0/targetPort","value":8080},{"op":"remove","path":"/metadata/labels/a~1b~0c"}]'`],
  ['an element', [{ path: ['spec', 'ports', 0], value: { port: 80 } }], `patch service web --type=json -p '[{"op":"replace","path":"/spec/ports/0","value":{"port":80}}]'`],
  ['a name, which no patch can look for', [{ path: ['spec', 'ports', { name: 'http' }, 'targetPort'], value: 8080 }], 'edit service web'],
])('an object that was not read: %s', (_, edits, line) => {
  const part: Extract<ChangePart, { on: 'object' }> = { on: 'object', object: named, edits };
  expect(blindPatchLines(at, part)).toEqual([`${begin} ${line}`]);
});

test('a new object is fed as YAML, and created and not applied over one that is there', () => {
  expect(createLines(at, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'yes' } }))
    .toEqual([`${begin} create -f - <<'EOF'\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: "yes"\nEOF`]);
});

test.each<[boolean, Edit[]]>([
  [true, [{ path: ['metadata', 'labels', 'a'], value: 'b' }, { path: ['metadata', 'annotations', 'a'] }]],
  [false, [{ path: ['metadata', 'labels', 'a'], value: 'b' }, { path: ['spec', 'hostname'], value: 'x' }]],
  [false, [{ path: ['metadata', 'finalizers'] }]],
])('in place: %s', (expected, edits) => expect(staysInPlace(edits)).toBe(expected));
