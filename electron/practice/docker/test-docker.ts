// For tests: a practice Docker with a few images and one container whose programs are written in the test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { realClock } from '../clock.ts';
import { makeImage } from '../runtime/image-config.ts';
import { createImageStore } from '../runtime/image-store.ts';
import type { ExecOptions, Execution, Image, ImageStore, Runtime, RuntimeContainer } from '../runtime/runtime.ts';
import { listenDocker } from './docker-server.ts';
import type { DockerContainer } from './docker-host.ts';

export type Program = (streams: { stdin: PassThrough; stdout: PassThrough; stderr: PassThrough }, argv: readonly string[]) => Promise<number>;

/** A program in this process, with the streams of a real one. */
export function execution(program: Program, argv: readonly string[], { stdin: open }: Pick<ExecOptions, 'stdin'>): Execution {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (!open) stdin.end();
  const exit = program({ stdin, stdout, stderr }, argv).then((code) => {
    stdout.end();
    stderr.end();
    return code;
  });
  return { stdin, stdout, stderr, exit, resize: () => {}, kill: () => {} };
}

export const image = (name: string, created = '2026-01-02T03:04:05Z'): Image =>
  makeImage(new Date(created), { Cmd: [`/bin/${name}`], Labels: { of: name } }, [
    { createdBy: `COPY ${name} /bin/`, size: 1000, files: new Map([[`/bin/${name}`, name]]) },
    { createdBy: `CMD ["/bin/${name}"]`, size: 0 },
  ]);

export interface TestDocker extends AsyncDisposable {
  readonly socketPath: string;
  readonly images: ImageStore;
  readonly web: Image;
  readonly used: Image;
}

/** @param programs by their names. Its container `node` runs them; `web:1` and `web:2` are images, and a pod's container is made from `used:1`. */
export async function testDocker(programs: Readonly<Record<string, Program>> = {}, version = '27.3.1', state: RuntimeContainer['state'] = 'exited'): Promise<TestDocker> {
  const folder = await mkdtemp(join(tmpdir(), 'practice-docker-'));
  const socketPath = process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replaceAll('\\', '-')}` : join(folder, 'docker.sock');
  const images = createImageStore();
  const web = image('web');
  const used = image('used', '2026-01-03T00:00:00Z');
  images.add(web, ['docker.io/library/web:1', 'docker.io/shop/web:2'], 'tag');
  images.add(used, ['docker.io/library/used:1'], 'tag');
  const exec = async (argv: readonly string[], options: ExecOptions) => {
    const program = programs[argv[0] ?? ''];
    if (!program) throw new Error(`OCI runtime exec failed: exec failed: unable to start container process: exec: "${argv[0]}": executable file not found in $PATH: unknown`);
    return execution(program, argv, options);
  };
  const node: DockerContainer = {
    id: 'd'.repeat(64), name: 'node', image: 'kindest/node:v1.34.0', imageId: `sha256:${'1'.repeat(64)}`, argv: ['/entrypoint'], env: [], workingDir: '/', hostname: 'node', tty: false,
    labels: { 'io.x-k8s.kind.cluster': 'practice' }, state: 'running', createdAt: new Date(0), startedAt: new Date(0), finishedAt: undefined, exitCode: 0, oomKilled: false, error: '',
    network: 'kind', address: '172.18.0.2', ports: { '6443/tcp': 40_000 }, privileged: true, exec, log: undefined, stop: undefined,
  };
  const pod = {
    id: 'c'.repeat(64), sandbox: { id: 'a'.repeat(64), ip: '10.1.0.4', hostname: 'web', createdAt: new Date(1000), pod: { name: 'web', namespace: 'default', uid: 'uid-1' } },
    config: { name: 'app', attempt: 2, image: used.id, env: ['A=b'], tty: false, stdin: false }, image: used, state, createdAt: new Date(2000), startedAt: new Date(3000),
    finishedAt: new Date(Date.now() - 5000), exitCode: 3, reason: 'Error', message: undefined, terminationMessage: '',
    log: { entries: [], async* read() {
      yield { time: new Date(3000), stream: 'stdout', text: Buffer.from('out') };
      yield { time: new Date(4000), stream: 'stderr', text: Buffer.from('err') };
    } },
  } as unknown as RuntimeContainer;
  const runtime = {
    version: `docker://${version}`, images, containers: () => [pod], onChange: () => () => {},
    pull: async () => { throw new Error('rpc error: code = Unknown desc = Error response from daemon: pull access denied for nope, repository does not exist'); },
  } as unknown as Runtime;
  const server = await listenDocker({ socketPath, images, host: { clock: realClock(), runtime, nodes: [node] } });
  return {
    socketPath, images, web, used,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
