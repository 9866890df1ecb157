// managedFields as Kubernetes 1.20.2 gave them for the same steps (recorded on a real cluster), and what later versions do otherwise.
import { describe, expect, test } from 'vitest';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../objects.ts';
import { openSchema } from '../schema/open-schema.ts';
import { afterUpdate } from './managed-fields.ts';

const kubernetes20 = openSchema(20);

type Data = Record<string, string> | undefined;
const configMap = (data: Data, metadata: ObjectMeta = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...metadata },
  ...(data ? { data } : {}),
});

/** Writes one object after the other, each by its manager, and tells the entries without what is the same in all. */
function write(
  type: string,
  steps: readonly (readonly [manager: string, object: KubeObject, subresource?: string])[],
  schema = kubernetes20,
): Record<string, unknown> {
  let before: KubeObject | undefined;
  for (const [index, [manager, after, subresource = '']] of steps.entries()) {
    const managedFields = afterUpdate({
      schema,
      type,
      before,
      after,
      manager,
      subresource,
      apiVersion: 'v1',
      now: new Date(Date.UTC(2026, 0, 1, 0, 0, index)),
    });
    before = { ...after, metadata: { ...after.metadata, managedFields } };
  }
  return brief(before?.metadata.managedFields ?? []);
}
const brief = (entries: readonly ManagedFieldsEntry[]) =>
  Object.fromEntries(
    entries.map(({ manager, operation, fieldsV1, subresource }) => [`${operation} ${manager}${subresource ? ` ${subresource}` : ''}`, fieldsV1]),
  );

const labels = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:an': {} }, 'f:labels': { '.': {}, 'f:l': {} } } };
const meta = { labels: { l: '1' }, annotations: { an: '1' } };

describe('what is written is owned by who wrote it', () => {
  test('created', () => {
    expect(write('ConfigMap', [['one', configMap({ x: '1' }, meta)]])).toEqual({ 'Update one': { 'f:data': { '.': {}, 'f:x': {} }, ...labels } });
  });

  test('a key is added by another', () => {
    expect(
      write('ConfigMap', [
        ['one', configMap({ x: '1' })],
        ['two', configMap({ x: '1', y: '2' })],
      ]),
    ).toEqual({
      'Update one': { 'f:data': { '.': {}, 'f:x': {} } },
      'Update two': { 'f:data': { 'f:y': {} } },
    });
  });

  test('a key is changed by another, who takes it', () => {
    const steps = [
      ['one', configMap({ x: '1' }, meta)],
      ['two', configMap({ x: '1', y: '2' }, meta)],
      ['two', configMap({ x: '3', y: '2' }, meta)],
    ] as const;
    expect(write('ConfigMap', steps)).toEqual({ 'Update one': { 'f:data': {}, ...labels }, 'Update two': { 'f:data': { 'f:x': {}, 'f:y': {} } } });
    // Who is left with the map alone gets what is in it at the next write.
    expect(write('ConfigMap', [...steps, ['two', configMap({ y: '2' }, meta)]])).toEqual({
      'Update one': { 'f:data': { '.': {}, 'f:y': {} }, ...labels },
      'Update two': { 'f:data': { 'f:y': {} } },
    });
  });

  test("what is gone is nobody's, and an entry with nothing is gone too", () => {
    const steps = [
      ['one', configMap({ x: '1' }, meta)],
      ['two', configMap({ x: '1', y: '2' }, meta)],
      ['two', configMap(undefined, meta)],
    ] as const;
    expect(write('ConfigMap', steps)).toEqual({ 'Update one': labels });
    expect(write('ConfigMap', [...steps, ['two', configMap({ q: '1' }, meta)]])).toEqual({
      'Update two': { 'f:data': { '.': {}, 'f:q': {} } },
      'Update one': labels,
    });
    expect(
      write('ConfigMap', [
        ['one', configMap({ x: '1' }, meta)],
        ['three', configMap({ z: '1' })],
      ]),
    ).toEqual({
      'Update one': { 'f:data': {} },
      'Update three': { 'f:data': { 'f:z': {} } },
    });
  });

  test('the time is that of the last write that took something', () => {
    const at = (before: KubeObject | undefined, after: KubeObject, manager: string, second: number) =>
      afterUpdate({
        schema: kubernetes20,
        type: 'ConfigMap',
        before,
        after,
        manager,
        subresource: '',
        apiVersion: 'v1',
        now: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
      });
    const first = at(undefined, configMap({ x: '1', y: '1' }), 'one', 1);
    const second = at(configMap({ x: '1', y: '1' }, { managedFields: first }), configMap({ x: '1' }), 'one', 2);
    const third = at(configMap({ x: '1' }, { managedFields: second }), configMap({ x: '2' }), 'one', 3);
    expect([first, second, third].map(([entry]) => entry?.time)).toEqual(['2026-01-01T00:00:01Z', '2026-01-01T00:00:01Z', '2026-01-01T00:00:03Z']);
  });

  test('a client may take all entries away, and then there are none until something is applied', () => {
    const reset = [
      ['one', configMap({ x: '1' })],
      ['two', configMap({ x: '1' }, { managedFields: [{}] })],
    ] as const;
    expect(write('ConfigMap', reset)).toEqual({});
    expect(write('ConfigMap', [...reset, ['two', configMap({ x: '2' })]])).toEqual({});
  });

  test('a client may write the entries itself; nonsense does not count', () => {
    const sent = (entry: ManagedFieldsEntry) => configMap({ x: '1', y: '1' }, { managedFields: [entry] });
    const entry: ManagedFieldsEntry = { manager: 'zz', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:x': {} } } };
    expect(
      write('ConfigMap', [
        ['one', configMap({ x: '1' })],
        ['two', sent(entry)],
      ]),
    ).toEqual({
      'Update zz': { 'f:data': { 'f:x': {} } },
      'Update two': { 'f:data': { 'f:y': {} } },
    });
    expect(
      write('ConfigMap', [
        ['one', configMap({ x: '1' })],
        ['one', sent({ ...entry, operation: 'Foo' as 'Update' })],
      ]),
    ).toEqual({
      'Update one': { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {} } },
    });
  });

  test('the oldest of more than ten writers become one', () => {
    const data: Record<string, string> = {};
    const steps = Array.from({ length: 13 }, (_, index) => [`u${index}`, configMap(Object.assign(data, { [`k${index}`]: '1' }) && { ...data })] as const);
    const entries = write('ConfigMap', steps);
    expect(Object.keys(entries)).toEqual(['ancient-changes', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9', 'u10', 'u11', 'u12'].map((name) => `Update ${name}`));
    expect(entries['Update ancient-changes']).toEqual({ 'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {}, 'f:k3': {} } });
  });
});

describe('a pod', () => {
  const container = {
    name: 'c',
    image: 'i:1',
    imagePullPolicy: 'IfNotPresent',
    args: ['x'],
    env: [
      { name: 'A', value: '1' },
      { name: 'B', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    ],
    ports: [{ containerPort: 80, name: 'h', protocol: 'TCP' }],
    resources: { limits: { cpu: '1' } },
    securityContext: {},
  };
  const pod = (over: { metadata?: ObjectMeta; container?: object; status?: object } = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { a: '1' }, finalizers: ['x.io/a'], ...over.metadata },
    spec: {
      containers: [{ ...container, ...over.container }],
      nodeSelector: { a: 'b' },
      tolerations: [{ key: 'q', operator: 'Exists' }],
      volumes: [{ name: 'v', emptyDir: {} }],
    },
    ...(over.status ? { status: over.status } : {}),
  });
  const containerFields = {
    '.': {},
    'f:args': {},
    'f:env': {
      '.': {},
      'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} },
      'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { '.': {}, 'f:fieldRef': { '.': {}, 'f:apiVersion': {}, 'f:fieldPath': {} } } },
    },
    'f:image': {},
    'f:imagePullPolicy': {},
    'f:name': {},
    'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:name': {}, 'f:protocol': {} } },
    'f:resources': { '.': {}, 'f:limits': { '.': {}, 'f:cpu': {} } },
    'f:securityContext': {},
  };

  test('created: lists by key, sets by value, atomic lists as a whole', () => {
    expect(write('Pod', [['one', pod()]])).toEqual({
      'Update one': {
        'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x.io/a"': {} }, 'f:labels': { '.': {}, 'f:a': {} } },
        'f:spec': {
          'f:containers': { 'k:{"name":"c"}': containerFields },
          'f:nodeSelector': { '.': {}, 'f:a': {} },
          'f:tolerations': {},
          'f:volumes': { '.': {}, 'k:{"name":"v"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} } },
        },
      },
    });
  });

  test('its image changed, its owner and its labels set by another', () => {
    const metadata: ObjectMeta = {
      labels: { a: '1', b: '2' },
      finalizers: ['x.io/b', 'x.io/a'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'y', uid: 'u1' }],
    };
    expect(
      write('Pod', [
        ['one', pod()],
        ['k', pod({ metadata, container: { image: 'i:2' } })],
      ])['Update k'],
    ).toEqual({
      'f:metadata': {
        'f:finalizers': { 'v:"x.io/b"': {} },
        'f:labels': { 'f:b': {} },
        'f:ownerReferences': { '.': {}, 'k:{"uid":"u1"}': { '.': {}, 'f:apiVersion': {}, 'f:kind': {}, 'f:name': {}, 'f:uid': {} } },
      },
      'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:image': {} } } },
    });
  });

  const status = {
    conditions: [{ type: 'Ready', status: 'False', lastProbeTime: null, lastTransitionTime: null }],
    containerStatuses: [{ name: 'c', ready: false, state: {} }],
    phase: 'Running',
    podIP: '1.2.3.4',
    podIPs: [{ ip: '1.2.3.4' }],
  };
  const statusFields = {
    'f:status': {
      'f:conditions': { '.': {}, 'k:{"type":"Ready"}': { '.': {}, 'f:lastProbeTime': {}, 'f:lastTransitionTime': {}, 'f:status': {}, 'f:type': {} } },
      'f:containerStatuses': {},
      'f:phase': {},
      'f:podIP': {},
      'f:podIPs': { '.': {}, 'k:{"ip":"1.2.3.4"}': { '.': {}, 'f:ip': {} } },
    },
  };

  test('the kubelet writes its status; since 1.22 the entry says so', () => {
    expect(
      write('Pod', [
        ['one', pod()],
        ['kubelet', pod({ status }), 'status'],
      ])['Update kubelet'],
    ).toEqual(statusFields);
    expect(
      write(
        'Pod',
        [
          ['one', pod()],
          ['kubelet', pod({ status }), 'status'],
        ],
        openSchema(34),
      )['Update kubelet status'],
    ).toEqual(statusFields);
  });

  test('since 1.22 nobody owns what a write does not reach', () => {
    expect(
      write(
        'Pod',
        [
          ['one', pod()],
          ['k', pod({ status })],
        ],
        openSchema(34),
      )['Update k'],
    ).toBeUndefined();
  });

  test('what has two items of one key has no entries', () => {
    expect(
      write('Pod', [
        ['one', pod()],
        [
          'k',
          pod({
            container: {
              env: [
                { name: 'A', value: '1' },
                { name: 'A', value: '2' },
              ],
            },
          }),
        ],
      ]),
    ).toEqual({});
  });
});
