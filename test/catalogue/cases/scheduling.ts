// SCH: no node takes the pod. The scheduler's words do not depend on the node. What is done to a node is undone at the end, and hurts others for seconds.
import { kubectl, nodeName } from '../../fixtures/command-line.ts';
import type { LiveCase } from '../live-case.ts';
import { both, podOf } from '../start-pods.ts';

const disk = { spec: 'volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]' };
const mounted = 'volumeMounts: [{name: d, mountPath: /data}]';
const claim = (rest = '') => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Mi}}${rest}}
---
`;

/** The volume that the fix makes is of no namespace. */
const withoutVolume: LiveCase['prepare'] = async ({ context, namespace }, opened) => {
  opened.defer(async () => void (await kubectl(context, 'delete', 'persistentvolume', `${namespace}-data`, '--ignore-not-found', '--wait=false')));
  return Promise.resolve('');
};

/** A label, or a taint, that is this case's own. */
const ownKey = (namespace: string) => `podlab.test/${namespace}`;

const beside = (rule: string) => `affinity: {${rule}: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: beside}}, topologyKey: kubernetes.io/hostname}]}}`;
const first = (container: string) => podOf(container).replace('{name: p}', '{name: first, labels: {app: beside}}');

export const cases: readonly LiveCase[] = [
  {
    id: 'SCH-01', what: 'a thousand cores', on: both, inCi: true, sentence: 'sentence-never', params: { request: '1000', resource: 'cpu', milli: 'yes' }, fix: 'F11.request',
    manifest: () => podOf('resources: {requests: {cpu: "1000"}}'),
  },
  {
    id: 'SCH-01', what: 'a device that no node has', sentence: 'sentence-none', params: { resource: 'nvidia.com/gpu', request: '1' },
    manifest: () => podOf('resources: {limits: {nvidia.com/gpu: 1}}'),
  },
  {
    id: 'SCH-03', what: 'a node selector', params: { wanted: 'podlab.test/disk=ssd', have: 'none' }, fix: 'F14.drop-selector',
    manifest: () => podOf('', { spec: 'nodeSelector: {podlab.test/disk: ssd}' }),
  },
  {
    id: 'SCH-03', what: 'a label for the node', fix: 'F13.label',
    prepare: async ({ context, namespace }, opened) => {
      opened.defer(async () => void (await kubectl(context, 'label', 'node', nodeName[context], `${ownKey(namespace)}-`)));
      return Promise.resolve(ownKey(namespace));
    },
    manifest: ({ given }) => podOf('', { spec: `nodeSelector: {${given}: "yes"}` }),
  },
  {
    id: 'SCH-03', what: 'node affinity', params: { wanted: 'podlab.test/disk=ssd' }, fix: 'F14.drop-node-affinity',
    manifest: () => podOf('', {
      spec: 'affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: podlab.test/disk, operator: In, values: [ssd]}]}]}}}',
    }),
  },
  { id: 'SCH-04', what: 'a claim that is nowhere', params: { claim: 'data' }, manifest: () => podOf(mounted, disk) },
  {
    id: 'SCH-04', what: 'no storage class', sentence: 'sentence-no-class', params: { claim: 'data', class: 'none' }, fix: 'F16.volume', prepare: withoutVolume,
    manifest: () => claim() + podOf(mounted, disk),
  },
  {
    id: 'SCH-04', what: 'a storage class that is nowhere', sentence: 'sentence-class-missing', params: { class: 'nope' }, fix: 'F16.volume', prepare: withoutVolume,
    manifest: () => claim(', storageClassName: nope') + podOf(mounted, disk),
  },
  {
    id: 'SCH-05', what: 'two pods, one host port', params: { port: 18471, other: 'first' }, fix: 'F14.drop-host-port',
    manifest: () => { const port = 'ports: [{containerPort: 8080, hostPort: 18471}]'; return `${first(port)}---\n${podOf(port)}`; },
  },
  {
    id: 'SCH-07', what: 'apart from another', sentence: 'sentence-apart', fix: 'F14.drop-anti-affinity',
    manifest: () => `${first('')}---\n${podOf('', { spec: beside('podAntiAffinity') })}`,
  },
  { id: 'SCH-07', what: 'beside a pod that is nowhere', sentence: 'sentence-together', fix: 'F14.drop-pod-affinity', manifest: () => podOf('', { spec: beside('podAffinity') }) },
  {
    id: 'SCH-07', what: 'topology spread', sentence: 'sentence-spread', fix: 'F14.soften-spread',
    manifest: () => podOf('', { spec: 'topologySpreadConstraints: [{maxSkew: 1, topologyKey: podlab.test/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: x}}}]' }),
  },
  {
    id: 'SCH-10', what: 'a scheduler of another name', sentence: 'sentence-other', params: { scheduler: 'nope' }, fix: 'F14.default-scheduler',
    manifest: () => podOf('', { spec: 'schedulerName: nope' }),
  },
  {
    id: 'SCH-11', what: 'too large for the node that it names', on: both, sentence: 'sentence-room', params: { reason: 'OutOfcpu', request: '1000' }, fix: 'F11.request',
    manifest: ({ context }) => podOf('resources: {requests: {cpu: "1000"}}', { spec: `nodeName: ${nodeName[context]}` }),
  },
  {
    id: 'SCH-11', what: 'a label that the node which it names does not have', sentence: 'sentence-labels', fix: 'F14.drop-selector',
    manifest: ({ context }) => podOf('', { spec: `nodeName: ${nodeName[context]}, nodeSelector: {podlab.test/disk: ssd}` }),
  },
  {
    // The pod collector takes such a pod away after 40 to 60 seconds, so that its repair would be a race.
    id: 'SCH-11', what: 'a node that does not exist', sentence: 'sentence-no-such-node', params: { node: 'no-such-node', have: 'docker-desktop' },
    manifest: () => podOf('', { spec: 'nodeName: no-such-node' }),
  },
  // The last ones keep every new pod off the node until the fix, which is a few seconds.
  {
    id: 'SCH-02', what: 'a taint', sentence: 'sentence', fix: 'F13.untaint',
    prepare: async ({ context, namespace }, opened) => {
      opened.defer(async () => void (await kubectl(context, 'taint', 'node', nodeName[context], `${ownKey(namespace)}:NoSchedule-`).catch(() => '')));
      await kubectl(context, 'taint', 'node', nodeName[context], `${ownKey(namespace)}=yes:NoSchedule`);
      return '';
    },
    manifest: () => podOf(''),
  },
  {
    id: 'SCH-06', what: 'a cordoned node', params: { on: 'docker-desktop' }, fix: 'F13.uncordon',
    prepare: async ({ context }, opened) => {
      opened.defer(async () => void (await kubectl(context, 'uncordon', nodeName[context])));
      await kubectl(context, 'cordon', nodeName[context]);
      return '';
    },
    manifest: () => podOf(''),
  },
];
