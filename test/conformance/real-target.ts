// The real test clusters (test/cluster): images by docker and ctr, compaction by etcd's own HTTP gateway.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker, nodeName, putOnNode, removeFromNode, type TestContext } from '../fixtures/command-line.ts';
import { Api } from './http.ts';
import { readConnection, type Target } from './target.ts';

const run = promisify(execFile);
const image = 'conformance:1';
const etcdContainer: Readonly<Record<TestContext, string | undefined>> = {
  'docker-desktop': undefined,
  'kind-kind': 'kind-control-plane',
  minikube: 'minikube',
};

export async function openRealTarget(context: TestContext): Promise<Target> {
  const connection = await readConnection(process.env['KUBECONFIG'] ?? '', context);
  const api = new Api(connection);
  const version = (await api.get('/version')).body as { minor: string };
  await buildImage();
  await putOnNode(context, image);
  return {
    name: context,
    connection,
    minor: Number.parseInt(version.minor, 10),
    runtime: context === 'kind-kind' ? 'containerd' : 'docker',
    node: nodeName[context],
    pace: 700,
    image,
    async putImage(name) {
      await docker('tag', image, name);
      await putOnNode(context, name);
    },
    removeImage: (name) => removeFromNode(context, name),
    async compact() {
      const revision = (await api.get('/api/v1/namespaces', { query: { limit: 1 } })).body.metadata.resourceVersion as string;
      const port = context === 'docker-desktop' ? 23790 : 2379;
      const curl = ['curl', '-sf', `http://127.0.0.1:${port}/v3/kv/compaction`, '-d', JSON.stringify({ revision, physical: true })];
      const container = etcdContainer[context];
      const [program = '', ...args] = container ? ['docker', 'exec', container, ...curl] : curl;
      await run(program, args);
    },
  };
}

/** Debian's static busybox is the whole image, since none can be pulled. */
async function buildImage(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  const rootfs = join(folder, 'rootfs');
  for (const directory of ['bin', 'www', 'tmp']) await mkdir(join(rootfs, directory), { recursive: true });
  await copyFile('/bin/busybox', join(rootfs, 'bin/busybox'));
  for (const applet of ['sh', 'httpd', 'cat', 'echo', 'env', 'false', 'ls', 'sleep', 'true']) await symlink('busybox', join(rootfs, 'bin', applet));
  await writeFile(join(rootfs, 'www/index.html'), 'hello\n');
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY rootfs /\nEXPOSE 8080\nCMD ["/bin/httpd", "-f", "-p", "8080", "-h", "/www"]\n');
  await docker('build', '-q', '-t', image, folder);
  await rm(folder, { recursive: true });
}
