import { describe, expect, it } from 'vitest';
import { realClock } from '../clock.ts';
import type { Kind } from '../kinds/kind.ts';
import type { KubeObject } from '../objects.ts';
import { openSchema } from '../schema/open-schema.ts';
import { createStore, type Change } from '../store/store.ts';
import { ApiError } from './api-error.ts';
import { createObjectsApi } from './rest.ts';
import { KINDS } from './serve-for-test.ts';

const by = { manager: 'test' };

function cluster(minor = 34) {
  const store = createStore();
  const objects = createObjectsApi({ context: { store, clock: realClock(), minor }, schema: openSchema(minor), kinds: KINDS });
  const kind = (resource: string) => KINDS.find((candidate) => candidate.resource === resource) as Kind;
  const [maps, pods, namespaces] = [kind('configmaps'), kind('pods'), kind('namespaces')];
  objects.create(namespaces, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }, by);
  const changes: Change[] = [];
  store.watch('pods', store.revision, (change) => changes.push(change));
  store.watch('configmaps', store.revision, (change) => changes.push(change));
  return { store, objects, maps, pods, namespaces, types: () => changes.map(({ type }) => type) };
}

const map = (metadata: object, more: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, ...more });
const pod = (name: string, spec: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });

function failure(call: () => unknown) {
  try {
    call();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
  throw new Error('it succeeded');
}

describe('create', () => {
  it('fills in what the server knows, and takes none of it from the client', () => {
    const { objects, maps } = cluster();
    const made = objects.create(maps, 'default', map({ name: 'a', uid: 'x', creationTimestamp: '2001-01-01T00:00:00Z', deletionTimestamp: '2001-01-01T00:00:00Z', selfLink: '/a' }), by);
    expect(made.metadata).toMatchObject({ name: 'a', namespace: 'default', uid: expect.stringMatching(/^[0-9a-f-]{36}$/), resourceVersion: expect.stringMatching(/^\d+$/) });
    expect(made.metadata.creationTimestamp).not.toBe('2001-01-01T00:00:00Z');
    expect(made.metadata).not.toHaveProperty('deletionTimestamp');
    expect(made.metadata).not.toHaveProperty('selfLink');
  });

  it('makes a name of 63 characters at most', () => {
    const { objects, maps } = cluster();
    expect(objects.create(maps, 'default', map({ generateName: 'web-' }), by).metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(objects.create(maps, 'default', map({ generateName: 'x'.repeat(80) }), by).metadata.name).toHaveLength(63);
  });

  it('needs a namespace that is there and stays', () => {
    const { objects, maps, namespaces } = cluster();
    expect(failure(() => objects.create(maps, 'none', map({ name: 'a' }), by))).toMatchObject({ code: 404, message: 'namespaces "none" not found' });
    expect(failure(() => objects.create(maps, 'default', map({ name: 'a', namespace: 'other' }), by))).toMatchObject({
      code: 400,
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    });
    objects.create(namespaces, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' }, spec: { finalizers: ['kubernetes'] } }, by);
    objects.delete(namespaces, '', 'going', {});
    expect(failure(() => objects.create(maps, 'going', map({ name: 'late' }), by))).toMatchObject({
      code: 403,
      message: 'configmaps "late" is forbidden: unable to create new content in namespace going because it is being terminated',
      details: { name: 'late', kind: 'configmaps', causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
    });
  });

  it('refuses names, labels and versions that cannot be', () => {
    const { objects, maps } = cluster();
    const create = (metadata: object) => failure(() => objects.create(maps, 'default', map(metadata), by));
    expect(create({})).toMatchObject({ code: 422, message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required' });
    expect(create({ name: 'A_b' })).toMatchObject({ code: 422, message: expect.stringContaining('Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of') });
    expect(create({ name: 'a', labels: { 'a b': 'c', x: 'y z' } }).details?.causes).toMatchObject([
      { reason: 'FieldValueInvalid', field: 'metadata.labels', message: expect.stringContaining('"a b": name part must consist of') },
      { reason: 'FieldValueInvalid', field: 'metadata.labels', message: expect.stringContaining('"y z": a valid label must be') },
    ]);
    expect(create({ name: 'a', resourceVersion: '7' })).toMatchObject({ code: 500, message: 'resourceVersion should not be set on objects to be created' });
    objects.create(maps, 'default', map({ name: 'a' }), by);
    expect(create({ name: 'a' })).toMatchObject({ code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' });
  });

  it('stores nothing on a dry run', () => {
    const { objects, maps, store } = cluster();
    const before = store.revision;
    const made = objects.create(maps, 'default', map({ name: 'a' }), { ...by, dryRun: true });
    expect(made.metadata.uid).toBeTruthy();
    expect(made.metadata.resourceVersion).toBeUndefined();
    expect(store.revision).toBe(before);
  });
});

describe('update', () => {
  it('refuses another state and another object', () => {
    const { objects, maps } = cluster();
    const first = objects.create(maps, 'default', map({ name: 'a' }), by);
    objects.update(maps, '', 'default', 'a', (now) => ({ ...now, data: { x: '1' } }), by);
    expect(failure(() => objects.update(maps, '', 'default', 'a', () => ({ ...first, data: { x: '2' } }), by))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect(failure(() => objects.update(maps, '', 'default', 'a', () => map({ name: 'a', uid: 'other' }), by))).toMatchObject({
      code: 409,
      message: expect.stringContaining('Precondition failed: UID in precondition: other, UID in object meta: '),
    });
    expect(failure(() => objects.update(maps, '', 'default', 'none', (now) => now, by))).toMatchObject({ code: 404 });
  });

  it('changes nothing when nothing is different', () => {
    const { objects, maps, store } = cluster();
    const made = objects.create(maps, 'default', map({ name: 'a' }, { data: { x: '1' } }), by);
    expect(objects.update(maps, '', 'default', 'a', () => map({ name: 'a' }, { data: { x: '1' } }), by)).toEqual(made);
    expect(store.revision).toBe(Number(made.metadata.resourceVersion));
  });

  it('keeps status from the object and the object from status', () => {
    const { objects, pods } = cluster();
    objects.create(pods, 'default', pod('a'), by);
    const spec = objects.update(pods, '', 'default', 'a', (now) => ({ ...now, metadata: { ...now.metadata, labels: { x: '1' } }, status: { phase: 'Failed' } }), by);
    expect(spec).toMatchObject({ metadata: { labels: { x: '1' } }, status: { phase: 'Pending' } });
    const status = objects.update(pods, 'status', 'default', 'a', (now) => ({ ...now, spec: { containers: [] }, status: { phase: 'Running' } }), by);
    expect(status).toMatchObject({ spec: { containers: [{ name: 'c' }] }, status: { phase: 'Running' } });
  });

  it('counts changes of the spec where the version does', () => {
    const change = (minor: number) => {
      const { objects, pods } = cluster(minor);
      objects.create(pods, 'default', pod('a'), by);
      objects.update(pods, 'status', 'default', 'a', (now) => ({ ...now, status: { phase: 'Running' } }), by);
      return objects.update(pods, '', 'default', 'a', (now) => ({ ...now, spec: { containers: [{ name: 'c', image: 'other' }] } }), by).metadata.generation;
    };
    expect(change(34)).toBe(2);
    expect(change(20)).toBeUndefined();
  });
});

describe('delete', () => {
  it('removes at once what has no grace', () => {
    const { objects, maps, types } = cluster();
    objects.create(maps, 'default', map({ name: 'a' }), by);
    expect(objects.delete(maps, 'default', 'a', { gracePeriodSeconds: 30 })).toMatchObject({ gone: true, object: { metadata: { name: 'a' } } });
    expect(types()).toEqual(['ADDED', 'DELETED']);
  });

  it('marks a pod, and only makes its time shorter', () => {
    const { objects, pods, types } = cluster();
    objects.create(pods, 'default', pod('a', { nodeName: 'node' }), by);
    const remove = (gracePeriodSeconds?: number) => objects.delete(pods, 'default', 'a', gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
    const first = remove(40);
    expect(first).toMatchObject({ gone: false, object: { metadata: { deletionGracePeriodSeconds: 40 } } });
    expect(remove(50)).toEqual(first);
    expect(remove()).toEqual(first);
    const shorter = remove(4);
    expect(shorter.object.metadata.deletionGracePeriodSeconds).toBe(4);
    expect(Date.parse(first.object.metadata.deletionTimestamp ?? '') - Date.parse(shorter.object.metadata.deletionTimestamp ?? '')).toBe(36_000);
    expect(remove(0)).toMatchObject({ gone: true, object: { metadata: { deletionGracePeriodSeconds: 0 } } });
    expect(types()).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'MODIFIED', 'DELETED']);
  });

  it('leaves alone what the watcher of its mark has removed already', () => {
    const { objects, pods, store } = cluster();
    objects.create(pods, 'default', pod('a'), by);
    store.watch('pods', store.revision, ({ type, object }) => {
      if (type === 'MODIFIED') store.remove('pods', 'default', object.metadata.name ?? '');
    });
    expect(objects.delete(pods, 'default', 'a', {})).toMatchObject({ gone: true });
  });

  it('waits for finalizers, which no longer can be added', () => {
    const { objects, maps, store } = cluster();
    objects.create(maps, 'default', map({ name: 'a', finalizers: ['a.b/c'] }), by);
    expect(objects.delete(maps, 'default', 'a', {})).toMatchObject({ gone: false, object: { metadata: { deletionGracePeriodSeconds: 0 } } });
    const finalize = (finalizers: string[]) => objects.update(maps, '', 'default', 'a', (now) => ({ ...now, metadata: { ...now.metadata, finalizers } }), by);
    expect(failure(() => finalize(['a.b/c', 'x.y/z']))).toMatchObject({
      code: 422,
      message: 'ConfigMap "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x.y/z"}',
    });
    finalize([]);
    expect(store.get('configmaps', 'default', 'a')).toBeUndefined();
  });

  it('deletes the object that was meant, or none', () => {
    const { objects, maps } = cluster();
    const { metadata } = objects.create(maps, 'default', map({ name: 'a' }), by);
    expect(failure(() => objects.delete(maps, 'default', 'a', { preconditions: { uid: 'other' } }))).toMatchObject({
      code: 409,
      message: `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    });
    expect(failure(() => objects.delete(maps, 'default', 'a', { preconditions: { resourceVersion: '1' } }))).toMatchObject({ code: 409 });
    expect(objects.delete(maps, 'default', 'a', { preconditions: { uid: metadata.uid ?? '' }, dryRun: true })).toMatchObject({ gone: true });
    expect(objects.delete(maps, 'default', 'a', { preconditions: { uid: metadata.uid ?? '' } })).toMatchObject({ gone: true });
  });

  it('keeps a namespace until its finalizers are gone, and some for ever', () => {
    const { objects, namespaces, store } = cluster();
    expect(failure(() => objects.delete(namespaces, '', 'default', {}))).toMatchObject({ code: 403, message: 'namespaces "default" is forbidden: this namespace may not be deleted' });
    objects.create(namespaces, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' }, spec: { finalizers: ['kubernetes'] } }, by);
    const going = objects.delete(namespaces, '', 'a', {});
    expect(going).toMatchObject({ gone: false, object: { status: { phase: 'Terminating' } } });
    expect(going.object.metadata).not.toHaveProperty('deletionGracePeriodSeconds');
    objects.update(namespaces, 'finalize', '', 'a', (now) => ({ ...now, spec: { finalizers: [] } }), by);
    expect(objects.delete(namespaces, '', 'a', {})).toMatchObject({ gone: true });
    expect(store.get('namespaces', '', 'a')).toBeUndefined();
  });
});

describe('apply', () => {
  it('creates, then owns, then conflicts unless it is forced', () => {
    const { objects, maps } = cluster();
    const apply = (manager: string, x: string, force = false) => objects.apply(maps, '', 'default', 'a', map({ name: 'a' }, { data: { x } }), { manager, force });
    expect(apply('me', '1')).toMatchObject({ created: true, object: { metadata: { managedFields: [{ manager: 'me', operation: 'Apply', fieldsV1: { 'f:data': { 'f:x': {} } } }] } } });
    expect(failure(() => apply('other', '2'))).toMatchObject({ code: 409, message: 'Apply failed with 1 conflict: conflict with "me": .data.x' });
    expect(apply('other', '2', true)).toMatchObject({ created: false, object: { data: { x: '2' }, metadata: { managedFields: [{ manager: 'other' }] } } });
  });

  it('creates whatever resourceVersion is asked for, and changes nothing for a wrong one', () => {
    const { objects, maps } = cluster();
    const apply = (options: object = {}) => objects.apply(maps, '', 'default', 'b', map({ name: 'b', resourceVersion: '999999' }), { manager: 'me', force: false, ...options });
    expect(apply({ dryRun: true })).toMatchObject({ created: true });
    expect(apply()).toMatchObject({ created: true });
    expect(failure(() => apply())).toMatchObject({ code: 409, reason: 'Conflict' });
  });
});
