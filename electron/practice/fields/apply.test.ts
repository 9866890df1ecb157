// Server-side apply as Kubernetes 1.20.2 did it for the same steps (recorded on a real cluster), and what later versions do otherwise.
import { describe, expect, test } from 'vitest';
import { ApiError } from '../api/api-error.ts';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../objects.ts';
import { openSchema } from '../schema/open-schema.ts';
import type { Schema } from '../schema/schema.ts';
import { applyServerSide } from './apply.ts';
import { afterUpdate } from './managed-fields.ts';

const kubernetes20 = openSchema(20);
const now = new Date(Date.UTC(2026, 0, 1));

/** One object that is applied and written to, as the server keeps it. */
function live(type: string, schema: Schema = kubernetes20) {
  let object: KubeObject | undefined;
  return {
    apply(manager: string, applied: KubeObject, force = false) {
      const { object: made, managedFields } = applyServerSide({ schema, type, live: object, applied, manager, force, subresource: '', apiVersion: 'v1', now });
      object = { ...made, metadata: { ...made.metadata, managedFields } };
      return this;
    },
    write(manager: string, after: KubeObject) {
      const managedFields = afterUpdate({ schema, type, before: object, after, manager, subresource: '', apiVersion: 'v1', now });
      object = { ...after, metadata: { ...after.metadata, managedFields } };
      return this;
    },
    get object() {
      const { managedFields: _, ...metadata } = object?.metadata ?? {};
      return { ...object, metadata };
    },
    get entries() {
      return Object.fromEntries(
        (object?.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }: ManagedFieldsEntry) => [`${operation} ${manager}`, fieldsV1]),
      );
    },
  };
}
const configMap = (data?: Record<string, string | null>, metadata: ObjectMeta = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...metadata },
  ...(data ? { data } : {}),
});
const failure = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('one manager', () => {
  const both = configMap({ x: '1', y: '1' }, { labels: { l: '1' } });
  const owned = { 'Apply m1': { 'f:data': { 'f:x': {}, 'f:y': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} } } } };

  test('creates, and applies the same again', () => {
    expect(live('ConfigMap').apply('m1', both).entries).toEqual(owned);
    expect(live('ConfigMap').apply('m1', both).apply('m1', both)).toMatchObject({ entries: owned, object: both });
  });

  test('what it does not apply any more is gone', () => {
    const after = live('ConfigMap')
      .apply('m1', both)
      .apply('m1', configMap({ y: '1' }));
    expect(after.object).toEqual(configMap({ y: '1' }));
    expect(after.entries).toEqual({ 'Apply m1': { 'f:data': { 'f:y': {} } } });
    expect(live('ConfigMap').apply('m1', both).apply('m1', configMap()).object).toEqual(configMap());
  });

  test('before 1.21 an empty map says nothing', () => {
    expect(live('ConfigMap').apply('m1', configMap({})).entries).toEqual({});
    expect(live('ConfigMap', openSchema(34)).apply('m1', configMap({})).entries).toEqual({ 'Apply m1': { 'f:data': {} } });
  });
});

describe('two managers', () => {
  const first = () => live('ConfigMap').apply('m1', configMap({ x: '1', y: '1' }));

  test('share a field of the same value, which stays until neither applies it', () => {
    const shared = first().apply('m2', configMap({ x: '1' }));
    expect(shared.entries).toEqual({ 'Apply m1': { 'f:data': { 'f:x': {}, 'f:y': {} } }, 'Apply m2': { 'f:data': { 'f:x': {} } } });
    expect(shared.apply('m1', configMap()).object).toEqual(configMap({ x: '1' }));
    expect(shared.apply('m2', configMap()).object).toEqual(configMap());
  });

  test('another value is a conflict', () => {
    expect(failure(() => first().apply('m2', configMap({ x: '2' })))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "m1": .data.x',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.data.x' }] },
    });
  });

  test('force takes it', () => {
    const forced = first().apply('m2', configMap({ x: '2' }), true);
    expect(forced.object).toEqual(configMap({ x: '2', y: '1' }));
    expect(forced.entries).toEqual({ 'Apply m1': { 'f:data': { 'f:y': {} } }, 'Apply m2': { 'f:data': { 'f:x': {} } } });
  });

  test('who wrote and who applies under one name are two', () => {
    const written = first().write('m1', configMap({ x: '7', y: '1' }));
    expect(failure(() => written.apply('m1', configMap({ x: '8', y: '1' }))).message).toBe(
      'Apply failed with 1 conflict: conflict with "m1" using v1: .data.x',
    );
  });

  test('what somebody wrote stays when who applied the same gives it up', () => {
    const both = live('ConfigMap')
      .write('one', configMap({ x: '1', y: '1' }))
      .apply('m1', configMap({ x: '1' }))
      .apply('m1', configMap());
    expect(both.object).toEqual(configMap({ x: '1', y: '1' }));
    expect(both.entries).toEqual({ 'Update one': { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {} } } });
  });

  test("what was there before anybody owned it counts as somebody's", () => {
    const reset = first().write('u', configMap({ x: '1', y: '1' }, { managedFields: [{}] }));
    expect(reset.apply('m1', configMap({ n: '1' })).entries).toEqual({
      'Apply m1': { 'f:data': { 'f:n': {} } },
      'Update before-first-apply': { 'f:data': { '.': {}, 'f:x': {}, 'f:y': {} } },
    });
  });
});

describe('lists', () => {
  const service = (...ports: [number, string][]): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { ports: ports.map(([port, name]) => ({ port, name, protocol: 'TCP' })) },
  });
  const portsOf = ({ object }: { object: Record<string, unknown> }) =>
    (object['spec'] as { ports: { name: string }[] } | undefined)?.ports.map(({ name }) => name).join(' ');

  test('items come and go with who applies them; what is there keeps its place before 1.29', () => {
    const after = live('Service')
      .apply('m1', service([1, 'a'], [2, 'b']))
      .apply('m2', service([3, 'c'], [1, 'a']));
    expect(portsOf(after)).toBe('a b c');
    expect(portsOf(after.apply('m1', service([4, 'd'], [2, 'b'])))).toBe('a b c d');
    expect(portsOf(after.apply('m1', service()))).toBe('a c');
  });

  test('since 1.29 the order is that of who applies', () => {
    const after = live('Service', openSchema(34))
      .apply('m1', service([1, 'a'], [2, 'b']))
      .apply('m2', service([3, 'c'], [1, 'a']));
    expect(portsOf(after)).toBe('c a b');
  });

  test("conflicts are told by manager, with the item's key", () => {
    const pod = (image: string, label: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: { a: label } },
      spec: { containers: [{ name: 'c', image }] },
    });
    const written = live('Pod').write('tester', pod('i:1', '1')).write('k', pod('i:2', '1'));
    expect(failure(() => written.apply('ssa', pod('i:3', '2'))).message).toBe(
      'Apply failed with 2 conflicts: conflicts with "k" using v1:\n- .spec.containers[name="c"].image\nconflicts with "tester" using v1:\n- .metadata.labels.a',
    );
  });
});

describe('what cannot be applied', () => {
  const apply = (applied: object) => failure(() => live('ConfigMap').apply('m1', applied as KubeObject));

  test.each([
    [{ ...configMap(), dat: {} }, 500, 'failed to create typed patch object: .dat: field not declared in schema'],
    [{ ...configMap(), data: { x: 1 } }, 500, 'failed to create typed patch object: .data.x: expected string, got &value.valueUnstructured{Value:1}'],
    [{ ...configMap(), apiVersion: 'apps/v1' }, 400, 'Incorrect version specified in apply patch. Specified patch version: apps/v1, expected: v1'],
    [{ metadata: { name: 'a' } }, 400, 'Incorrect version specified in apply patch. Specified patch version: , expected: v1'],
    [configMap({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
  ])('%j', (applied, code, message) => {
    expect(apply(applied)).toMatchObject({ code, message });
  });

  test('a wrong type inside of what is owned as a whole', () => {
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: {} } } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c' }], affinity } };
    expect(failure(() => live('Pod').apply('m1', pod as unknown as KubeObject)).message).toMatch(/nodeSelectorTerms: expected list, got/);
  });

  test('two items of one key', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c' }, { name: 'c' }] } };
    expect(failure(() => live('Pod').apply('m1', pod)).message).toBe(
      'failed to create typed patch object: .spec.containers: duplicate entries for key [name="c"]',
    );
  });
});
