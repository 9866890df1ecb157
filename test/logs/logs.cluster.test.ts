// Logs of real containers: none lost and none doubled, whatever is cut, restarted or too much.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { clustersOfRun } from '../fixtures/clusters-of-run.ts';
import { kubectl, kubectlPath } from '../fixtures/command-line.ts';
import { kindServer } from '../kill/api-server.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { buildShell, container, countNumbers, deployment, openLogs, openScene, pod, type Scene } from './scene.ts';

const { signal } = new AbortController();
const none = { missing: 0, doubled: 0, outOfOrder: 0 };
const contexts = clustersOfRun('docker-desktop', 'kind-kind');
/** Five thousand lines a second, in tenths of one. */
const steady = (seconds: number, tenth = 500) => `i=0; while [ $i -lt ${seconds * 10} ]; do seq $((i*${tenth}+1)) $((i*${tenth}+${tenth})); i=$((i+1)); sleep 0.1; done; sleep 3600`;

beforeAll(() => buildShell('docker-desktop', 'kind-kind'));

describe.each(contexts)('%s', (context) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene(context);
    await scene.create(pod('many', 'seq 1 100000; sleep 3600'));
  });
  afterAll(() => scene[Symbol.asyncDispose]());
  const log = (...args: Parameters<Scene['logs']['open']>) => scene.logs.open(...args);

  test('a log of 100 000 lines, all of them', async () => {
    await scene.phase('many', 'Running');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const began = performance.now();
    await using many = log('many');
    const { read, skipped, keptBytes } = await many.until((state) => state.read >= 100_000);
    const opened = performance.now() - began;
    const byKubectl = performance.now();
    await promisify(execFile)(kubectlPath, ['--context', context, '-n', scene.namespace, 'logs', 'many', '--timestamps'], { maxBuffer: 64 * 1024 * 1024 });
    const kubectlTook = performance.now() - byKubectl;
    expect({ read, skipped, keptBytes }).toEqual({ read: 100_000, skipped: 0, keptBytes: 488_895 });
    const beforeWindow = performance.now();
    await scene.logs.calls.read({ id: many.id, filter: 0, from: 50_000, count: 200 }, signal);
    const window = performance.now() - beforeWindow;
    console.log(`${context}: 100 000 lines in ${Math.round(opened)} ms, kubectl logs ${Math.round(kubectlTook)} ms; a window ${window.toFixed(1)} ms`);
    expect(countNumbers(await many.lines(), 100_000)).toEqual(none);

    const beforeFilter = performance.now();
    const { shown } = await scene.logs.calls.filter({ id: many.id, filter: { text: '7{3}$', isRegex: true, matchesCase: false, isNegated: false, severities: [] } }, signal);
    console.log(`${context}: a regular expression over them ${Math.round(performance.now() - beforeFilter)} ms`);
    expect([shown.filter, shown.end - shown.first]).toEqual([1, 100]);
    const query = { text: '777', isRegex: false, matchesCase: true };
    expect(await scene.logs.calls.find({ id: many.id, filter: 1, query, from: 5, direction: 'back' }, signal)).toEqual({ filter: 1, matches: 100, row: 5, place: 6 });
    expect(await scene.logs.calls.rowOf({ id: many.id, filter: 1, number: 1_000 }, signal)).toEqual({ filter: 1, row: 1 });
    let text = '';
    for await (const part of scene.logs.calls.text({ id: many.id, filter: 1, from: 0, to: 3, withTime: false, withSource: true }, signal)) text += part.text;
    expect(text).toBe('many/c 777\nmany/c 1777\nmany/c 2777\n');
  });

  test('5 000 lines a second, followed', async () => {
    await scene.create(pod('steady', steady(5)));
    await scene.phase('steady', 'Running');
    await using followed = log('steady');
    await followed.until(({ read }) => read >= 25_000);
    expect(countNumbers(await followed.lines(), 25_000)).toEqual(none);
  });

  test('a stream that is cut again and again', async () => {
    await scene.create(pod('cut', steady(25, 200)));
    await scene.phase('cut', 'Running');
    await using proxy = await startCuttingProxy(context, () => 20 + Math.floor(Math.random() * 400));
    await using logs = await openLogs('cut', scene.namespace, proxy.kubeconfig);
    await using cut = logs.open('cut');
    await cut.until(({ read }) => read >= 45_000, 120_000);
    proxy.stopCutting();
    await cut.until(({ read }) => read >= 50_000, 60_000);
    console.log(`${context}: ${proxy.cuts} streams cut`);
    expect(proxy.cuts).toBeGreaterThan(20);
    expect(countNumbers(await cut.lines(), 50_000)).toEqual(none);
  });

  test('lines of 1 MB, without an end, with NUL, broken UTF-8 and escape sequences', async () => {
    const odd = String.raw`head -c 1000000 /dev/zero | tr '\000' a; echo; printf 'nul \000 broken \377 \302 한🙂\r\n'; printf '\033]0;title\007\033]52;c;aGk=\007\033[31mred\033[0m\n'; head -c 3000000 /dev/zero | tr '\000' b`;
    await scene.create(pod('odd', odd));
    await using opened = log('odd');
    await opened.until(({ sources }) => sources[0]?.state === 'ended');
    const [long, broken, escapes, endless, ...more] = await opened.lines();
    expect([long?.bytes, long?.isCut, long?.text.length]).toEqual([1_000_000, true, 16 * 1024]);
    expect((await scene.logs.calls.line({ id: opened.id, number: long!.number }, signal)).text).toBe('a'.repeat(1_000_000));
    expect(broken?.text).toMatch(/^nul \0 broken \uFFFD \uFFFD 한🙂\r?$/);
    expect(escapes?.text).toBe('\u001b]0;title\u0007\u001b]52;c;aGk=\u0007\u001b[31mred\u001b[0m');
    expect([endless?.bytes, endless?.isCut, more]).toEqual([3_000_000, true, []]);
    expect((await scene.logs.calls.line({ id: opened.id, number: endless!.number }, signal))).toMatchObject({ isCut: true, text: 'b'.repeat(1024 * 1024) });
  });

  test('a container that restarts is followed on, and the words of the run before can be read', async () => {
    await scene.create(pod('restarts', 'echo begin; sleep 2; echo end; exit 1', { restartPolicy: 'Always' }));
    await using opened = log('restarts');
    const { sources } = await opened.until(({ read, sources: [one] }) => read >= 4 && one?.hasPrevious === true);
    expect(sources).toHaveLength(1);
    expect((await opened.lines()).slice(0, 4).map(({ text }) => text)).toEqual(['begin', 'end', 'begin', 'end']);
    // While one run takes the place of another, a kubelet has thrown the one before away and does not say so yet: then it is asked again, as a person would.
    const before = await vi.waitFor(async () => {
      await using asked = log('restarts', { previous: true });
      const { sources: [one] } = await asked.until(({ sources: [source] }) => source?.state === 'ended' || source?.failure?.code === 'LOG_RUN_GONE');
      if (one?.state !== 'ended') throw new Error(`${one?.state}: ${JSON.stringify(one?.failure)}`);
      return [(await asked.lines()).map(({ text }) => text), one.isPrevious];
    }, { timeout: 240_000, interval: 1_000 });
    expect(before).toEqual([['begin', 'end'], true]);
  });

  test('two containers in the order of time; what was written before is put in order whole', async () => {
    const ticks = (odd: number) => `i=${odd}; while [ $i -lt 60 ]; do echo $i; i=$((i+2)); sleep 0.2; done; sleep 3600`;
    const containers = [container('one', `sleep 1; ${ticks(1)}`), container('two', `sleep 1; ${ticks(2)}`)];
    await scene.create(pod('two', '', { containers, initContainers: [container('first', 'echo 0')] }));
    await scene.phase('two', 'Running');
    await using opened = log('two');
    await opened.until(({ read }) => read >= 60);
    const lines = await opened.lines();
    const times = lines.map(({ at }) => at!);
    expect(times).toEqual(times.toSorted());
    expect(opened.state?.sources.map(({ container: name, isInit, lines: many }) => [name, isInit, many])).toEqual([['first', true, 1], ['one', false, 30], ['two', false, 29]]);
    await using again = log('two');
    await again.until(({ read }) => read >= 60);
    expect((await again.lines()).map(({ at, text }) => `${at} ${text}`)).toEqual(lines.map(({ at, text }) => `${at} ${text}`));
  });

  test('all pods of a Deployment, and one that comes later', async () => {
    await scene.create(deployment('web', 2, 'echo hello from $HOSTNAME; sleep 3600'));
    await using opened = log({ of: 'workload', kind: 'Deployment', name: 'web' });
    await opened.until(({ read }) => read >= 2);
    await scene.kubectl('scale', 'deployment', 'web', '--replicas=3');
    const { sources } = await opened.until(({ read }) => read >= 3);
    expect((await opened.lines()).map(({ text, source }) => text === `hello from ${sources[source]?.pod}`)).toEqual([true, true, true]);
  });

  test('a pod that waits begins by itself, and one that is deleted has ended; its lines stay', async () => {
    await scene.create(pod('late', 'echo here; sleep 3600', { initContainers: [container('slow', 'sleep 3')] }));
    await using opened = log('late', { container: 'c' });
    await opened.until(({ sources: [one] }) => one?.state === 'waiting');
    await opened.until(({ read, sources: [one] }) => read === 1 && one?.state === 'following');
    await scene.kubectl('delete', 'pod', 'late', '--wait=false');
    await opened.until(({ sources: [one] }) => one?.state === 'ended');
    expect((await opened.lines()).map(({ text }) => text)).toEqual(['here']);
    await using gone = log('nobody');
    await expect(gone.until(() => false)).rejects.toMatchObject({ code: 'POD_GONE' });
  });

  test('10 MB a second for ten seconds: the memory stays where it is, and the newest lines can be read', async () => {
    const x = 'x'.repeat(92);
    await scene.create(pod('flood', `i=0; while [ $i -lt 100 ]; do seq $((1000000+i*10000)) $((1000000+i*10000+9999)) | sed 's/$/ ${x}/'; i=$((i+1)); sleep 0.05; done; while true; do echo over; sleep 1; done`));
    await scene.phase('flood', 'Running');
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let most = 0;
    let mostAtFirst = 0;
    let stall = 0;
    let last = performance.now();
    const began = performance.now();
    await using flood = log('flood', { tail: 10 });
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
      if ((flood.state?.read ?? 0) < 400_000) mostAtFirst = most;
      stall = Math.max(stall, performance.now() - last - 5);
      last = performance.now();
    }, 5);
    let isOver = false;
    while (!isOver && performance.now() - began < 90_000) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { end } = flood.state!.shown;
      const { lines } = await scene.logs.calls.read({ id: flood.id, filter: 0, from: end - 1, count: 10 }, signal);
      isOver = lines.some(({ text }) => text === 'over');
    }
    clearInterval(timer);
    const state = flood.state!;
    console.log(`${context}: ${state.read} lines in ${Math.round(performance.now() - began)} ms, skipped ${state.skipped}, RSS grew by ${Math.round((most - before) / 1024 / 1024)} MiB, longest stall ${Math.round(stall)} ms`);
    expect(isOver).toBe(true);
    // What is kept is 10 MB here and 64 MB at most; the rest is what the collector has not yet fetched, and grows no more.
    expect(most - before).toBeLessThan(256 * 1024 * 1024);
    expect(most - mostAtFirst).toBeLessThan(96 * 1024 * 1024);
    const lines = await flood.lines();
    expect(lines.length).toBeGreaterThan(99_000);
    expect(lines.filter(({ number }, at) => at > 0 && number !== lines[at - 1]!.number + 1)).toEqual([]);
    const numbers = lines.filter(({ text }) => /^\d{7} x{92}$/.test(text)).map(({ text }) => Number.parseInt(text, 10));
    // Each is whole and follows the one before it. (A kubelet that rotates such a log, as kind's does, drops what nobody has read by then, and sends on a line
    // that it has read half of, without an end, so that the next one stands behind it: `1728475 xxx2026-11-27T14:04:29.992354449Z over`.)
    const isRotated = context === 'kind-kind';
    expect(numbers.filter((number, at) => at > 0 && number !== numbers[at - 1]! + 1 && !(isRotated && number > numbers[at - 1]!))).toEqual([]);
    const broken = lines.map(({ text }) => text).filter((text) => !/^(?:\d{7} x{92}|over)$/.test(text));
    expect(broken.filter((text) => !(isRotated && /\d{4}-\d\d-\d\dT[\d:.]+Z /.test(text)))).toEqual([]);
    expect(broken.length).toBeLessThan(20);
    expect(numbers.at(-1) === 1_999_999 || isRotated).toBe(true);
  });

  test('who may see the pod and not its log is told so', async () => {
    const rule = (resources: string[]) => ({ apiGroups: [''], resources, verbs: ['get', 'list', 'watch'] });
    const meta = { name: 'sees' };
    await scene.create(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: meta, rules: [rule(['pods'])] },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: meta, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'sees' },
        subjects: [{ kind: 'ServiceAccount', name: 'sees', namespace: scene.namespace }],
      },
    );
    let secret = '';
    for (let left = 100; secret === '' && left > 0; left -= 1) {
      secret = await scene.kubectl('get', 'serviceaccount', 'sees', '-o', 'jsonpath={.secrets[0].name}');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const token = Buffer.from(await scene.kubectl('get', 'secret', secret, '-o', 'jsonpath={.data.token}'), 'base64').toString();
    const raw = JSON.parse(await kubectl(context, 'config', 'view', '--raw', '--minify', '-o', 'json')) as { clusters: { name: string }[] };
    const folder = await mkdtemp(join(tmpdir(), 'podlab-logs-'));
    await writeFile(join(folder, 'config'), JSON.stringify({
      ...raw, contexts: [{ name: 'sees', context: { cluster: raw.clusters[0]?.name, user: 'sees', namespace: scene.namespace } }], users: [{ name: 'sees', user: { token } }],
    }));
    await using logs = await openLogs('sees', scene.namespace, join(folder, 'config'));
    await using opened = logs.open('many');
    const { sources: [source] } = await opened.until(({ sources: [one] }) => one?.state === 'failed');
    expect(source?.failure).toMatchObject({ code: 'NOT_ALLOWED', params: { verb: 'get', resource: 'pods/log', namespace: scene.namespace } });
    await rm(folder, { recursive: true });
  });
});

// Nothing else is asked of this cluster meanwhile: test files run one after the other.
test('the API server goes away under a follow and comes back: the lines join exactly', async () => {
  await using scene = await openScene('kind-kind');
  await scene.create(pod('steady', steady(15)));
  await scene.phase('steady', 'Running');
  await using followed = scene.logs.open('steady');
  await followed.until(({ read }) => read >= 5_000);
  await kindServer.stop();
  await followed.until(({ sources: [one] }) => one?.state === 'reconnecting');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const began = performance.now();
  await kindServer.start();
  await followed.until(({ sources: [one] }) => one?.state === 'following', 120_000);
  console.log(`followed again ${Math.round(performance.now() - began)} ms after the server was started`);
  await followed.until(({ read }) => read >= 75_000, 120_000);
  expect(countNumbers(await followed.lines(), 75_000)).toEqual(none);
});
