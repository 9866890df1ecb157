// What a real 1.20.2 said to the same pods.
import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/api-error.ts';
import { testCluster } from '../controllers/cluster-for-test.ts';
import type { Container } from '../objects.ts';

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
  "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or " +
  "'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const clusters = new Map([20, 34].map((minor) => [minor, testCluster(minor)]));
const cluster20 = clusters.get(20);

function answer(minor: number, spec: Record<string, unknown>): string {
  try {
    clusters.get(minor)?.pod('v', spec);
  } catch (error) {
    if (error instanceof ApiError) return error.message.replace('Pod "v" is invalid: ', '');
    throw error;
  }
  const cluster = clusters.get(minor);
  cluster?.store.remove('pods', 'default', 'v');
  return 'accepted';
}

const one = (container: Partial<Container> | Record<string, unknown>) => ({ containers: [{ name: 'a', image: 'x', ...container }] });
const a = 'spec.containers[0]';
const http = { httpGet: { port: 80 } };
const emptyDir = { volumes: [{ name: 'x', emptyDir: {} }] };
const volume = (source: Record<string, unknown>, name = 'a') => ({ volumes: [{ name, ...source }] });

describe('a pod that is refused by 1.20', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['no containers', { containers: [] }, 'spec.containers: Required value'],
    ['twice the same name', { containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'y' }] }, 'spec.containers[1].name: Duplicate value: "a"'],
    ['a name of a step again', { ...one({}), initContainers: [{ name: 'a', image: 'x' }] }, 'spec.initContainers[0].name: Duplicate value: "a"'],
    ['no image', one({ image: '' }), `${a}.image: Required value`],
    ['an image with a blank', one({ image: ' x' }), `${a}.image: Invalid value: " x": must not have leading or trailing whitespace`],
    ['a name in capitals', one({ name: 'A_' }), `${a}.name: Invalid value: "A_": ${LABEL}`],
    ['a policy', one({ imagePullPolicy: 'Foo' }), `${a}.imagePullPolicy: Unsupported value: "Foo": supported values: "Always", "IfNotPresent", "Never"`],
    ['a restart policy', { ...one({}), restartPolicy: 'Foo' }, 'spec.restartPolicy: Unsupported value: "Foo": supported values: "Always", "OnFailure", "Never"'],
    ['a DNS policy', { ...one({}), dnsPolicy: 'Foo' }, 'spec.dnsPolicy: Unsupported value: "Foo": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"'],
    ['no port', one({ ports: [{ containerPort: 0 }] }), `${a}.ports[0].containerPort: Required value`],
    ['a port too high', one({ ports: [{ containerPort: 70000 }] }), `${a}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`],
    ['a protocol', one({ ports: [{ containerPort: 80, protocol: 'X' }] }), `${a}.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"`],
    ['a port name', one({ ports: [{ containerPort: 80, name: 'a_b' }] }), `${a}.ports[0].name: Invalid value: "a_b": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`],
    ['a port name twice', one({ ports: [{ containerPort: 80, name: 'ab' }, { containerPort: 81, name: 'ab' }] }), `${a}.ports[1].name: Duplicate value: "ab"`],
    ['a host port twice', one({ ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 80 }] }), `${a}.ports[1].hostPort: Duplicate value: "TCP//80"`],
    ['another port of the host', { ...one({ ports: [{ containerPort: 80, hostPort: 81 }] }), hostNetwork: true }, `${a}.ports[0].containerPort: Invalid value: 80: must match \`hostPort\` when \`hostNetwork\` is true`],
    ['two ways for a variable', one({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }), `${a}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`],
    ['an unknown field', one({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.foo' } } }] }), `${a}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.foo": error converting fieldPath: field label not supported: spec.foo`],
    ['a mount of nothing', one({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }), `${a}.volumeMounts[0].name: Not found: "x"`],
    ['a mount twice', { ...one({ volumeMounts: [{ name: 'x', mountPath: '/x' }, { name: 'x', mountPath: '/x' }] }), ...emptyDir }, `${a}.volumeMounts[1].mountPath: Invalid value: "/x": must be unique`],
    ['a readiness gate of nothing', { ...one({}), readinessGates: [{}] }, 'spec.readinessGates[0].conditionType: Invalid value: "": name part must be non-empty'],
    ['a probe that asks nothing', one({ livenessProbe: {} }), `${a}.livenessProbe: Required value: must specify a handler type`],
    ['a probe with two questions', one({ livenessProbe: { ...http, tcpSocket: { port: 80 } } }), `${a}.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`],
    ['a number as a port name', one({ livenessProbe: { httpGet: { port: '99' } } }), `${a}.livenessProbe.httpGet.port: Invalid value: "99": must contain at least one letter or number (a-z, 0-9)`],
    ['two successes to live', one({ livenessProbe: { ...http, successThreshold: 2 } }), `${a}.livenessProbe.successThreshold: Invalid value: 2: must be 1`],
    ['no command', one({ readinessProbe: { exec: {} } }), `${a}.readinessProbe.exec.command: Required value`],
    [
      'more than the limit',
      one({ resources: { requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: '1500m', memory: '0.5Gi' } } }),
      `[${a}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit, ${a}.resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit]`,
    ],
    ['a device without a limit', one({ resources: { requests: { 'a.b/c': '1' } } }), `${a}.resources.limits: Required value: Limit must be set for non overcommitable resources`],
    ['a negative limit', one({ resources: { limits: { cpu: '-1' } } }), `[${a}.resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0, ${a}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0]`],
    ['pods as a resource', one({ resources: { requests: { pods: '1' } } }), `${a}.resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers`],
    ['huge pages alone', one({ resources: { limits: { 'hugepages-2Mi': '2Mi' } } }), `${a}.resources: Forbidden: HugePages require cpu or memory`],
    ['an account that is not there', { ...one({}), serviceAccountName: 'nobody' }, 'pods "v" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found'],
    ['a priority class', { ...one({}), priorityClassName: 'foo' }, 'pods "v" is forbidden: no PriorityClass with name foo was found'],
    [
      'a priority',
      { ...one({}), priority: 5 },
      'pods "v" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    ['a toleration of nothing', { ...one({}), tolerations: [{ operator: 'Equal', value: 'x' }] }, 'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"'],
    ['seconds without an effect', { ...one({}), tolerations: [{ key: 'a', tolerationSeconds: 3 }] }, "spec.tolerations[0].effect: Invalid value: \"\": effect must be 'NoExecute' when `tolerationSeconds` is set"],
    ['a readiness gate', { ...one({}), readinessGates: [{ conditionType: 'a b' }] }, `spec.readinessGates[0].conditionType: Invalid value: "a b": ${QUALIFIED}`],
    ['a volume twice', { ...one({}), volumes: [{ name: 'a' }, { name: 'a' }] }, 'spec.volumes[1].name: Duplicate value: "a"'],
    ['two volumes in one', { ...one({}), ...volume({ emptyDir: {}, hostPath: { path: '/x' } }) }, 'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    ['a secret without a name', { ...one({}), ...volume({ secret: {} }) }, 'spec.volumes[0].secret.secretName: Required value'],
    ['a mode', { ...one({}), ...volume({ configMap: { name: 'x', defaultMode: 1000 } }) }, 'spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive'],
    ['a deadline of nothing', { ...one({}), activeDeadlineSeconds: 0 }, 'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
    ['both name spaces of processes', { ...one({}), hostPID: true, shareProcessNamespace: true }, 'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled'],
  ])('has %s', (_, spec, words) => {
    expect(answer(20, spec)).toBe(words);
  });

  it.each<[string, Record<string, unknown>]>([
    ['the same port twice', one({ ports: [{ containerPort: 80 }, { containerPort: 80 }] })],
    ['a negative grace', { ...one({}), terminationGracePeriodSeconds: -1 }],
    ['no memory at all', one({ resources: { limits: { memory: '64m' } } })],
    ['gates', { ...one({}), schedulingGates: [{ name: 'x' }] }],
    ['a secret of no name to pull with', { ...one({}), imagePullSecrets: [{ name: '' }] }],
  ])('but takes %s', (_, spec) => {
    expect(answer(20, spec)).toBe('accepted');
  });
});

describe('a later server', () => {
  it('tells the limit, and knows sidecars and gates', () => {
    expect(answer(34, one({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }))).toBe(`${a}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`);
    expect(answer(34, { ...one({}), initContainers: [{ name: 'i', image: 'x', restartPolicy: 'Never' }] })).toBe('spec.initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"');
    expect(answer(34, { ...one({}), initContainers: [{ name: 'i', image: 'x', restartPolicy: 'Always', readinessProbe: http }] })).toBe('accepted');
    expect(answer(34, { ...one({}), nodeName: 'n', schedulingGates: [{ name: 'x' }] })).toContain('spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared');
  });
});

it('a refused pod leaves nothing behind', () => {
  expect(cluster20?.store.list('pods', '')).toEqual([]);
});

