// Services, their pods and their endpoints for tests, by hand.
import type { Container, KubeObject, Pod } from '../kubernetes/objects.ts';
import { created } from './sample-worlds.ts';

export const service = (spec: Record<string, unknown> = {}, rest: Partial<KubeObject> & { name?: string } = {}): KubeObject => {
  const { name = 'web', ...fields } = rest;
  return {
    apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default', creationTimestamp: created },
    spec: { type: 'ClusterIP', selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }], ...spec }, ...fields,
  };
};

/** Runs and is ready since 12:00. */
export const servingPod = (container: Partial<Container> = {}, labels: Record<string, string> = { app: 'web' }, name = 'web-1', ready = 'True', namespace = 'default'): Pod => ({
  metadata: { name, namespace, uid: name, creationTimestamp: created, labels },
  spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1', imagePullPolicy: 'IfNotPresent', ports: [{ containerPort: 8080 }], ...container }] },
  status: {
    phase: 'Running', conditions: [{ type: 'Initialized', status: 'True' }, { type: 'Ready', status: ready }],
    containerStatuses: [{ name: 'app', ready: ready === 'True', restartCount: 0, imageID: '', state: { running: { startedAt: created } } }],
  },
});

export const endpoints = (ready: readonly string[] = [], notReady: readonly string[] = [], name = 'web'): KubeObject => ({
  kind: 'Endpoints', metadata: { name, namespace: 'default' },
  subsets: ready.length + notReady.length === 0 ? [] : [{ addresses: ready.map((ip) => ({ ip })), notReadyAddresses: notReady.map((ip) => ({ ip })), ports: [{ port: 8080 }] }],
});
