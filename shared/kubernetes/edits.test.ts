import { expect, test } from 'vitest';
import type { Edit, PathStep } from '../contract/findings.ts';
import { elsewhereInTemplate, inTemplate, pathText, valueAt, withEdits } from './edits.ts';

const pod = () => ({
  metadata: { name: 'web', labels: { app: 'web' } as Record<string, string> },
  spec: {
    containers: [
      { name: 'side', image: 'side:1' },
      { name: 'app', image: 'web:1', env: [{ name: 'A', value: '1' }], resources: { limits: { memory: '32Mi' } }, ports: [{ containerPort: 80 }] },
    ],
    tolerations: [{ key: 'a' }, { key: 'b' }],
    volumes: null,
  },
});
const app = { name: 'app' };
const inApp = (...rest: PathStep[]): PathStep[] => ['spec', 'containers', app, ...rest];
const after = (edits: Edit[], path: PathStep[]) => valueAt(withEdits(pod(), edits), path);

test.each<[string, Edit[], PathStep[], unknown]>([
  ['a field is set', [{ path: inApp('image'), value: 'web:2' }], inApp('image'), 'web:2'],
  ['missing parents are made', [{ path: inApp('livenessProbe', 'httpGet', 'port'), value: 8080 }], inApp('livenessProbe'), { httpGet: { port: 8080 } }],
  ['what stands beside it stays', [{ path: inApp('resources', 'limits', 'cpu'), value: '1' }], inApp('resources', 'limits'), { memory: '32Mi', cpu: '1' }],
  ['a field is removed', [{ path: inApp('resources', 'limits', 'memory') }], inApp('resources', 'limits'), {}],
  ['value: undefined removes, too', [{ path: inApp('resources', 'limits', 'memory'), value: undefined }], inApp('resources', 'limits'), {}],
  ['an element is changed by name', [{ path: inApp('env', { name: 'A' }, 'value'), value: '2' }], inApp('env'), [{ name: 'A', value: '2' }]],
  ['one is made', [{ path: inApp('env', { name: 'B' }, 'value'), value: '2' }], inApp('env'), [{ name: 'A', value: '1' }, { name: 'B', value: '2' }]],
  ['a list is made', [{ path: ['spec', 'containers', { name: 'side' }, 'env', { name: 'B' }, 'value'], value: '2' }], ['spec', 'containers', { name: 'side' }, 'env'], [{ name: 'B', value: '2' }]],
  ['a whole element gets its name', [{ path: inApp('env', { name: 'A' }), value: { valueFrom: {} } }], inApp('env'), [{ name: 'A', valueFrom: {} }]],
  ['one is removed', [{ path: inApp('env', { name: 'A' }) }], inApp('env'), []],
  ['an element is changed by index', [{ path: inApp('ports', 0, 'containerPort'), value: 8080 }], inApp('ports'), [{ containerPort: 8080 }]],
  ['one is added at the end', [{ path: ['spec', 'tolerations', 2], value: { key: 'c' } }], ['spec', 'tolerations'], [{ key: 'a' }, { key: 'b' }, { key: 'c' }]],
  ['one is removed by index', [{ path: ['spec', 'tolerations', 0] }], ['spec', 'tolerations'], [{ key: 'b' }]],
  ['a list that is null', [{ path: ['spec', 'volumes', { name: 'v' }, 'emptyDir'], value: {} }], ['spec', 'volumes'], [{ name: 'v', emptyDir: {} }]],
  ['a first element is made', [{ path: ['spec', 'hostAliases', 0], value: { ip: '::1' } }], ['spec', 'hostAliases'], [{ ip: '::1' }]],
  ['a key with dots and slashes', [{ path: ['metadata', 'labels', 'a.b/c'], value: 'x' }], ['metadata', 'labels'], { app: 'web', 'a.b/c': 'x' }],
  ['a key that JavaScript knows', [{ path: ['metadata', 'labels', '__proto__'], value: 'x' }], ['metadata', 'labels', '__proto__'], 'x'],
  ['one after the other', [{ path: inApp('env', { name: 'B' }, 'value'), value: '2' }, { path: inApp('env', { name: 'A' }) }], inApp('env'), [{ name: 'B', value: '2' }]],
])('%s', (_, edits, path, expected) => expect(after(edits, path)).toEqual(expected));

test.each<[string, Edit[]]>([
  ['the value that is there', [{ path: inApp('resources'), value: { limits: { memory: '32Mi' } } }]],
  ['a field that is not there is removed', [{ path: inApp('livenessProbe', 'httpGet', 'port') }]],
  ['an element that is not there is removed', [{ path: inApp('env', { name: 'B' }) }, { path: ['spec', 'tolerations', 7] }]],
  ['nothing of a list that is null', [{ path: ['spec', 'volumes', { name: 'v' }] }]],
  ['a container that is not there loses nothing', [{ path: ['spec', 'initContainers', app, 'image'] }]],
])('no change: %s', (_, edits) => {
  const before = pod();
  expect(withEdits(before, edits)).toBe(before);
});

test.each<[string, Edit, string]>([
  ['a container of another name', { path: ['spec', 'containers', { name: 'gone' }, 'image'], value: 'x' }, 'spec.containers[gone]'],
  ['a container where there are none', { path: ['spec', 'initContainers', { name: 'gone' }, 'image'], value: 'x' }, 'spec.initContainers[gone]'],
  ['an index beyond the end', { path: ['spec', 'tolerations', 3], value: {} }, 'spec.tolerations[3]'],
  ['a step into a text', { path: inApp('image', 'tag'), value: 'x' }, 'spec.containers[app].image.tag'],
  ['a name in what is no list', { path: ['metadata', 'labels', { name: 'x' }, 'y'], value: 'x' }, 'metadata.labels[x]'],
  ['a named element that is a text', { path: inApp('env', { name: 'B' }), value: 'x' }, 'spec.containers[app].env[B]'],
])('there is no place: %s', (_, edit, path) => {
  const before = pod();
  expect(() => withEdits(before, [edit])).toThrow(expect.objectContaining({ name: 'MissingPlace', path }));
  expect(before).toEqual(pod());
});

test.each([['Pod', ''], [undefined, ''], ['Deployment', 'spec.template.'], ['Job', 'spec.template.'], ['CronJob', 'spec.jobTemplate.spec.template.']])('the template of a %s', (kind, above) => {
  const paths = inTemplate(kind, [{ path: inApp('image') }, { path: ['metadata', 'labels', 'a.b/c'] }]).map(({ path }) => pathText(path));
  expect(paths).toEqual([`${above}spec.containers[app].image`, `${above}metadata.labels["a.b/c"]`]);
});

test('an index is of the template only where both have the same there', () => {
  const workload = (first: string) => ({ kind: 'Deployment', spec: { template: { spec: { ...pod().spec, tolerations: [{ key: first }] } } } });
  const edits: Edit[] = [{ path: inApp('ports', 0, 'containerPort'), value: 1 }, { path: ['spec', 'tolerations', 0] }];
  expect([workload('a'), workload('z')].map((each) => elsewhereInTemplate(pod(), each, edits))).toEqual([undefined, 'spec.tolerations[0]']);
});
