// A pod as a real 1.20.2 gave it back, and what it takes in an update.
import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/api-error.ts';
import { testCluster, type TestCluster } from '../controllers/cluster-for-test.ts';
import { kindOf } from './all-kinds.ts';
import type { Pod } from '../objects.ts';

const MANAGER = { manager: 'test' };

function change(cluster: TestCluster, name: string, to: (spec: Pod['spec']) => Partial<Pod['spec']>): string {
  try {
    const pods = kindOf(cluster.kinds, 'pods');
    cluster.api.update(pods, '', 'default', name, (pod) => ({ ...pod, spec: { ...(pod as Pod).spec, ...to((pod as Pod).spec) } }), { ...MANAGER, dryRun: true });
    return 'accepted';
  } catch (error) {
    return error instanceof ApiError ? error.message.replace(`Pod "${name}" is invalid: `, '') : String(error);
  }
}

describe('a new pod', () => {
  it('is filled in as 1.20 does', () => {
    const { pod } = testCluster(20);
    const spec = {
      containers: [
        {
          name: 'a',
          image: 'nginx',
          ports: [{ containerPort: 80 }],
          livenessProbe: { httpGet: { port: 80 } },
          resources: { limits: { cpu: 0.5, memory: '64Mi' } },
          env: [
            { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          ],
        },
        { name: 'b', image: 'nginx:1' },
      ],
      volumes: [
        { name: 'e' },
        { name: 'h', hostPath: { path: '/x' } },
        { name: 's', secret: { secretName: 'x' } },
        { name: 'd', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      ],
    };
    const common = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
    const made = pod('web', spec);
    expect(made.spec).toEqual({
      containers: [
        {
          ...common,
          name: 'a',
          image: 'nginx',
          imagePullPolicy: 'Always',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          livenessProbe: { httpGet: { path: '/', port: 80, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
          resources: { limits: { cpu: '500m', memory: '64Mi' }, requests: { cpu: '500m', memory: '64Mi' } },
          env: [
            { name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
            { name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } },
          ],
        },
        { ...common, name: 'b', image: 'nginx:1', imagePullPolicy: 'IfNotPresent', resources: {} },
      ],
      volumes: [
        { name: 'e', emptyDir: {} },
        { name: 'h', hostPath: { path: '/x', type: '' } },
        { name: 's', secret: { secretName: 'x', defaultMode: 420 } },
        { name: 'd', downwardAPI: { items: [{ path: 'l', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } }], defaultMode: 420 } },
        { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }], defaultMode: 420 } },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      serviceAccount: 'default',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    });
    expect(made.status).toEqual({ phase: 'Pending', qosClass: 'Burstable' });
  });

  it.each([
    ['BestEffort', {}],
    ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
    ['Burstable', { requests: { cpu: '1' } }],
  ])('is %s by what it asks for', (quality, resources) => {
    expect(testCluster().pod('web', { containers: [{ name: 'c', image: 'x', resources }] }).status.qosClass).toBe(quality);
  });

  it('cannot bring ephemeral containers, which 1.20 drops', () => {
    const spec = { containers: [{ name: 'c', image: 'x' }], ephemeralContainers: [{ name: 'e', image: 'x' }] };
    expect(() => testCluster(34).pod('web', spec)).toThrow('spec.ephemeralContainers: Forbidden: cannot be set on create');
    expect(testCluster(20).pod('web', spec).spec.ephemeralContainers).toBeUndefined();
  });
});

describe('an update of a pod', () => {
  const cluster = testCluster(20);
  cluster.pod('web', { activeDeadlineSeconds: 100 });
  const [container] = cluster.podNamed('web').spec.containers;
  const only =
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)\n';

  it.each<[string, (spec: Pod['spec']) => Partial<Pod['spec']>, string]>([
    ['another image', () => ({ containers: [{ name: 'c', image: 'web:2', imagePullPolicy: 'IfNotPresent' }] }), 'accepted'],
    ['another container', (spec) => ({ containers: [...spec.containers, { name: 'z', image: 'x' }] }), 'spec.containers: Forbidden: pod updates may not add or remove containers'],
    ['a shorter deadline', () => ({ activeDeadlineSeconds: 50 }), 'accepted'],
    ['a longer deadline', () => ({ activeDeadlineSeconds: 200 }), 'spec.activeDeadlineSeconds: Invalid value: 200: must be less than or equal to previous value'],
    ['one more toleration', (spec) => ({ tolerations: [...(spec.tolerations ?? []), { key: 'k', operator: 'Exists' as const }] }), 'accepted'],
    ['no tolerations', () => ({ tolerations: [] }), 'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
  ])('with %s', (_, to, words) => {
    expect(change(cluster, 'web', to)).toBe(words);
  });

  it('with another policy is refused with the difference', () => {
    const words = change(cluster, 'web', () => ({ containers: [{ ...container, name: 'c', imagePullPolicy: 'Always' }] }));
    expect(words.startsWith(only)).toBe(true);
    expect(words).toContain('-\x20\t\t\tImagePullPolicy: "Always",\n+\x20\t\t\tImagePullPolicy: "IfNotPresent",');
  });

  it('says what may change as each version does', () => {
    const newer = testCluster(34);
    newer.pod('web');
    expect(change(newer, 'web', () => ({ restartPolicy: 'Never' }))).toContain(
      '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
        '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n',
    );
  });
});

describe('the deletion of a pod', () => {
  const grace = kindOf(testCluster().kinds, 'pods').grace;
  const pod = (spec: object, status: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [], terminationGracePeriodSeconds: 20, ...spec }, status });

  it.each([
    ['on a node', { nodeName: 'n' }, {}, undefined, 20],
    ['asked for', { nodeName: 'n' }, {}, 5, 5],
    ['on no node', {}, {}, undefined, 0],
    ['that is over', { nodeName: 'n' }, { phase: 'Succeeded' }, undefined, 0],
    ['asked for less than nothing', { nodeName: 'n' }, {}, -1, 1],
  ])('%s', (_, spec, status, asked, seconds) => {
    expect(grace?.(pod(spec, status), asked)).toBe(seconds);
  });
});
