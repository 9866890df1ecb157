// The tables: every type that a field names exists, and fields come and go with versions.
import { describe, expect, it } from 'vitest';
import { openSchema } from './open-schema.ts';
import type { TypeRef } from './schema.ts';

const named = (type: TypeRef): string[] => (type.kind === 'list' || type.kind === 'map' ? named(type.of) : type.kind === 'object' ? [type.type] : []);

describe.each([20, 25, 29, 34])('the schema of 1.%i', (minor) => {
  const schema = openSchema(minor);
  it('has every type that a field names', () => {
    const missing = [...schema.types.values()].flatMap((type) => [...type.fields.values()].flatMap((field) => named(field.type)).filter((name) => !schema.types.has(name)));
    expect(missing).toEqual([]);
  });
  it('merges every map list by keys that its items have', () => {
    const missing = [...schema.types.values()].flatMap((type) =>
      [...type.fields.values()].flatMap(({ name, type: ref, structure, patch }) => {
        const [item] = named(ref);
        const keys = [...(structure.kind === 'map' ? structure.keys : []), ...(patch?.mergeKey ? [patch.mergeKey] : [])];
        return keys.filter((key) => !item || !schema.type(item).fields.has(key)).map((key) => `${type.name}.${name} ${key}`);
      }),
    );
    expect(missing).toEqual([]);
  });
});

describe('openSchema', () => {
  const field = (minor: number, type: string, name: string) => openSchema(minor).type(type).fields.get(name);
  it('knows fields from the version on that brought them', () => {
    expect(field(27, 'Container', 'restartPolicy')).toBeUndefined();
    expect(field(28, 'Container', 'restartPolicy')?.type).toEqual({ kind: 'string', go: 'ContainerRestartPolicy' });
    expect(field(23, 'ObjectMeta', 'clusterName')).toBeDefined();
    expect(field(24, 'ObjectMeta', 'clusterName')).toBeUndefined();
    expect(field(20, 'Lifecycle', 'preStop')?.type).toEqual({ kind: 'object', type: 'Handler' });
    expect(field(34, 'Lifecycle', 'preStop')?.type).toEqual({ kind: 'object', type: 'LifecycleHandler' });
  });
  it('tells how lists are merged', () => {
    expect(field(34, 'Container', 'ports')).toMatchObject({
      structure: { kind: 'map', keys: ['containerPort', 'protocol'] },
      patch: { strategy: ['merge'], mergeKey: 'containerPort' },
    });
    expect(field(34, 'ContainerPort', 'protocol')?.default).toBe('TCP');
    expect(field(34, 'ObjectMeta', 'finalizers')).toMatchObject({ structure: { kind: 'set' }, patch: { strategy: ['merge'] } });
    expect(field(34, 'PodSpec', 'volumes')?.patch).toEqual({ strategy: ['merge', 'retainKeys'], mergeKey: 'name' });
    expect(field(34, 'Container', 'args')).toMatchObject({ structure: { kind: 'atomic' } });
    expect(field(34, 'Container', 'args')?.patch).toBeUndefined();
  });
  it('takes references as a whole since 1.21', () => {
    expect(field(20, 'EnvVarSource', 'fieldRef')?.structure).toEqual({ kind: 'granular' });
    expect(field(21, 'EnvVarSource', 'fieldRef')?.structure).toEqual({ kind: 'atomic' });
  });
  it('names types as OpenAPI does', () => {
    expect(openSchema(34).type('events.Event').openApiName).toBe('io.k8s.api.events.v1.Event');
    expect(openSchema(21).type('Eviction').openApiName).toBe('io.k8s.api.policy.v1beta1.Eviction');
    expect(openSchema(22).type('Eviction').openApiName).toBe('io.k8s.api.policy.v1.Eviction');
  });
  it('faults a name that is in no table', () => {
    expect(() => openSchema(34).type('Podd')).toThrow('no type Podd');
  });
});
