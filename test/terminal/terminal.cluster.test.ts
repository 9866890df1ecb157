// Terminals on real clusters, where the node shares Docker's images and where containerd runs the containers: bytes, counts and memory are asserted, times printed.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { clustersOfRun } from '../fixtures/clusters-of-run.ts';
import { kubectl } from '../fixtures/command-line.ts';
import { answer, prompt, PROMPT } from './prompt.ts';
import { openScene, type Scene } from './scene.ts';

const never = new AbortController().signal;
const latin = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const INPUT = 50 * 1024 * 1024;

describe.each(clustersOfRun('kind-kind', 'docker-desktop'))('%s', (context) => {
  let scene: Scene;
  beforeAll(async () => { scene = await openScene(context); });
  afterAll(() => scene[Symbol.asyncDispose]());
  const shell = async (name = 'web') => prompt(await scene.open(await scene.place(name)));

  test('a shell is found, runs what is typed, and tells how it ended', async () => {
    const from = performance.now();
    await using terminal = await shell();
    console.log(`${context}: a shell with its prompt in ${Math.round(performance.now() - from)} ms`);
    expect(await answer(terminal, 'echo $((6*7)) $TERM')).toBe('42 xterm-256color');
    expect(await terminal.row(() => true)).toMatchObject({ state: 'open', program: expect.stringMatching(/^(?:\/bin\/)?sh$/) as string, hasTerminal: true, takesInput: true, canEndInput: false });
    await expect(scene.engine.calls.terminals.endInput({ id: terminal.id }, never)).rejects.toMatchObject({ code: 'END_OF_INPUT_NOT_SUPPORTED' });
    await terminal.type('exit 3\r');
    expect(await terminal.row(({ state }) => state === 'ended')).toMatchObject({ exitCode: 3 });
  });

  test('no shell in the image is said, and from then on a shell is not offered', async () => {
    const place = await scene.place('bare');
    await using terminal = await scene.open(place);
    expect((await terminal.row(({ state }) => state === 'ended')).failure).toMatchObject({ code: 'SHELL_NOT_IN_IMAGE', params: { container: 'app' } });
    const choices = await scene.engine.calls.terminals.choices(place, never);
    expect(choices.shell.refused?.key).toBe('terminal.refused.no-shell');
    // Kubernetes 1.20: https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
    expect(choices.debug.refused).toMatchObject({ key: 'terminal.refused.debug-too-old', params: { version: '1.20' } });
    await using debug = await scene.open(place, { kind: 'debug', image: 'catalogue-ok:1' });
    expect((await debug.row(({ state }) => state === 'ended')).failure?.code).toBe('DEBUG_NOT_SUPPORTED');
  });

  test('Korean, emoji and bytes that are no text pass both ways', async () => {
    await using terminal = await shell();
    await terminal.type('stty raw -echo; echo be""gin; head -c 20 | od -An -tx1; stty sane\r');
    await terminal.until('begin');
    const typed = Buffer.concat([Buffer.from('한글 🚀'), Buffer.from([0, 0xff, 0x80, 0x1b, 0x03, 0x04, 0x0d, 0x0a, 0x7f])]);
    expect(typed.length).toBe(20);
    await terminal.type(typed);
    const dumped = (await terminal.until(PROMPT)).match(/\b[0-9a-f]{2}\b/g)?.slice(0, 20).join('');
    expect(dumped).toBe(typed.toString('hex'));
    expect(await answer(terminal, `printf '\\355\\225\\234\\352\\270\\200 \\360\\237\\232\\200 \\000\\377\\200\\033]0;title\\007'`)).toContain(`${latin('한글 🚀')} \u0000\u00ff\u0080\u001b]0;title\u0007`);
  });

  test('50 MB of input that is read by its length arrive whole', async () => {
    await using terminal = await shell();
    const piece = Buffer.alloc(256 * 1024);
    for (let at = 0; at < piece.length; at += 1) piece[at] = (at * 31) % 251;
    const hash = createHash('sha256');
    await terminal.type(`stty raw -echo; echo be""gin; head -c ${INPUT} | sha256sum; stty sane\r`);
    await terminal.until('begin');
    const from = performance.now();
    for (let sent = 0; sent < INPUT; sent += piece.length) {
      piece.writeUInt32BE(sent, 0);
      hash.update(piece);
      await terminal.type(piece);
    }
    expect(await terminal.until(PROMPT)).toContain(hash.digest('hex'));
    console.log(`${context}: 50 MiB in, ${(INPUT / 1e6 / ((performance.now() - from) / 1000)).toFixed(0)} MB/s`);
  });

  test('a screen that does not draw holds the program back', async () => {
    await using terminal = await shell();
    terminal.draws = false;
    const from = terminal.bytes;
    await terminal.type('yes\r');
    await wait(3_000);
    const came = terminal.bytes - from;
    await wait(2_000);
    expect(terminal.bytes - from).toBe(came);
    expect(came).toBeLessThanOrEqual(256 * 1024 + 64 * 1024);
    await terminal.type('\u0003');
  });

  test('10 MB without an end of line come whole', async () => {
    await using terminal = await shell();
    const from = terminal.bytes;
    await terminal.type('head -c 10000000 /dev/zero | tr "\\0" x; echo; echo en""d\r');
    await terminal.until('end');
    expect(terminal.bytes - from).toBeGreaterThan(10_000_000);
    expect(terminal.bytes - from).toBeLessThan(10_000_300);
  });

  test('full-screen programs know the size, and draw anew when it changes', async () => {
    await using terminal = await shell();
    expect(await answer(terminal, 'stty size')).toBe('24 80');
    await terminal.resize(100, 30);
    await wait(200);
    expect(await answer(terminal, 'stty size')).toBe('30 100');
    await terminal.type('vi /tmp/some\r');
    // busybox vi puts its status on the last line: CSI row ; 1 H.
    await terminal.until('\u001b[30;1H');
    await terminal.resize(60, 20);
    await terminal.until('\u001b[20;1H');
    // Together they would be a key that sends both.
    await terminal.type('\u001b');
    await wait(500);
    await terminal.type(':q!\r');
    await terminal.until(PROMPT);
    // Each time that it draws, busybox top cuts its lines where the screen ends: https://git.busybox.net/busybox/tree/procps/top.c
    const widthOfTop = async () => {
      await terminal.until('Mem:');
      return 'Mem:'.length + (await terminal.until('CPU:')).indexOf('\r');
    };
    await terminal.type('top -d 1\r');
    const [, wide] = [await widthOfTop(), await widthOfTop()];
    expect(wide).toBeGreaterThan(45);
    await terminal.resize(40, 20);
    await vi.waitFor(async () => expect(await widthOfTop()).toBeLessThanOrEqual(40), { timeout: 240_000 });
    await terminal.type('q');
    await terminal.until(PROMPT);
  });

  test('closing ends what runs in it, and so does closing while it is opened', async () => {
    const place = await scene.place('web');
    const sleeping: string[] = [];
    const sleepers = async () => (await scene.processes('web')).filter((line) => line.startsWith('sleep'));
    // A shell that hears no hangup; and one that does, with a program in the foreground that does not: when the shell is gone nothing tells that it was there.
    for (const moment of [0, 20, 80, 'sleep 7777 & trap "" HUP; sleep 8888', `sh -c 'trap "" HUP; sleep 9999; :'`]) {
      const terminal = await scene.open(place);
      if (typeof moment === 'string') {
        await prompt(terminal);
        await terminal.type(`${moment}\r`);
        let started = await sleepers();
        while (started.length < moment.split('sleep').length - 1) started = await sleepers();
        sleeping.push(...started);
      } else await wait(moment);
      const from = performance.now();
      await scene.engine.calls.terminals.close({ id: terminal.id }, never);
      console.log(`${context}: closed ${typeof moment === 'string' ? 'in use' : `after ${moment} ms`} in ${Math.round(performance.now() - from)} ms`);
      await terminal[Symbol.asyncDispose]();
    }
    expect(sleeping.toSorted()).toEqual(['sleep 7777', 'sleep 8888', 'sleep 9999']);
    await expect.poll(() => scene.processes('web'), { timeout: 240_000 }).toEqual(['/bin/busybox httpd -f -p 8080']);
  });

  test('ten at once, each with its own', async () => {
    const place = await scene.place('web');
    await using all = new AsyncDisposableStack();
    const terminals = await Promise.all(Array.from({ length: 10 }, async () => prompt(all.use(await scene.open(place)))));
    const said = await Promise.all(terminals.map((terminal, index) => answer(terminal, `echo number $((${index} * 11))`)));
    expect(said).toEqual(terminals.map((_, index) => `number ${index * 11}`));
  });

  test('attached to a program that reads nothing, to one with a terminal, and to one without', async () => {
    await using counting = await scene.open(await scene.place('counting'), { kind: 'attach' });
    expect(await counting.row(({ state }) => state === 'open')).toMatchObject({ hasTerminal: false, takesInput: false });
    await counting.until('count ');
    await using own = await scene.open(await scene.place('own'), { kind: 'attach' });
    expect(await own.row(({ state }) => state === 'open')).toMatchObject({ hasTerminal: true, takesInput: true });
    await own.type('echo its $((1+1))\r');
    await own.until('its 2');
    await using reading = await scene.open(await scene.place('reading'), { kind: 'attach' });
    expect(await reading.row(({ state }) => state === 'open')).toMatchObject({ hasTerminal: false, takesInput: true, canEndInput: false });
    await reading.type('hello\n');
    await reading.until('got hello');
  });

  test('closing what is attached leaves the program', async () => {
    const own = await scene.open(await scene.place('own'), { kind: 'attach' });
    await own.row(({ state }) => state === 'open');
    await scene.engine.calls.terminals.close({ id: own.id }, never);
    await own[Symbol.asyncDispose]();
    expect((await kubectl(context, '-n', scene.namespace, 'get', 'pod', 'own', '-o', 'jsonpath={.status.containerStatuses[0].restartCount} {.status.phase}')).trim()).toBe('0 Running');
  });

  test('a pod that is deleted under a terminal is said, and what it wrote stays', async () => {
    await scene.create('short', 'image: "catalogue-ok:1"');
    await using terminal = await shell('short');
    expect(await answer(terminal, 'echo before')).toBe('before');
    await kubectl(context, '-n', scene.namespace, 'delete', 'pod', 'short', '--wait=false');
    expect((await terminal.row(({ state, failure }) => state === 'ended' && failure !== undefined)).failure?.code).toMatch(/^(?:POD_GONE|TERMINAL_LOST)$/);
  });

  test('a container that starts again under a terminal is said', async () => {
    await scene.create('again', 'image: "catalogue-ok:1", command: [sh, -c, "trap exit TERM; sleep 100000 & wait"]');
    await using terminal = await shell('again');
    await terminal.type('kill 1\r');
    expect((await terminal.row(({ state, failure }) => state === 'ended' && failure !== undefined)).failure?.code).toBe('TERMINAL_LOST');
    await kubectl(context, '-n', scene.namespace, 'wait', '--for=condition=Ready', 'pod/again', '--timeout=240s');
  });

  test('a pod of that name with another uid is not opened', async () => {
    await using terminal = await scene.open({ ...(await scene.place('web')), uid: 'another' });
    expect((await terminal.row(({ state }) => state === 'ended')).failure?.code).toBe('POD_REPLACED');
  });
});
