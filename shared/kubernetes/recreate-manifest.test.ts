import { expect, test } from 'vitest';
import type { ManagedFieldsEntry, Pod } from './objects.ts';
import { recreateManifest } from './recreate-manifest.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const byApply = (fields: object): ManagedFieldsEntry => ({
  manager: 'podlab', operation: 'Apply', time: '2026-03-01T12:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': fields } });
const ofContainer = (...fields: string[]): object => ({ 'f:containers': { 'k:{"name":"app"}': Object.fromEntries(fields.map((f) => [`f:${f}`, {}])) } });

// In the shape that Kubernetes 1.20 gives back for a pod of one container (hand-written after a real one).
const live = (managed: object = ofContainer('image'), rest: { metadata?: Pod['metadata']; spec?: Pod['spec'] } = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: {
    name: 'spring', namespace: 'default', uid: 'u1', resourceVersion: '812', creationTimestamp: '2026-03-01T12:00:00Z',
    labels: { app: 'spring' }, annotations: { note: 'mine' }, managedFields: [byApply(managed)],
    ...rest.metadata,
  },
  spec: {
    containers: [{
      name: 'app', image: 'spring-server', imagePullPolicy: 'Always', ports: [{ containerPort: 8080, protocol: 'TCP' }], resources: {},
      terminationMessagePath: '/dev/termination-log', someNewField: { kept: true },
      volumeMounts: [{ name: 'default-token-x7k2p', readOnly: true, mountPath }],
    }],
    volumes: [{ name: 'default-token-x7k2p', secret: { secretName: 'default-token-x7k2p', defaultMode: 420 } }],
    nodeName: 'docker-desktop', restartPolicy: 'Always', serviceAccountName: 'default', serviceAccount: 'default',
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
    enableServiceLinks: true, priority: 0,
    ...rest.spec,
  },
  status: { phase: 'Pending', qosClass: 'BestEffort' },
});

const clean = (container: object = {}, spec: object = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: { name: 'spring', namespace: 'default', labels: { app: 'spring' }, annotations: { note: 'mine' } },
  spec: {
    restartPolicy: 'Always', serviceAccountName: 'default', serviceAccount: 'default',
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
    enableServiceLinks: true, priority: 0,
    ...spec,
    containers: [{
      name: 'app', image: 'spring-server', ports: [{ containerPort: 8080, protocol: 'TCP' }], resources: {},
      terminationMessagePath: '/dev/termination-log', someNewField: { kept: true }, ...container,
    }],
  },
});

test('a bare pod is cleaned, and a default policy is left to be defaulted', () => {
  expect(recreateManifest(live())).toEqual(clean());
});

test('the policy that was asked for is in the manifest', () => {
  expect(recreateManifest(live(), { policy: 'IfNotPresent' })).toEqual(clean({ imagePullPolicy: 'IfNotPresent' }));
});

test('a policy that a person set stays', () => {
  expect(recreateManifest(live(ofContainer('image', 'imagePullPolicy')))).toEqual(clean({ imagePullPolicy: 'Always' }));
});

test('a policy that the cluster forced is left for the cluster to force again', () => {
  const forced = live(undefined, { spec: { containers: [{ name: 'app', image: 'spring-server:1', imagePullPolicy: 'Always' }] } });
  expect(recreateManifest(forced).spec?.containers).toEqual([{ name: 'app', image: 'spring-server:1' }]);
});

test('a policy that nobody can tell stays with its image, and goes with another', () => {
  const created = live(undefined, { metadata: { managedFields: [] } });
  expect(recreateManifest(created)).toEqual(clean({ imagePullPolicy: 'Always' }));
  expect(recreateManifest(created, { image: 'spring-server:1' })).toEqual(clean({ image: 'spring-server:1' }));
  expect(recreateManifest(created, { image: 'spring-server:1', policy: 'Never' })).toEqual(clean({ image: 'spring-server:1', imagePullPolicy: 'Never' }));
});

test('everything that identifies the old pod goes, a node that a person chose stays', () => {
  const metadata = {
    managedFields: [byApply({ ...ofContainer('image'), 'f:nodeName': {} })], deletionTimestamp: '2026-03-01T12:01:00Z', deletionGracePeriodSeconds: 30,
    ownerReferences: [{ kind: 'ReplicaSet', name: 'r', uid: 'u2', controller: true }], generation: 1, selfLink: '/api/v1/x', generateName: 'spring-',
  };
  const manifest = recreateManifest(live(undefined, { metadata }));
  expect(manifest).toEqual({ ...clean({}, { nodeName: 'docker-desktop' }), metadata: { ...clean().metadata, generateName: 'spring-' } });
});

test('a node that a plain create named stays, too', () => {
  const created: ManagedFieldsEntry = { manager: 'kubectl-create', operation: 'Update', time: '2026-03-01T12:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { ...ofContainer('image', 'imagePullPolicy'), 'f:nodeName': {} } } };
  expect(recreateManifest(live(undefined, { metadata: { managedFields: [created] } })).spec?.nodeName).toBe('docker-desktop');
});

test('client-side apply remembers the node and the policy too', () => {
  const written = { spec: { nodeName: 'docker-desktop', containers: [{ name: 'app', image: 'spring-server', imagePullPolicy: 'Always' }] } };
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(written) };
  const manifest = recreateManifest(live(undefined, { metadata: { managedFields: [], annotations } }));
  expect(manifest).toEqual({ ...clean({ imagePullPolicy: 'Always' }, { nodeName: 'docker-desktop' }), metadata: { ...clean().metadata, annotations } });
});

test('the projected token of newer servers goes; volumes and mounts of one\'s own stay', () => {
  const token = { name: 'kube-api-access-9f8x2', projected: { sources: [] } };
  const own = { name: 'default-token-mine', secret: { secretName: 'other' } };
  const manifest = recreateManifest(live(undefined, { spec: {
    volumes: [own, token],
    containers: [{ name: 'app', image: 'a', volumeMounts: [{ name: token.name, mountPath }, { name: own.name, mountPath: '/secret' }] }],
  } }));
  expect(manifest.spec?.volumes).toEqual([own]);
  expect(manifest.spec?.containers).toEqual([{ name: 'app', image: 'a', volumeMounts: [{ name: own.name, mountPath: '/secret' }] }]);
});

test('the token of another service account goes; a token volume that the manifest names stays', () => {
  const volumes = [{ name: 'builder-token-abcde', secret: { secretName: 'builder-token-abcde' } }];
  const spec = { serviceAccountName: 'builder', volumes, containers: [{ name: 'app', image: 'a' }] };
  expect(recreateManifest(live(undefined, { spec })).spec?.volumes).toBe(undefined);
  const managed = { ...ofContainer('image'), 'f:volumes': { 'k:{"name":"builder-token-abcde"}': { 'f:name': {} } } };
  expect(recreateManifest(live(managed, { spec })).spec?.volumes).toEqual(volumes);
});

const two: Pod = {
  metadata: { name: 'p' },
  spec: {
    initContainers: [{ name: 'i', image: 'init:1', imagePullPolicy: 'IfNotPresent' }],
    containers: [{ name: 'a', image: 'one:1', imagePullPolicy: 'IfNotPresent' }, { name: 'b', image: 'two', imagePullPolicy: 'Always' }],
    ephemeralContainers: [{ name: 'debug', image: 'busybox' }],
  },
};

test('a policy is set on all containers, or on the named ones; ephemeral containers cannot be created', () => {
  expect(recreateManifest(two, { policy: 'Never' }).spec).toEqual({
    initContainers: [{ name: 'i', image: 'init:1', imagePullPolicy: 'Never' }],
    containers: [{ name: 'a', image: 'one:1', imagePullPolicy: 'Never' }, { name: 'b', image: 'two', imagePullPolicy: 'Never' }],
  });
  expect(recreateManifest(two, { policy: 'Never', image: 'init:2', containers: ['i'] }).spec).toEqual({
    initContainers: [{ name: 'i', image: 'init:2', imagePullPolicy: 'Never' }],
    containers: [{ name: 'a', image: 'one:1', imagePullPolicy: 'IfNotPresent' }, { name: 'b', image: 'two', imagePullPolicy: 'Always' }],
  });
});

test('an image without a container needs a pod of one', () => {
  expect(() => recreateManifest(two, { image: 'x' })).toThrow(RangeError);
});

test.each(['nobody', 'debug'])('a container that the new pod would not have is no silent nothing: %s', (name) => {
  expect(() => recreateManifest(two, { policy: 'Never', containers: ['a', name] })).toThrow(new RangeError(`the pod has no app or init container "${name}"`));
});

test('the live pod is not changed', () => {
  const pod = live();
  recreateManifest(pod, { policy: 'Never', image: 'x' });
  expect(pod).toEqual(live());
});
