// kubectl's columns are made by the API server. Its own Table answer is compared with ours, for every pod of a set that goes through
// as many states as an offline node can show, on each real cluster.
import { describe, expect, test } from 'vitest';
import type { Pod } from '../shared/kubernetes/objects.ts';
import { podColumns } from '../shared/kubernetes/pod-status.ts';
import { TABLE } from './conformance/http.ts';
import { serverOf } from './fixtures/ask-server.ts';
import { clustersOfRun } from './fixtures/clusters-of-run.ts';
import { docker, kubectl, kubectlInput, newNamespace, putOnNode, type TestContext } from './fixtures/command-line.ts';
import { springServerFolder } from './fixtures/spring-server.ts';

const image = 'columns-test:1';
const container = (command: string, more = '') => `{name: c, image: "${image}", command: [/bin/sh, -c, "${command}"]${more}}`;

/** By name: the pod's spec in flow YAML. */
const specs: Record<string, string> = {
  running: `{containers: [${container('sleep 3600')}]}`,
  two: `{containers: [${container('sleep 3600')}, {name: d, image: "${image}", command: [/bin/sh, -c, "exit 3"]}]}`,
  completed: `{restartPolicy: Never, containers: [${container('exit 0')}]}`,
  failed: `{restartPolicy: Never, containers: [${container('exit 3')}]}`,
  crashing: `{containers: [${container('exit 1')}]}`,
  pulling: `{containers: [{name: c, image: "columns-nowhere:1"}]}`,
  never: `{containers: [{name: c, image: "columns-nowhere:1", imagePullPolicy: Never}]}`,
  invalid: `{containers: [{name: c, image: "Columns-Test"}]}`,
  unready: `{containers: [${container('sleep 3600', ', readinessProbe: {exec: {command: [/bin/ls, /none]}, periodSeconds: 1}')}]}`,
  'init-runs': `{initContainers: [{name: i, image: "${image}", command: [/bin/sh, -c, "sleep 3600"]}], containers: [${container('sleep 3600')}]}`,
  'init-fails': `{restartPolicy: Never, initContainers: [{name: i, image: "${image}", command: [/bin/sh, -c, "exit 2"]}], containers: [${container('sleep 3600')}]}`,
  'init-pulls': `{initContainers: [{name: i, image: "columns-nowhere:1"}], containers: [${container('sleep 3600')}]}`,
  'init-done': `{initContainers: [{name: i, image: "${image}", command: [/bin/sh, -c, "exit 0"]}], containers: [${container('sleep 3600')}]}`,
  unschedulable: `{nodeSelector: {nowhere: "true"}, containers: [${container('sleep 3600')}]}`,
  'no-config': `{containers: [${container('sleep 3600', ', envFrom: [{configMapRef: {name: none}}]')}]}`,
  'wrong-command': `{containers: [{name: c, image: "${image}", command: [/none]}]}`,
  deadline: `{activeDeadlineSeconds: 2, containers: [${container('sleep 3600')}]}`,
};

interface Table {
  columnDefinitions: { name: string }[];
  rows: { cells: unknown[]; object: Pod }[];
}

async function table(context: TestContext, namespace: string): Promise<Table> {
  const { body } = await (await serverOf(context)).get(`/api/v1/namespaces/${namespace}/pods`, { query: { includeObject: 'Object' }, headers: { accept: TABLE } });
  return body as Table;
}

describe.each(clustersOfRun('minikube', 'docker-desktop', 'kind-kind'))('%s', (context) => {
  test('READY, STATUS and RESTARTS are the server\'s own, while the pods go through their states', async () => {
    await using folder = await springServerFolder();
    await docker('build', '-q', '-t', image, folder.path);
    await putOnNode(context, image);
    await using namespace = await newNamespace(context, 'columns');
    const manifests = Object.entries(specs).map(([name, spec]) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}\n`);
    await kubectlInput(context, manifests.join('---\n'), '-n', namespace.name, 'create', '-f', '-');
    // A pod that is deleted before its node has taken it is gone at once: no Terminating would be seen.
    const ending = kubectl(context, '-n', namespace.name, 'wait', '--for=condition=Ready', 'pod/running', '--timeout=240s')
      .then(() => kubectl(context, '-n', namespace.name, 'delete', 'pod', 'running', '--wait=false', '--grace-period=20'));

    const minor = Number(/"minor": "(\d+)/.exec(await kubectl(context, 'get', '--raw', '/version'))?.[1]);
    expect(minor).toBe(20);
    const statuses = new Set<string>();
    let compared = 0;
    const until = Date.now() + 240_000;
    while (Date.now() < until && !DONE.every((word) => statuses.has(word))) {
      const { columnDefinitions, rows } = await table(context, namespace.name);
      const column = (name: string) => columnDefinitions.findIndex((definition) => definition.name === name);
      const cells = rows.map(({ cells: row }) => ['Name', 'Ready', 'Status', 'Restarts'].map((name) => String(row[column(name)])));
      const ours = rows.map(({ object }) => {
        const { ready, status, restarts } = podColumns(object, new Date(), minor);
        return [object.metadata.name, ready, status, restarts];
      });
      expect(ours).toEqual(cells);
      for (const [, , status = ''] of cells) statuses.add(status);
      compared += cells.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await ending;
    expect([...statuses]).toEqual(expect.arrayContaining(DONE));
    console.log(`${context}: ${compared} rows compared, ${statuses.size} different words: ${[...statuses].sort().join(', ')}`);
  });
});

/** Words that every one of these clusters shows sooner or later; more may be seen. */
const DONE = ['Running', 'Completed', 'Error', 'CrashLoopBackOff', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'Init:0/1',
  'Init:Error', 'Init:ImagePullBackOff', 'Pending', 'CreateContainerConfigError', 'Terminating', 'DeadlineExceeded'];
