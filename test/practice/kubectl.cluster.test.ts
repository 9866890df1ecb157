// What a person types works on the practice cluster: kubectl 1.20.2 (Debian's, which the test clusters bring) against a practice cluster of
// that age, and the newest kubectl of this computer against the newest one. Nothing is mocked: real programs, the real wire.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPractice, type Practice } from '../../electron/practice/practice.ts';
import { kubectlPath } from '../fixtures/command-line.ts';

const run = promisify(execFile);

/** All kubectl of this computer: the one in PATH, and those of other versions (`kubectl.1.33`) that lie beside it. */
async function kubectls(): Promise<{ path: string; version: string; minor: number }[]> {
  const paths = new Set([kubectlPath]);
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = await realpath(join(folder, 'kubectl')).catch(() => undefined);
    if (found === undefined) continue;
    const beside = (await readdir(dirname(found))).filter((name) => /^kubectl(\.1\.\d+)?$/.test(name));
    for (const name of beside) paths.add(join(dirname(found), name));
  }
  return Promise.all([...paths].map(async (path) => {
    const { stdout } = await run(path, ['version', '--client', '-o', 'json']);
    const { gitVersion } = (JSON.parse(stdout) as { clientVersion: { gitVersion: string } }).clientVersion;
    return { path, version: gitVersion, minor: Number(gitVersion.split('.')[1]) };
  }));
}

const found = await kubectls();
const oldest = found.find(({ path }) => path === kubectlPath) ?? found[0];
const newest = found.toSorted((a, b) => b.minor - a.minor)[0];

describe.each([
  { which: 'the one of the test clusters', kubectl: oldest, minor: 20 },
  { which: 'the newest here', kubectl: newest, minor: 34 },
  // Somebody's old kubectl on a new cluster: what is asked for by protobuf or by an older Table must still be there.
  { which: 'the one of the test clusters, on the newest cluster', kubectl: oldest, minor: 34 },
])('$which', ({ kubectl, minor }) => {
  let practice: Practice;
  let folder: string;
  const call = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run(kubectl?.path ?? '', ['--kubeconfig', practice.kubeconfig, '--context', 'practice', ...args], { maxBuffer: 64 * 1024 * 1024 });
    return stdout + stderr;
  };
  const refused = (...args: string[]): Promise<string> => call(...args).then(
    (text) => expect.fail(`${args.join(' ')} was taken: ${text}`),
    (error: { stderr: string }) => error.stderr,
  );
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'practice-kubectl-'));
    practice = await startPractice({ folder, minor, speed: 5 });
    console.log(`${kubectl?.version} (${kubectl?.path}) against ${practice.version}`);
  });
  afterAll(async () => {
    await practice[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('get, in every form', async () => {
    expect(await call('get', 'nodes')).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\npractice +Ready /);
    expect(await call('get', 'nodes', '-o', 'wide')).toContain('CONTAINER-RUNTIME');
    expect(await call('get', 'namespaces', '-o', 'name')).toBe('namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\n');
    expect(await call('get', 'svc', 'kubernetes', '-o', 'jsonpath={.spec.clusterIP}')).toBe('10.96.0.1');
    expect(await call('get', 'all', '-A')).toContain('service/kubernetes');
    expect(await refused('get', 'unicorns')).toContain('the server doesn\'t have a resource type "unicorns"');
    expect(await refused('get', 'pod', 'nobody')).toContain('Error from server (NotFound): pods "nobody" not found');
    expect(await call('api-resources')).toMatch(/^pods +po +(v1 +)?true +Pod$/m);
    expect(await call('explain', 'pod.spec.containers.imagePullPolicy')).toMatch(/imagePullPolicy\s+<(string|enum)>/);
  });

  test('apply, describe, logs, exec and delete: a pod that fails, then one that runs', async () => {
    const manifest = (name: string, policy: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: app, image: spring-server, ${policy}ports: [{containerPort: 8080}]}]
`;
    expect(await call('apply', '-f', await write('bad.yaml', manifest('bad', '')))).toBe('pod/bad created\n');
    await expect.poll(() => call('get', 'pod', 'bad'), { timeout: 30_000 }).toMatch(/bad +0\/1 +ImagePullBackOff +0 /);
    const description = await call('describe', 'pod', 'bad');
    expect(description).toContain('Failed to pull image "spring-server"');
    expect(description).toMatch(/Normal +Scheduled .*Successfully assigned default\/bad to practice/);

    const file = await write('good.yaml', manifest('good', 'imagePullPolicy: IfNotPresent, '));
    expect(await call('apply', '-f', file)).toBe('pod/good created\n');
    expect(await call('wait', '--for=condition=Ready', 'pod/good', '--timeout=60s')).toContain('pod/good condition met');
    expect(await call('get', 'pods', '-l', 'app=good', '--no-headers')).toMatch(/^good +1\/1 +Running +0 /);
    await expect.poll(() => call('logs', 'good'), { timeout: 30_000 }).toContain('Tomcat started on port 8080');
    expect((await call('logs', 'good', '--tail=1')).trim().split('\n')).toHaveLength(1);
    expect(await call('describe', 'node', 'practice')).toMatch(/default +good /);
    expect(await call('get', 'events', '--field-selector', 'involvedObject.name=good')).toContain('already present on machine');

    // A label more, then the same again: apply merges, and says when there was nothing to do.
    await writeFile(file, manifest('good', 'imagePullPolicy: IfNotPresent, ').replace('{app: good}', '{app: good, tier: web}'));
    expect(await call('apply', '-f', file)).toBe('pod/good configured\n');
    expect(await call('apply', '-f', file)).toBe('pod/good unchanged\n');
    expect(await call('apply', '--server-side', '--force-conflicts', '-f', file)).toContain('pod/good serverside-applied\n');
    expect(await call('diff', '-f', file)).toBe('');
    expect(await call('label', 'pod', 'good', 'tier-')).toMatch(/pod\/good (un)?label+ed/);
    expect(await call('delete', 'pod', 'good', 'bad')).toMatch(/^pod "good" deleted.*\npod "bad" deleted.*\n$/);
    expect(await refused('get', 'pod', 'good')).toContain('NotFound');
  });

  test('what is wrong with a manifest is said before or by the server', async () => {
    const misspelt = await write('misspelt.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: misspelt}\nspec: {containers: [{name: c, image: job:1, imagePullPolcy: Never}]}\n');
    expect(await refused('apply', '-f', misspelt)).toMatch(/unknown field "(spec\.containers\[0\]\.)?imagePullPolcy"/);
    const nameless = await write('nameless.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: Nameless}\nspec: {containers: [{name: c, image: job:1}]}\n');
    expect(await refused('apply', '-f', nameless)).toContain('metadata.name: Invalid value: "Nameless"');
    expect(await call('get', 'pods')).toContain('No resources found in default namespace.');
  });

  test('a namespace with what is in it', async () => {
    await call('create', 'namespace', 'shop');
    await expect.poll(() => call('-n', 'shop', 'get', 'serviceaccounts', '-o', 'name')).toBe('serviceaccount/default\n');
    await call('-n', 'shop', 'create', 'configmap', 'settings', '--from-literal=colour=blue');
    await call('-n', 'shop', 'run', 'ending', '--image=job:1', '--restart=Never', '--image-pull-policy=IfNotPresent');
    await expect.poll(() => call('-n', 'shop', 'get', 'pod', 'ending', '-o', 'jsonpath={.status.phase}'), { timeout: 30_000 }).toBe('Succeeded');
    expect(await call('delete', 'namespace', 'shop', '--timeout=60s')).toContain('namespace "shop" deleted');
    expect(await refused('get', 'namespace', 'shop')).toContain('NotFound');
  });
});

// kubectl speaks WebSocket for exec since 1.31; before that SPDY, which the practice cluster does not speak yet.
test('exec with the newest kubectl: output, exit code, and a body through stdin', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'practice-kubectl-'));
  await using practice = await startPractice({ folder, speed: 5 });
  const base = ['--kubeconfig', practice.kubeconfig, '--context', 'practice'];
  const call = (...args: string[]) => run(newest?.path ?? '', [...base, ...args]);
  await call('run', 'web', '--image=spring-server', '--image-pull-policy=IfNotPresent');
  await call('wait', '--for=condition=Ready', 'pod/web', '--timeout=60s');
  await expect.poll(async () => (await call('exec', 'web', '--', 'curl', '-s', 'localhost:8080/health')).stdout, { timeout: 30_000 }).toContain('UP');
  await expect(call('exec', 'web', '--', 'sh', '-c', 'echo to stderr >&2; exit 7')).rejects.toMatchObject({ code: 7, stderr: expect.stringContaining('to stderr') });
  const child = execFile(newest?.path ?? '', [...base, 'exec', '-i', 'web', '--', 'cat']);
  const text = new Promise<string>((done) => {
    let all = '';
    child.stdout?.on('data', (chunk: string) => (all += chunk));
    child.on('close', () => done(all));
  });
  child.stdin?.end('한국어 through stdin\n');
  expect(await text).toBe('한국어 through stdin\n');
  await rm(folder, { recursive: true });
});
