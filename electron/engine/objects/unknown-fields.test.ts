import { expect, test } from 'vitest';
import { resolved, schemaIn } from './schema.ts';
import { unknownFields } from './unknown-fields.ts';

const gvk = [{ group: '', version: 'v1', kind: 'Pod' }];
const v2 = {
  definitions: {
    'api.Pod': { 'x-kubernetes-group-version-kind': gvk, type: 'object', properties: {
      apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { $ref: '#/definitions/Meta' }, spec: { description: 'What is wanted.', $ref: '#/definitions/Spec' }, status: { $ref: '#/definitions/Status' },
    } },
    Meta: { type: 'object', properties: { name: { type: 'string' }, labels: { type: 'object', additionalProperties: { type: 'string' } }, fieldsV1: { type: 'object' } } },
    Spec: { type: 'object', required: ['containers'], properties: {
      containers: { type: 'array', items: { $ref: '#/definitions/Container' } },
      restartPolicy: { type: 'string', description: 'Restart policy for all containers within the pod. One of Always, OnFailure, Never. Default to Always.' },
      nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: { $ref: '#/definitions/Container' } } },
    } },
    Container: { type: 'object', properties: { name: { type: 'string' }, image: { type: 'string' }, imagePullPolicy: { type: 'string' }, port: { type: 'string', format: 'int-or-string' } } },
    Status: { type: 'object', properties: {} },
    Other: { type: 'object', properties: {} },
  },
};
const pod = (spec: unknown, more = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { 'any.thing/at-all': 'y' } }, spec, ...more });
const kind = schemaIn(v2, 'v1', 'Pod')!;

test('every unknown field with its path and the nearest known one', () => {
  const object = pod({ containers: [{ name: 'a', imagePullPolcy: 'Never' }, { name: 'b', Image: 'x', zzz: 1 }], nodeSelector: { any: 'x' }, hostname: 'h' }, { spce: {} });
  const { unknown, known } = unknownFields(kind, object);
  expect(unknown).toEqual([
    { path: 'spec.containers[0].imagePullPolcy', suggestion: 'imagePullPolicy' },
    { path: 'spec.containers[1].Image', suggestion: 'image' },
    { path: 'spec.containers[1].zzz', suggestion: undefined },
    { path: 'spec.hostname', suggestion: undefined },
    { path: 'spce', suggestion: 'spec' },
  ]);
  expect(known).toEqual(pod({ containers: [{ name: 'a' }, { name: 'b' }], nodeSelector: { any: 'x' } }));
});

test('what may be anything is not looked at, what is known within it is', () => {
  const object = pod({ free: { anything: { at: 'all' }, known: { name: 'a', imag: 'x' } } }, { status: { phase: 'Running' }, metadata: { fieldsV1: { 'f:x': {} } } });
  expect(unknownFields(kind, object).unknown).toEqual([{ path: 'spec.free.known.imag', suggestion: 'image' }]);
});

test('a value of a wrong shape is left to the server', () => {
  expect(unknownFields(kind, pod({ containers: { name: 'a' }, restartPolicy: null, nodeSelector: 'x' })).unknown).toEqual([]);
});

test('the schema has what the kind can reach, values that the words name, and no status', () => {
  expect(Object.keys(kind.schemas).sort()).toEqual(['Container', 'Meta', 'Spec', 'Status', 'api.Pod']);
  expect(Object.keys(kind.schemas[kind.root]?.properties ?? {})).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  expect(kind.schemas['Spec']?.properties?.['restartPolicy']?.enum).toEqual(['Always', 'OnFailure', 'Never']);
  expect(kind.schemas['Container']?.properties?.['port']?.type).toBe('integer or string');
  expect(resolved(kind, kind.schemas[kind.root]?.properties?.['spec'])?.required).toEqual(['containers']);
  expect(schemaIn(v2, 'v2', 'Pod')).toBeUndefined();
});

test('OpenAPI v3 names its parts elsewhere, and wraps a reference that has more to it', () => {
  const v3 = { components: { schemas: {
    'api.Thing': { 'x-kubernetes-group-version-kind': [{ group: 'g.io', version: 'v1', kind: 'Thing' }], type: 'object', properties: { spec: { default: {}, allOf: [{ $ref: '#/components/schemas/Spec' }] } } },
    Spec: { type: 'object', properties: { size: { type: 'string', enum: ['S', 'L'] } } },
  } } };
  const thing = schemaIn(v3, 'g.io/v1', 'Thing')!;
  expect(thing.schemas['Spec']?.properties?.['size']?.enum).toEqual(['S', 'L']);
  expect(unknownFields(thing, { apiVersion: 'g.io/v1', kind: 'Thing', metadata: {}, spec: { sice: 'S' } } ).unknown.map(({ path }) => path)).toContain('spec.sice');
});
