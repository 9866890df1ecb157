import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { contexts, docker, newNamespace, putOnNode } from '../../../test/fixtures/command-line.ts';
import { ApiError } from './api-error.ts';
import { type ClusterConnection, openConnection } from './connection.ts';
import { execInPod } from './exec.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { applyPod, deletePod } from './pods-api.ts';
import { reflect } from './reflector.ts';
import { openTunnel } from './tunnel.ts';

const kubeconfig = await loadKubeconfig();
const image = 'podlab-test-streams:1';
const outcome = (promise: Promise<unknown>) => promise.then((value) => ({ value }), (error: unknown) => (error instanceof Failure ? error.toData() : error instanceof ApiError ? { status: error.status } : error));

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-streams-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n');
  await docker('build', '-q', '-t', image, folder);
  await rm(folder, { recursive: true });
});

/** Ports 9000 (echo), 9001 (zeros without end), 9002 (answers 5 s after the first line, closes). */
const script = 'nc -ll -p 9000 -e cat & nc -ll -p 9001 -e cat /dev/zero & nc -ll -p 9002 -e sh -c "read line; sleep 5; echo late \\$line" & wait';
const pod = (name: string, spec: object = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name },
  spec: { terminationGracePeriodSeconds: 0, restartPolicy: 'Never', containers: [{ name: 'c', image, command: ['/bin/sh', '-c', script] }], ...spec },
});

async function untilPhase(connection: ClusterConnection, namespace: string, wanted: Record<string, string>): Promise<void> {
  const stop = new AbortController();
  const phases = new Map<string, string>();
  await reflect<Pod>({
    connection, path: `/api/v1/namespaces/${namespace}/pods`, signal: stop.signal, onState: () => {},
    onChange(batch) {
      for (const one of batch.type === 'snapshot' ? batch.items : batch.upserted) phases.set(one.metadata.name!, one.status?.phase ?? '');
      if (Object.entries(wanted).every(([name, phase]) => phases.get(name) === phase)) stop.abort();
    },
  });
}

describe.each(contexts)('%s', (context) => {
  let connection: ClusterConnection;
  let namespace: Awaited<ReturnType<typeof newNamespace>>;
  beforeAll(async () => {
    await putOnNode(context, image);
    connection = await openConnection(kubeconfig, context);
    namespace = await newNamespace(context, 'streams');
    for (const one of [
      pod('web'), pod('done', { containers: [{ name: 'c', image, command: ['/bin/true'] }] }),
      pod('waiting', { containers: [{ name: 'c', image: 'nowhere:1' }] }), pod('homeless', { nodeSelector: { no: 'where' } }),
    ]) await applyPod(connection, namespace.name, one);
    await untilPhase(connection, namespace.name, { web: 'Running', done: 'Succeeded' });
    // Running is the shell; the ports are open a moment later.
    while ((await execInPod(connection, { namespace: namespace.name, pod: 'web', container: 'c', command: ['sh', '-c', 'for p in 9000 9001 9002; do netstat -ltn | grep -q :$p || exit 1; done'] })).exitCode !== 0);
  });
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
  });
  const tunnel = (port: number, name = 'web', silentAfterEndMs?: number) => openTunnel(connection, { namespace: namespace.name, pod: name, port }, silentAfterEndMs);
  const textOf = async (stream: Duplex) => { let text = ''; for await (const bytes of stream) text += String(bytes); return text; };

  test('32 MiB there and back are the same bytes', async () => {
    const sent = randomBytes(32 * 1024 * 1024);
    const stream = await tunnel(9000);
    stream.write(sent);
    const hash = createHash('sha256');
    let length = 0;
    for await (const bytes of stream) {
      hash.update(bytes as Buffer);
      length += (bytes as Buffer).length;
      if (length >= sent.length) break;
    }
    expect([length, hash.digest('hex')]).toEqual([sent.length, createHash('sha256').update(sent).digest('hex')]);
  });

  test('an endless sender and a reader that stops: little is kept', async () => {
    const stream = await tunnel(9001);
    await new Promise((resolve) => { stream.once('readable', resolve); });
    // As long as a second tunnel moves 16 MiB, the first could have filled the memory.
    let moved = 0;
    for await (const bytes of await tunnel(9001)) if ((moved += (bytes as Buffer).length) > 16 * 1024 * 1024) break;
    expect(stream.readableLength).toBeLessThan(256 * 1024);
    stream.destroy();
  });

  test('a port that nobody listens on, in the words of this node\'s runtime', async () => {
    const words = { 'docker-desktop': /socat.*Connection refused/s, minikube: /socat.*Connection refused/s, 'kind-kind': /connect: connection refused/ }[context];
    expect(await outcome(tunnel(7).then(textOf))).toEqual({ code: 'PORT_REFUSED_IN_POD', params: { pod: 'web', port: 7 }, cause: expect.stringMatching(words) });
    const other = await tunnel(9000); // one refusal spoils nothing else
    other.end('still works');
    expect(String((await once(other, 'data'))[0])).toBe('still works');
    other.destroy();
  });

  test('half a close: the answer that comes 5 s later is read whole', async () => {
    const stream = await tunnel(9002);
    stream.end('request\n');
    expect(await textOf(stream)).toBe('late request\n');
  });

  test('a silent pod after the local end: the tunnel is closed', async () => {
    const stream = await tunnel(9000, 'web', 300);
    stream.end('hello');
    expect(await textOf(stream)).toBe('hello');
  });

  test.each([
    ['absent', { code: 'POD_GONE', params: { pod: 'absent' } }],
    ['homeless', { code: 'POD_NOT_RUNNING', params: { pod: 'homeless' } }],
  ])('no tunnel into a pod that is %s', async (name, expected) => {
    expect(await outcome(tunnel(9000, name).then(textOf))).toMatchObject(expected);
  });

  const exec = (name: string, container: string, ...command: string[]) => outcome(execInPod(connection, { namespace: namespace.name, pod: name, container, command }));
  test('exec: output, exit codes, and why it cannot be run', async () => {
    expect(await exec('web', 'c', 'sh', '-c', 'echo 한국; echo err >&2; exit 7')).toEqual({ value: { stdout: '한국\n', stderr: 'err\n', exitCode: 7, truncated: false } });
    expect(await exec('web', 'c', 'true')).toEqual({ value: { stdout: '', stderr: '', exitCode: 0, truncated: false } });
    expect(await exec('web', 'c', 'sh', '-c', 'exit 126')).toEqual({ value: { stdout: '', stderr: '', exitCode: 126, truncated: false } });
    expect(await exec('web', 'c', 'head', '-c', '3000000', '/dev/zero')).toMatchObject({ value: { exitCode: 0, truncated: true } });
    expect(await exec('web', 'c', 'curl', 'localhost')).toEqual({ code: 'COMMAND_NOT_IN_IMAGE', params: { command: 'curl', container: 'c' }, cause: expect.stringContaining('executable file not found in $PATH') });
    expect(await exec('web', 'c', '/none/curl')).toMatchObject({ code: 'COMMAND_NOT_IN_IMAGE', params: { command: '/none/curl' } });
    expect(await exec('web', 'c', '/etc/hosts')).toEqual({ status: 500 });
    expect(await exec('web', 'other', 'ls')).toMatchObject({ code: 'CONTAINER_NOT_FOUND', params: { pod: 'web', container: 'other' } });
    expect(await exec('absent', 'c', 'ls')).toMatchObject({ code: 'POD_GONE' });
    for (const name of ['homeless', 'waiting', 'done']) expect(await exec(name, 'c', 'ls')).toMatchObject({ code: 'POD_NOT_RUNNING', params: { pod: name } });
  });

  test('a pod deleted under an open tunnel and a running command: both end', async () => {
    await applyPod(connection, namespace.name, pod('victim'));
    await untilPhase(connection, namespace.name, { victim: 'Running' });
    const command = exec('victim', 'c', 'sleep', '600');
    while ((await execInPod(connection, { namespace: namespace.name, pod: 'victim', container: 'c', command: ['sh', '-c', 'ps | grep -q "[s]leep 600" && netstat -ltn | grep -q :9000'] })).exitCode !== 0);
    const stream = await tunnel(9000, 'victim');
    const ended = outcome(textOf(stream));
    await deletePod(connection, namespace.name, 'victim', { gracePeriodSeconds: 0 });
    await ended;
    expect(await command).toMatchObject({ value: { exitCode: 137 } });
  });
});
