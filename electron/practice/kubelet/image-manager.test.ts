import { describe, expect, test } from 'vitest';
import { createTestCluster } from './test-cluster.ts';

type Policy = 'Always' | 'IfNotPresent' | 'Never';
const container = (image: string, imagePullPolicy: Policy) => ({ name: 'c', image, imagePullPolicy });
const waiting = (cluster: ReturnType<typeof createTestCluster>, name = 'web') => cluster.pod(name).status.containerStatuses?.[0]?.state.waiting;

describe('pull policies', () => {
  test.each<[Policy, boolean, boolean, string, number]>([
    ['Never', true, false, 'Running', 0],
    ['Never', false, true, 'ErrImageNeverPull', 0],
    ['IfNotPresent', true, false, 'Running', 0],
    ['IfNotPresent', false, true, 'Running', 1],
    ['IfNotPresent', false, false, 'ImagePullBackOff', 1],
    ['Always', true, true, 'Running', 1],
    ['Always', true, false, 'ImagePullBackOff', 1],
    ['Always', false, true, 'Running', 1],
    ['Always', false, false, 'ImagePullBackOff', 1],
  ])('%s, on the node: %s, in the registry: %s: %s', async (policy, present, offered, outcome, pulls) => {
    using cluster = createTestCluster();
    const image = cluster.runtime.addImage('app:1');
    if (!present) cluster.runtime.images.list().forEach((stored) => Object.assign(stored, { names: [] }));
    if (offered) cluster.runtime.registry.set('app:1', image);
    cluster.createPod('web', { containers: [container('app:1', policy)] });
    await cluster.clock.turn(5000);
    expect(waiting(cluster)?.reason ?? cluster.pod('web').status.phase).toBe(outcome);
    expect(cluster.runtime.pulls).toBe(pulls);
  });

  test('the registry\'s image runs under Always, whatever the node has by that name', async () => {
    using cluster = createTestCluster();
    cluster.runtime.addImage('app:1');
    const theirs = cluster.runtime.addImage('other:1');
    cluster.runtime.registry.set('app:1', theirs);
    cluster.createPod('web', { containers: [container('app:1', 'Always')] });
    await cluster.clock.turn(2000);
    expect(cluster.runtime.made[0]?.image.id).toBe(theirs.id);
    expect(cluster.events('web')[1]).toMatch(/^Pulled: Successfully pulled image "app:1" in \d+ms \(\d+ms including waiting\)\. Image size: 1000 bytes\.$/);
  });

  test('a name without a tag is asked for as latest', async () => {
    using cluster = createTestCluster();
    cluster.runtime.registry.set('app:latest', cluster.runtime.addImage('other:1'));
    cluster.createPod('web', { containers: [container('app', 'Always')] });
    await cluster.clock.turn(2000);
    expect(cluster.pod('web').status.phase).toBe('Running');
  });
});

describe('a pull that fails', () => {
  test('is told as ErrImagePull, then as a back-off that from 1.32 on says why', async () => {
    using cluster = createTestCluster();
    cluster.createPod('web', { containers: [container('app:1', 'Always')] });
    await cluster.clock.turn(5000);
    const told = cluster.history('web').map(({ status }) => status.containerStatuses?.[0]?.state.waiting);
    const error = 'Error response from daemon: manifest for app:1 not found';
    expect(told.slice(2)).toEqual([
      { reason: 'ErrImagePull', message: error },
      { reason: 'ImagePullBackOff', message: `Back-off pulling image "app:1": ErrImagePull: ${error}` },
    ]);
    expect(cluster.events('web')).toEqual([
      'Pulling: Pulling image "app:1"',
      `Failed: Failed to pull image "app:1": ${error}`,
      'Failed: Error: ErrImagePull',
      'BackOff: Back-off pulling image "app:1" x2',
      'Failed: Error: ImagePullBackOff x2',
    ]);
  });

  test('in 1.20 the back-off says no cause, and the error came wrapped', async () => {
    using cluster = createTestCluster({ minor: 20 });
    cluster.createPod('web', { containers: [container('app:1', 'Always')] });
    await cluster.clock.turn(5000);
    expect(waiting(cluster)).toEqual({ reason: 'ImagePullBackOff', message: 'Back-off pulling image "app:1"' });
    expect(cluster.events('web')).toContain(
      'Failed: Failed to pull image "app:1": rpc error: code = Unknown desc = Error response from daemon: manifest for app:1 not found',
    );
  });

  test('is tried again, less and less often', async () => {
    using cluster = createTestCluster();
    cluster.createPod('web', { containers: [container('app:1', 'Always')] });
    const pulls: number[] = [];
    for (let minutes = 0; minutes < 20; minutes += 5) {
      await cluster.clock.turn(300_000);
      pulls.push(cluster.runtime.pulls);
    }
    expect(pulls[0]).toBeGreaterThanOrEqual(4);
    expect(pulls[3]! - pulls[2]!).toBeLessThanOrEqual(1);
  });

  test.each<Policy>(['IfNotPresent', 'Never'])('is over by itself once the image is there (%s)', async (policy) => {
    using cluster = createTestCluster();
    cluster.createPod('web', { containers: [container('app:1', policy)] });
    await cluster.clock.turn(60_000);
    expect(waiting(cluster)).toBeDefined();
    cluster.runtime.addImage('app:1');
    await cluster.clock.turn(16_000);
    expect(cluster.pod('web').status.phase).toBe('Running');
  });

  test('of one pod is not another pod\'s back-off', async () => {
    using cluster = createTestCluster();
    cluster.createPod('a', { containers: [container('app:1', 'Always')] });
    await cluster.clock.turn(5000);
    cluster.createPod('b', { containers: [container('app:1', 'Always')] });
    await cluster.clock.turn(600);
    expect(waiting(cluster, 'b')?.reason).toBe('ErrImagePull');
  });

  test('does not hold up the pod\'s deletion while it hangs', async () => {
    using cluster = createTestCluster();
    cluster.runtime.pull = () => new Promise(() => undefined);
    cluster.createPod('web', { containers: [container('app:1', 'Always')] });
    await cluster.clock.turn(2000);
    cluster.deletePod('web');
    await cluster.clock.turn(2000);
    expect(cluster.pod('web')).toBeUndefined();
  });
});

test('a name that cannot be read is refused with the kubelet\'s words', async () => {
  using cluster = createTestCluster();
  cluster.createPod('web', { containers: [container('My-App:1', 'Always')] });
  await cluster.clock.turn(2000);
  const message = 'Failed to apply default image tag "My-App:1": couldn\'t parse image reference "My-App:1": invalid reference format: repository name must be lowercase';
  expect(waiting(cluster)).toEqual({ reason: 'InvalidImageName', message });
  expect(cluster.events('web').map((event) => event.replace(/ x\d+$/, ''))).toEqual([`InspectFailed: ${message}`, 'Failed: Error: InvalidImageName']);
});
