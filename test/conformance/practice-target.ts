// The practice cluster as a target: started in this process, reached over its own HTTPS like any other.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPractice } from '../../electron/practice/practice.ts';
import { Api } from './http.ts';
import { readConnection, type Target } from './target.ts';

const image = 'conformance:1';

/** @param minor of the Kubernetes it is like; its default unless said */
export async function openPracticeTarget(context: 'practice' | 'practice-kind', minor?: number): Promise<Target & { readonly kubeconfig: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-practice-'));
  const faults: unknown[] = [];
  const practice = await startPractice({
    folder,
    registry: { 'docker.io': 'unreachable' },
    report: (error) => void faults.push(error),
    ...(minor === undefined ? {} : { minor }),
  });
  const cluster = practice.clusters.get(context);
  if (!cluster) throw new Error(`the practice cluster has no context ${context}`);
  const { images } = cluster.runtime;
  const [built] = [...practice.clusters.values()].flatMap(({ runtime }) => runtime.images.find('http-server:1') ?? []);
  if (!built) throw new Error('the catalogue has no http-server');
  const put = (name: string) => images.add(built.image, [`docker.io/library/${name}`], 'load');
  put(image);
  const connection = await readConnection(practice.kubeconfig, context);
  const api = new Api(connection);
  const version = (await api.get('/version')).body as { minor: string };
  const nodes = (await api.get('/api/v1/nodes')).body;
  api.close();
  return {
    name: context,
    connection,
    kubeconfig: practice.kubeconfig,
    minor: Number.parseInt(version.minor, 10),
    runtime: cluster.runtime.kind,
    node: nodes.items[0].metadata.name,
    pace: 0,
    image,
    putImage: async (name) => put(name),
    removeImage: async (name) => void images.untag(`docker.io/library/${name}`),
    compact: async () => cluster.store.compact(),
    async [Symbol.asyncDispose]() {
      await practice[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
      if (faults.length > 0) throw new AggregateError(faults, 'the practice cluster reported faults of its own');
    },
  };
}
