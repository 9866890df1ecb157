// Terminals where there is less than usual, on real clusters: a user who may not exec, and an image whose one program is a shell that PATH does not lead to.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openEngine } from '../../electron/engine/engine.ts';
import { buildImage } from '../catalogue/images.ts';
import { clustersOfRun } from '../fixtures/clusters-of-run.ts';
import { kubectl, kubectlInput, putOnNode } from '../fixtures/command-line.ts';
import { answer, prompt } from './prompt.ts';
import { follow, openScene } from './scene.ts';

const never = new AbortController().signal;
const LONE_SHELL = 'terminal-lone-shell:1';

test('exec is forbidden: who may not, and what, is said, and attaching is another right', async () => {
  const cluster = 'docker-desktop';
  await using scene = await openScene(cluster, ['own']);
  const at = ['-n', scene.namespace];
  await kubectlInput(cluster, `apiVersion: v1
kind: ServiceAccount
metadata: {name: reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [pods/attach], verbs: [get, create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: reader, namespace: ${scene.namespace}}]
`, ...at, 'apply', '-f', '-');
  // Of the secret that the controller makes for the account, a moment later.
  const secret = await vi.waitFor(async () => {
    const name = await kubectl(cluster, ...at, 'get', 'serviceaccount', 'reader', '-o', 'jsonpath={.secrets[0].name}');
    if (name === '') throw new Error('the service account has no token');
    return name;
  }, { timeout: 240_000, interval: 200 });
  const token = Buffer.from(await kubectl(cluster, ...at, 'get', 'secret', secret, '-o', 'jsonpath={.data.token}'), 'base64').toString();
  const config = JSON.parse(await kubectl(cluster, 'config', 'view', '--raw', '--minify', '--flatten', '-o', 'json')) as { clusters: { name: string }[] };
  const folder = await mkdtemp(join(tmpdir(), 'podlab-terminal-'));
  const context = 'reader';
  await writeFile(join(folder, 'config'), JSON.stringify({
    ...config, 'current-context': context,
    contexts: [{ name: context, context: { cluster: config.clusters[0]?.name, user: context, namespace: scene.namespace } }],
    users: [{ name: context, user: { token } }],
  }));
  const engine = await openEngine({ kubeconfig: join(folder, 'config'), stateDirectory: folder });
  try {
    const own = { ...(await scene.place('own')), context };
    await engine.calls.terminals.open({ ...own, id: 'shell', way: { kind: 'shell' }, columns: 80, rows: 24 }, never);
    const shell = follow(engine, 'shell');
    expect((await shell.row(({ state }) => state === 'ended')).failure).toMatchObject({ code: 'NOT_ALLOWED', params: { verb: expect.stringMatching(/^(?:get|create)$/) as string, resource: 'pods/exec', namespace: scene.namespace } });
    await shell[Symbol.asyncDispose]();
    await engine.calls.terminals.open({ ...own, id: 'attach', way: { kind: 'attach' }, columns: 80, rows: 24 }, never);
    const attached = follow(engine, 'attach');
    await attached.row(({ state }) => state === 'open');
    await attached.type('echo its $((1+1))\r');
    await attached.until('its 2');
    await attached[Symbol.asyncDispose]();
  } finally {
    await engine[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
});

describe.each(clustersOfRun('kind-kind', 'docker-desktop'))('%s', (context) => {
  test('a shell that PATH does not lead to is found, and closing ends it without another program in the image', async () => {
    await using scene = await openScene(context, []);
    await buildImage(LONE_SHELL, 'FROM scratch\nCOPY busybox /busybox/sh\nCMD ["/busybox/sh", "-c", "while read -r line; do :; done"]\n');
    await putOnNode(context, LONE_SHELL);
    await scene.create('lone', `image: "${LONE_SHELL}", imagePullPolicy: Never, stdin: true`);
    const terminal = await prompt(await scene.open(await scene.place('lone')));
    expect((await terminal.row(({ state }) => state === 'open')).program).toMatch(/^(?:\/busybox\/)?sh$/);
    expect(await answer(terminal, 'echo $((6*7))')).toBe('42');
    await terminal.type('trap "" HUP; while :; do :; done\r');
    const from = performance.now();
    await scene.engine.calls.terminals.close({ id: terminal.id }, never);
    console.log(`${context}: a shell that ignores SIGHUP and is alone in its image was ended in ${Math.round(performance.now() - from)} ms`);
    await terminal[Symbol.asyncDispose]();
    const counted = await kubectl(context, '-n', scene.namespace, 'exec', 'lone', '--', '/busybox/sh', '-c', 'n=0; for d in /proc/[0-9]*; do [ -e "$d/stat" ] && n=$((n+1)); done; echo $n');
    expect(Number(counted)).toBe(2); // the container's own, and the one that counts
  });
});
