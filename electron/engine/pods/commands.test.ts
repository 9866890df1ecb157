import { expect, test } from 'vitest';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateCommands } from './commands.ts';

const pod = (spec: Record<string, unknown>): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' }, spec });
const live = pod({
  nodeName: 'node',
  initContainers: [{ name: 'i', image: 'init:1', imagePullPolicy: 'IfNotPresent' }],
  containers: [{ name: 'a', image: 'x', imagePullPolicy: 'Always' }, { name: 'b', image: 'y:1', imagePullPolicy: 'Never' }],
});
const [init, a, b] = [{ name: 'i', image: 'init:1', imagePullPolicy: 'IfNotPresent' }, { name: 'a', image: 'x' }, { name: 'b', image: 'y:1', imagePullPolicy: 'Never' }];

test.each<[string, Pod, unknown]>([
  ['as it is: the node is chosen anew', pod({ initContainers: [init], containers: [a, b] }), { nodeName: null }],
  ['a node that was written stays', pod({ nodeName: 'node', initContainers: [init], containers: [a, b] }), {}],
  ['another policy, where it differs', pod({ initContainers: [{ ...init, imagePullPolicy: 'Never' }], containers: [{ ...a, imagePullPolicy: 'Never' }, b] }),
    { nodeName: null, initContainers: [{ name: 'i', imagePullPolicy: 'Never' }], containers: [{ name: 'a', imagePullPolicy: 'Never' }] }],
  ['another image gets its own default', pod({ initContainers: [init], containers: [{ ...a, image: 'x:2' }, b] }),
    { nodeName: null, containers: [{ name: 'a', image: 'x:2', imagePullPolicy: null }] }],
  ['another image keeps a policy that was set', pod({ initContainers: [init], containers: [a, { ...b, image: 'y:2' }] }),
    { nodeName: null, containers: [{ name: 'b', image: 'y:2' }] }],
])('%s', (_, made, spec) => {
  expect(recreateCommands('kind-kind', live, made)).toEqual([
    `kubectl --context kind-kind -n n patch pod p -p '${JSON.stringify({ spec })}' --dry-run=client -o yaml > p.recreate.yaml`,
    'kubectl --context kind-kind -n n replace --force -f p.recreate.yaml',
  ]);
});
