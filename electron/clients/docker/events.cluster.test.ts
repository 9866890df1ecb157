// The list of containers follows Docker's own events, against the real Docker: all that a node's container can go through is told without a question
// being asked again. (docker.cluster.test.ts has images, and containers that come and go.)
import type Dockerode from 'dockerode';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { watchDocker } from './connection.ts';
import type { DockerConnection, HostContainer } from './connection.ts';

const soon = { timeout: 240_000, interval: 20 };
const NAME = `podlab-events-test-${process.pid}`;
let connection: DockerConnection;
let container: Dockerode.Container;

beforeAll(async () => {
  connection = watchDocker({ onState() {}, onImages() {} });
  await vi.waitFor(() => connection.docker(), soon);
  const [image] = await connection.docker().listImages({ filters: { reference: ['test-cluster/node'] } });
  container = await connection.docker().createContainer({ name: NAME, Image: image!.Id, Entrypoint: ['sleep', '1000'], HostConfig: { Init: true } });
});
afterAll(async () => {
  await container.remove({ force: true, v: true });
  await connection[Symbol.asyncDispose]();
});

const own = (): HostContainer | undefined => {
  const list = connection.containers();
  return list === 'unknown' ? undefined : list.find(({ id }) => id === container.id);
};
const shows = (expected: Partial<HostContainer>) => vi.waitFor(() => expect(own()).toMatchObject(expected), soon);

test('created, started, paused, taken off its network and put back, renamed, ended', async () => {
  await shows({ name: NAME, state: 'created', addresses: [] });
  await container.start();
  await shows({ state: 'running' });
  expect(own()?.addresses).toHaveLength(1);
  await container.pause();
  await shows({ state: 'paused' });
  await container.unpause();
  await shows({ state: 'running' });
  const network = connection.docker().getNetwork('bridge');
  await network.disconnect({ Container: container.id });
  await shows({ addresses: [] });
  await network.connect({ Container: container.id });
  await vi.waitFor(() => expect(own()?.addresses).toHaveLength(1), soon);
  await container.rename({ name: `${NAME}-renamed` });
  await shows({ name: `${NAME}-renamed` });
  await container.kill();
  await shows({ state: 'exited' });
});
