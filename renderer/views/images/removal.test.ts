import { describe, expect, test } from 'vitest';
import type { NodeInfo } from '../../../shared/contract/environment.ts';
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import type { ImageCopy, ImageRow, Prediction } from '../../../shared/contract/images.ts';
import { changesCluster, copiesOf, copyId, holders, removalLines, sharingNodes, sufferers } from './removal.ts';

const node = (name: string, kind: NodeInfo['store']['kind'], runtime = 'containerd://1.6.20'): NodeInfo => ({
  name, ready: true, runtime, architecture: 'amd64', store: { kind, sharesDocker: kind === 'shared-docker' ? 'yes' : 'no', known: 'node-container-label' },
});
const kind = node('kind-control-plane', 'kind');
const minikube = node('minikube', 'minikube', 'docker://20.10.24');
const desktop = node('docker-desktop', 'shared-docker', 'docker://20.10.24');
const far = node('far', 'generic');

const use = (policy: PullPolicy, runs: ImageRow['usedBy'][number]['runs'] = 'none', pod = 'web'): ImageRow['usedBy'][number] =>
  ({ namespace: 'shop', pod, container: 'app', policy, verdict: 'unknown', runs });
const row = (more: Partial<ImageRow> = {}): ImageRow => ({
  key: 'docker.io/library/shop:1', reference: 'shop:1', imageId: 'sha256:abc', size: 1, inDocker: 'yes', nodes: [], usedBy: [], ...more,
});
const on = (name: string, presence: ImageRow['nodes'][number]['presence'] = 'present') => ({ node: name, presence });

test.each<[string, ImageRow, NodeInfo[], string[]]>([
  ['Docker and a node', row({ nodes: [on('kind-control-plane')] }), [kind], ['docker', 'kind-control-plane']],
  ['an older build is a copy, too', row({ nodes: [on('kind-control-plane', 'older-build')] }), [kind], ['docker', 'kind-control-plane']],
  ['only on the node', row({ inDocker: 'no', nodes: [on('minikube')] }), [minikube], ['minikube']],
  ['a node that shares Docker has none of its own', row({ nodes: [on('docker-desktop')] }), [desktop], ['docker']],
  ['a node that can only be read', row({ inDocker: 'no', nodes: [on('far')] }), [far], []],
  ['what is not there or not known', row({ inDocker: 'unknown', nodes: [on('kind-control-plane', 'not-found'), on('minikube', 'unknown')] }), [kind, minikube], []],
])('the copies: %s', (_, image, nodes, places) => {
  expect(copiesOf(image, nodes).map(({ place }) => ('docker' in place ? 'docker' : place.node))).toEqual(places);
});

test('a node that shares Docker loses the image with Docker', () => {
  expect(sharingNodes(row({ nodes: [on('docker-desktop'), on('kind-control-plane')] }), [desktop, kind])).toEqual(['docker-desktop']);
});

test('copies of one image in two places are two', () => {
  const copies = copiesOf(row({ nodes: [on('kind-control-plane')] }), [kind]);
  expect(new Set(copies.map(copyId)).size).toBe(2);
});

test('the lines that do the same', () => {
  const image = row({ nodes: [on('kind-control-plane'), on('minikube')] });
  const nameless = row({ key: 'sha256:def', reference: '', imageId: 'sha256:def' });
  const nodes = [kind, minikube];
  expect(removalLines([...copiesOf(image, nodes), ...copiesOf(nameless, nodes)], [image, nameless], nodes)).toEqual([
    'docker rmi shop:1',
    'docker exec kind-control-plane ctr --namespace=k8s.io images rm docker.io/library/shop:1',
    'docker exec minikube docker rmi shop:1',
    'docker rmi sha256:def',
  ]);
});

test('the line for a minikube in a virtual machine is minikube’s', () => {
  const image = row({ nodes: [on('vm')], inDocker: 'no' });
  const vm: NodeInfo = { ...node('vm', 'minikube', 'docker://28.4.0'), store: { kind: 'minikube', sharesDocker: 'no', known: 'runtime-version', cluster: 'vm' } };
  expect(removalLines(copiesOf(image, [vm]), [image], [vm])).toEqual(['minikube image rm shop:1 -p vm']);
});

test.each<[string, NodeInfo, ImageCopy['place'], ImageRow['usedBy'], string[]]>([
  ['Docker, shared by the node', desktop, { docker: true }, [use('Always', 'this-build'), use('Always', 'this-build')], ['web']],
  ['the Docker of the node', minikube, { node: 'minikube' }, [use('Always', 'this-build'), use('Always', 'this-build', 'api')], ['web', 'api']],
  ['Docker, which the node does not share', minikube, { docker: true }, [use('Always', 'this-build')], []],
  ['containerd, which refuses nothing', kind, { node: 'kind-control-plane' }, [use('Always', 'this-build')], []],
  ['a container of another build', desktop, { docker: true }, [use('Always', 'another-build'), use('Always', 'none', 'api')], []],
])('the pods that hold it in %s', (_, holder, place, usedBy, pods) => {
  const image = row({ nodes: [on(holder.name)], usedBy });
  expect(holders(image, [{ key: image.key, place }], [holder])).toEqual(pods);
});

describe('the pods that suffer', () => {
  const used = (policy: PullPolicy) => row({ nodes: [on('kind-control-plane')], usedBy: [use(policy)] });
  const outcome = (policy: PullPolicy, registry: Prediction['registry']) => sufferers(used(policy), copiesOf(used(policy), [kind]), [kind], registry)[0]?.outcome;

  test.each<[PullPolicy, Prediction['registry'], string]>([
    ['Never', 'has', 'never'],
    ['Never', 'unknown', 'never'],
    ['IfNotPresent', 'has', 'downloads'],
    ['IfNotPresent', 'lacks', 'lacks'],
    ['IfNotPresent', 'down', 'down'],
    ['IfNotPresent', 'unknown', 'unknown'],
    ['Always', 'has', 'downloads'],
    ['Always', 'lacks', 'as-before'],
    ['Always', 'down', 'as-before'],
    ['Always', 'unknown', 'as-before'],
  ])('%s, and the registry: %s', (policy, registry, expected) => expect(outcome(policy, registry)).toBe(expected));

  test('none where only Docker’s copy goes and the node keeps its own', () => {
    const image = used('Never');
    expect(sufferers(image, [{ key: image.key, place: { docker: true } }], [kind], 'unknown')).toEqual([]);
  });

  test('with Docker’s copy goes that of a node which shares it', () => {
    const image = row({ nodes: [on('docker-desktop')], usedBy: [use('Never', 'this-build')] });
    expect(sufferers(image, copiesOf(image, [desktop]), [desktop], 'unknown')).toEqual([
      { namespace: 'shop', pod: 'web', policy: 'Never', isRunning: true, outcome: 'never' },
    ]);
  });

  test('only on the node that loses it, where another one keeps it', () => {
    const image = row({ nodes: [on('kind-control-plane'), on('minikube')], usedBy: [use('Never')] });
    expect(sufferers(image, [{ key: image.key, place: { node: 'minikube' } }], [kind, minikube], 'unknown')[0]?.onlyOn).toEqual(['minikube']);
  });

  test('a pod with two containers of the image is named once, and two pods are two', () => {
    const image = row({ nodes: [on('kind-control-plane')], usedBy: [use('Never'), use('Never', 'another-build'), use('Never', 'none', 'api')] });
    expect(sufferers(image, copiesOf(image, [kind]), [kind], 'unknown').map(({ pod, isRunning }) => [pod, isRunning])).toEqual([['web', true], ['api', false]]);
  });
});

test('what a lock holds back: a copy on a node, alone or with one of Docker; not one of Docker alone', () => {
  const docker: ImageCopy = { key: 'shop:1', place: { docker: true } };
  const onNode: ImageCopy = { key: 'shop:1', place: { node: 'minikube' } };
  expect([[], [docker], [onNode], [docker, onNode]].map(changesCluster)).toEqual([false, false, true, true]);
});
