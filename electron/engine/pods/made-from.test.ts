import { expect, test } from 'vitest';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { isMadeFrom } from './made-from.ts';

const manifest: Pod = {
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web:1', imagePullPolicy: 'Never', env: [{ name: 'A', value: '1' }] }], restartPolicy: 'Always' },
};
const owned = (policy: object) => ({ 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:image': {}, ...policy } } } });
/** As the server shows it: with what it filled in. */
const live = (change: { manager?: string; labels?: object; container?: object; policy?: object } = {}): Pod => ({
  metadata: {
    name: 'web', uid: 'u', labels: { app: 'web', added: 'by-admission', ...change.labels },
    managedFields: [{ manager: change.manager ?? 'podlab', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: owned(change.policy ?? { 'f:imagePullPolicy': {} }) }],
  },
  spec: {
    containers: [{ ...manifest.spec?.containers?.[0], name: 'c', terminationMessagePath: '/dev/termination-log', ...change.container }],
    restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', nodeName: 'n',
  },
  status: { phase: 'Running' },
});
const without: Pod = { ...manifest, spec: { ...manifest.spec, containers: [{ name: 'c', image: 'web:1', env: [{ name: 'A', value: '1' }] }] } };

test.each<[string, Pod, Pod, boolean]>([
  ['what was applied', live(), manifest, true],
  ['what somebody else created alike', live({ manager: 'kubectl-client-side-apply' }), manifest, false],
  ['another label', live({ labels: { app: 'api' } }), manifest, false],
  ['another image', live({ container: { image: 'web:2' } }), manifest, false],
  ['another value in a list', live({ container: { env: [{ name: 'A', value: '2' }] } }), manifest, false],
  ['a list with less', live({ container: { env: [] } }), manifest, false],
  ['another policy', live({ container: { imagePullPolicy: 'IfNotPresent' } }), manifest, false],
  ['a default where none was set', live({ container: { imagePullPolicy: 'IfNotPresent' }, policy: {} }), without, true],
  ['one that was set where none was to be', live(), without, false],
])('%s', (_, pod, wanted, isMade) => expect(isMadeFrom(pod, wanted)).toBe(isMade));
