import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { get } from 'node:http';
import { realClock } from '../clock.ts';
import { catalogueImages, hubImages } from './catalogue.ts';
import { createRuntime, type NodeRuntime } from './create-runtime.ts';
import { createImageStore } from './image-store.ts';
import { createRegistry } from './registry.ts';
import type { ContainerConfig, ExecOptions, Runtime, RuntimeContainer } from './runtime.ts';

const clock = realClock(20);
const open: NodeRuntime[] = [];
afterEach(() => {
  for (const runtime of open.splice(0)) runtime.close();
});

function start(kind: Runtime['kind'] = 'docker'): NodeRuntime {
  const images = createImageStore();
  const now = new Date();
  for (const { name, image } of catalogueImages(now)) images.add(image, [name], 'load');
  const registry = createRegistry({ images: hubImages(now), anything: () => images.find('http-server:1')!.image });
  const runtime = createRuntime({ kind, version: kind === 'docker' ? 'docker://27.3.1' : 'containerd://2.1.4', images, registry, clock });
  open.push(runtime);
  return runtime;
}

const plain: Omit<ContainerConfig, 'image'> = { name: 'c', attempt: 0, env: [], tty: false, stdin: false };
const pod = { uid: 'u', name: 'p', namespace: 'default' };

async function create(runtime: NodeRuntime, image: string, config: Partial<ContainerConfig> = {}): Promise<RuntimeContainer> {
  const { id } = runtime.images.find(image)!.image;
  return runtime.createContainer(runtime.runSandbox(pod, 'p'), { ...plain, ...config, image: id });
}

async function running(runtime: NodeRuntime, image: string, config: Partial<ContainerConfig> = {}): Promise<RuntimeContainer> {
  const container = await create(runtime, image, config);
  await container.start();
  return container;
}

const plainExec: ExecOptions = { tty: false, stdin: false };
async function exec(container: RuntimeContainer, ...argv: string[]): Promise<{ out: string; err: string; code: number }> {
  const execution = await container.exec(argv, plainExec);
  const [out, err, code] = await Promise.all([text(execution.stdout), text(execution.stderr), execution.exit]);
  return { out, err, code };
}

const logOf = (container: RuntimeContainer) => container.log.entries.map((entry) => entry.text.toString());

async function untilLogged(container: RuntimeContainer, words: string): Promise<void> {
  for await (const entry of container.log.read({ follow: true }, AbortSignal.timeout(5000))) if (entry.text.includes(words)) return;
  throw new Error(`never said ${words}`);
}

it('shows in /proc what listens at the moment, as the kernel does', async () => {
  const runtime = start();
  const everywhere = await running(runtime, 'other-port:1');
  const inward = await running(runtime, 'localhost-only:1');
  const read = async (container: RuntimeContainer) => {
    const { out } = await exec(container, 'cat', '/proc/net/tcp', '/proc/net/tcp6');
    expect(out.split('\n').filter((line) => /^ {2}sl {2}local_address /.test(line))).toHaveLength(2);
    return [...out.matchAll(/^ *\d+: ([0-9A-F]{8}:[0-9A-F]{4}) 00000000:0000 0A /gm)].map(([, address]) => address);
  };
  await expect.poll(() => read(everywhere)).toEqual(['00000000:2382']);
  await expect.poll(() => read(inward)).toEqual(['0100007F:1F90']);
});

describe('spring-server', () => {
  it('answers inside and outside, and keeps the connection', async () => {
    const runtime = start();
    const container = await running(runtime, 'spring-server');
    await untilLogged(container, 'Started SpringServerApplication');
    const inside = await exec(container, 'sh', '-c', 'curl -s localhost:8080/api/hello');
    expect(inside).toEqual({ out: '{"message":"Hello, world!","pod":"p"}\n', err: '', code: 0 });
    const socket = await runtime.connect(container.sandbox.ip, 8080, 'outside');
    const status = await new Promise((resolve, reject) => {
      get({ path: '/health', createConnection: () => socket }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(200);
  });

  it('stops on SIGTERM with 143', async () => {
    const runtime = start();
    const container = await running(runtime, 'spring-server');
    await untilLogged(container, 'Started SpringServerApplication');
    await container.stop(60_000);
    expect([container.exitCode, container.reason]).toEqual([143, 'Error']);
    await expect(runtime.connect(container.sandbox.ip, 8080, 'inside')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

it.each<[string, string[], number, string]>([
  ['crash:1', [], 1, 'Error'],
  ['crash:1', ['42'], 42, 'Error'],
  ['job:1', [], 0, 'Completed'],
])('%s %j ends with %i', async (image, args, code, reason) => {
  const container = await running(start(), image, { args });
  await container.ended;
  expect([container.exitCode, container.reason]).toEqual([code, reason]);
});

it('kills what takes more memory than its limit', async () => {
  const container = await running(start(), 'out-of-memory:1', { memoryLimit: 32 * 1024 * 1024 });
  await container.ended;
  expect([container.exitCode, container.reason]).toEqual([137, 'OOMKilled']);
  expect(logOf(container)).toEqual(['using 8 MiB', 'using 16 MiB', 'using 24 MiB', 'using 32 MiB']);
});

it('reaches what listens on 127.0.0.1 from inside only', async () => {
  const runtime = start();
  const container = await running(runtime, 'localhost-only:1');
  await untilLogged(container, 'listening');
  await expect(runtime.connect(container.sandbox.ip, 8080, 'outside')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  (await runtime.connect(container.sandbox.ip, 8080, 'inside')).destroy();
  await expect(runtime.connect('10.244.9.9', 8080, 'outside')).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
});

describe('a program that is not there', () => {
  it('docker', async () => {
    const container = await create(start(), 'http-server:1', { command: ['nope'] });
    const words =
      'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown';
    await expect(container.start()).rejects.toThrow(`failed to start container "${container.id}": Error response from daemon: ${words}`);
    expect([container.state, container.exitCode, container.reason, container.message]).toEqual(['exited', 127, 'ContainerCannotRun', words]);
  });

  it('containerd', async () => {
    const container = await create(start('containerd'), 'http-server:1', { command: ['/bin/nope'] });
    await expect(container.start()).rejects.toThrow('exec: "/bin/nope": stat /bin/nope: no such file or directory');
    expect([container.exitCode, container.reason]).toEqual([128, 'StartError']);
  });
});

it('has its working directory, and says so when that is a file', async () => {
  const container = await running(start(), 'http-server:1', { workingDir: '/data/in' });
  expect((await exec(container, 'pwd')).out).toBe('/data/in\n');
  const files = new Map([['/data', 'x']]);
  await expect(create(start(), 'http-server:1', { workingDir: '/data', files })).rejects.toThrow('Error response from daemon: Cannot mkdir: /data is not a directory');
  const refused = await create(start('containerd'), 'http-server:1', { workingDir: '/data', files });
  await expect(refused.start()).rejects.toThrow('unable to start container process: error during container init: mkdir /data: not a directory: unknown');
});

it('ends a program of the catalogue that is still starting', async () => {
  const container = await running(start(), 'slow-start:1');
  await untilLogged(container, 'starting');
  await container.stop(1_000_000);
  expect(container.exitCode).toBe(143);
});

it('does not end its first process for a signal that this does not handle', async () => {
  const container = await running(start(), 'http-server:1', { command: ['sleep', '3600'] });
  await container.stop(200);
  expect(container.exitCode).toBe(137);
});

describe('the streams of a container', () => {
  it('exec of what is not there is said in the output by Docker, and refused by containerd', async () => {
    const words = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown';
    const docker = await running(start(), 'http-server:1');
    expect(await exec(docker, 'nope')).toEqual({ out: `${words}\r\n`, err: '', code: 126 });
    const containerd = await running(start('containerd'), 'http-server:1');
    await expect(containerd.exec(['nope'], plainExec)).rejects.toThrow(/^failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed/);
  });

  it('attach gives what comes from now on, and takes the input', async () => {
    const container = await running(start(), 'http-server:1', { command: ['sh', '-c', 'echo first; read x; echo got $x; cat'], stdin: true });
    await untilLogged(container, 'first');
    const attached = container.attach();
    attached.stdin.write('one\ntwo\n');
    attached.stdin.end();
    expect(await text(attached.stdout)).toBe('got one\ntwo\n');
    expect(await attached.exit).toBe(0);
    expect(logOf(container)).toEqual(['first', 'got one', 'two']);
  });

  it('a reader that has gone does not hold the program up', async () => {
    const container = await running(start(), 'http-server:1', { command: ['sh', '-c', 'sleep 1; seq 100000 > /dev/null; seq 40000'] });
    container.attach().stdout.destroy();
    await container.ended;
    expect(container.exitCode).toBe(0);
  });

  it('ends with the container', async () => {
    const container = await running(start(), 'http-server:1');
    const execution = await container.exec(['sh', '-c', 'echo here; sleep 10000'], plainExec);
    expect(String(await new Promise((resolve) => execution.stdout.once('data', resolve)))).toBe('here\n');
    await container.stop(100_000);
    expect(await execution.exit).toBe(137);
    await expect(container.exec(['true'], plainExec)).rejects.toThrow(`Container ${container.id} is not running`);
  });

  it('keeps what the program wrote for its end', async () => {
    const container = await running(start(), 'http-server:1', { command: ['sh', '-c', 'echo why > /dev/termination-log; exit 3'] });
    await container.ended;
    expect([container.terminationMessage, container.exitCode]).toEqual(['why\n', 3]);
  });
});

it('says in the runtime\'s words that there is nothing to run', async () => {
  const runtime = start();
  await runtime.pull('busybox:1');
  const container = await create(runtime, 'busybox:1', { command: ['true'] });
  await expect(container.start()).resolves.toBeUndefined();
  const { image } = runtime.images.find('busybox:1')!;
  const bare = { ...image, id: `sha256:${'a'.repeat(64)}`, config: {} };
  runtime.images.add(bare, ['bare'], 'load');
  await expect(create(runtime, 'bare')).rejects.toThrow('Error response from daemon: no command specified');
});

it('gives an address again as late as it can', () => {
  const runtime = start();
  const first = runtime.runSandbox(pod, 'p');
  runtime.removeSandbox(first.id);
  expect([first.ip, runtime.runSandbox(pod, 'p').ip]).toEqual(['10.244.0.2', '10.244.0.3']);
});

it('tells what happened, in order', async () => {
  const runtime = start();
  const seen: string[] = [];
  runtime.onChange((_container, action) => seen.push(action));
  const container = await running(runtime, 'job:1', { args: ['--steps', '1'] });
  await container.ended;
  runtime.removeSandbox(container.sandbox.id);
  expect(seen).toEqual(['create', 'start', 'die', 'destroy']);
  expect(runtime.containers()).toEqual([]);
});
