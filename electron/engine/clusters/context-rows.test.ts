import { expect, test } from 'vitest';
import type { ContextRow } from '../../../shared/contract/clusters.ts';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import { kubeconfigFor, json, startApiServer } from '../../clients/cluster/test-api-server.ts';
import { openSessions } from '../cluster/sessions.ts';
import { openDocker } from '../docker.ts';
import { createTopic } from '../topic.ts';
import { kindOf, watchContextRows } from './context-rows.ts';

type Nodes = ContextRow['nodes'];
const node = (kind: Nodes[number]['store']['kind'], name = 'n'): Nodes[number] => ({ name, ready: true, runtime: '', architecture: '', store: { kind, sharesDocker: 'no', known: 'x' } });
const entry = (provider: string): Kubeconfig['clusters'] => new Map([['c', { name: 'c', file: '', server: '', skipTlsVerify: false, provider }]]);

test.each<[string, Nodes, string, ContextRow['kind']]>([
  ['renamed', [node('kind')], '', 'kind'],
  ['x', [node('minikube')], '', 'minikube'],
  ['x', [node('k3d')], '', 'k3d'],
  ['x', [node('shared-docker', 'docker-desktop')], '', 'docker-desktop'],
  // Docker Desktop makes clusters of kind nodes, too; what was seen of the nodes counts.
  ['docker-desktop', [node('kind', 'desktop-control-plane')], '', 'kind'],
  ['docker-desktop', [], '', 'docker-desktop'],
  ['kind-dev', [], '', 'kind'],
  ['k3d-dev', [], '', 'k3d'],
  ['dev', [], 'minikube.sigs.k8s.io', 'minikube'],
  ['prod', [node('generic')], '', 'other'],
  ['prod', [], '', 'unknown'],
])('%s with %j by %j: %s', (name, nodes, provider, kind) => {
  expect(kindOf({ name, cluster: 'c' }, { files: [], contexts: [], clusters: entry(provider), users: new Map() }, nodes)).toBe(kind);
});

test('a cluster elsewhere is asked only when it may be; one here always; a context that goes takes its row along', async () => {
  await using server = await startApiServer(({ url }, response) => {
    if (url.includes('watch=true')) return void response.writeHead(200).write('\n');
    json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] });
  });
  const made = kubeconfigFor(`http://127.0.0.1:${server.port}`);
  const both: Kubeconfig = { ...made, contexts: [{ ...made.contexts[0]!, name: 'here', isLocal: true }, { ...made.contexts[0]!, name: 'far', isLocal: false }] };
  await using docker = openDocker({ env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' }, home: '/', platform: process.platform });
  const kubeconfig = createTopic(both);
  await using sessions = openSessions(kubeconfig, docker);
  const states = async (ask: string[], wanted: string) => {
    for await (const { contexts } of watchContextRows(sessions, kubeconfig, ask, AbortSignal.timeout(10_000))) {
      const seen = contexts.map(({ context, asked, connection }) => `${context} ${asked} ${connection.state}`).join(', ');
      if (seen === wanted) return seen;
    }
    return 'ended';
  };
  expect(await states([], 'here true live, far false connecting')).not.toBe('ended');
  const unasked = server.asked.length;
  expect(await states(['far', 'nobody'], 'here true live, far true live')).not.toBe('ended');
  expect(server.asked.length).toBeGreaterThan(unasked);
  kubeconfig.set({ ...both, contexts: both.contexts.slice(0, 1) });
  expect(await states(['far'], 'here true live')).not.toBe('ended');
});
