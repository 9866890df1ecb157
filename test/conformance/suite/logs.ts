// The logs of containers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, soon, type Bench, type Namespace } from '../bench.ts';
import type { Answer } from '../http.ts';

export function logs(bench: () => Bench): void {
  describe.concurrent('logs', () => {
    let namespace: Namespace & AsyncDisposable;
    beforeAll(async () => {
      namespace = await bench().namespace('logs');
      await namespace.run('lines', 'echo one; echo two; echo three; echo err >&2; sleep 3600');
      await namespace.run('talks', 'i=0; while true; do i=$((i+1)); echo line $i; sleep 1; done');
      await namespace.run('crashes', 'echo before; exit 1');
      await namespace.run('two', 'echo from c; sleep 3600', {
        spec: { containers: ['c', 'd'].map((name) => ({ name, image: bench().target.image, command: ['sh', '-c', `echo from ${name}; sleep 3600`] })) },
      });
      await namespace.run('absent', undefined, { container: { image: 'conformance-absent:1' } });
      await namespace.run('never', undefined, { container: { image: 'conformance-absent:1', imagePullPolicy: 'Never' } });
      await namespace.run('invalid', undefined, { container: { image: 'Conformance:1' } });
      await namespace.run('nowhere', undefined, { spec: { nodeSelector: { nowhere: 'true' } } });
      await namespace.run('starts', 'exit 0', {
        spec: { initContainers: [{ name: 'i', image: bench().target.image, command: ['sh', '-c', 'echo from i; sleep 3600'] }] },
      });
      for (const name of ['lines', 'talks', 'two']) await namespace.ready(name);
      await soon(async () => ((await log('lines')).text.split('\n').length === 5 ? true : undefined));
    }, 90_000);
    afterAll(() => namespace[Symbol.asyncDispose]());
    const log = (name: string, query: Record<string, string | number | boolean> = {}): Promise<Answer> =>
      namespace.api.get(`${namespace.pod(name)}/log`, { query });

    test('all that was written, of both streams', async () => {
      const answer = await log('lines');
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
      // Two streams that are written at the same time may change places; the lines of one keep theirs.
      expect(answer.text).toContain('err\n');
      expect(answer.text.replace('err\n', '')).toBe('one\ntwo\nthree\n');
    });

    test('the last lines, and the first bytes', async () => {
      expect((await log('lines', { tailLines: 1 })).text).toMatch(/^\w+\n$/);
      expect((await log('lines', { tailLines: 0 })).text).toBe('');
      expect((await log('lines', { limitBytes: 5 })).text).toBe((await log('lines')).text.slice(0, 5));
    });

    test('with the time of each line, and from a time on', async () => {
      const { text } = await log('lines', { timestamps: true });
      const lines = text.trimEnd().split('\n');
      expect(lines).toHaveLength(4);
      for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d) \w+$/);
      expect((await log('lines', { sinceTime: '2100-01-01T00:00:00Z' })).text).toBe('');
      expect((await log('lines', { sinceSeconds: 3600 })).text.split('\n')).toHaveLength(5);
    });

    test('follows what comes', async () => {
      const seen: string[] = [];
      for await (const line of namespace.api.lines(`${namespace.pod('talks')}/log`, { query: { follow: true, tailLines: 1 } }))
        if (seen.push(line) === 3) break;
      const numbers = seen.map((line) => Number(/^line (\d+)$/.exec(line)?.[1]));
      expect(numbers).toEqual([numbers[0], Number(numbers[0]) + 1, Number(numbers[0]) + 2]);
    });

    test('of the container before the last restart', async () => {
      await namespace.podUntil('crashes', (pod) => pod.status.containerStatuses?.[0].restartCount > 0);
      // The one before may just be taken away, for one that ended since.
      await soon(async () => ((await log('crashes', { previous: true })).text === 'before\n' ? true : undefined), 60);
      expect(failure(await log('lines', { previous: true }))).toMatchObject({
        code: 400,
        reason: 'BadRequest',
        message: 'previous terminated container "c" in pod "lines" not found',
      });
    });

    test('of one of several containers, which has to be named', async () => {
      expect(failure(await log('two'))).toEqual({
        code: 400,
        reason: 'BadRequest',
        message: 'a container name must be specified for pod two, choose one of: [c d]',
      });
      expect((await log('two', { container: 'd' })).text).toBe('from d\n');
      expect(failure(await log('two', { container: 'x' }))).toEqual({ code: 400, reason: 'BadRequest', message: 'container x is not valid for pod two' });
      expect((await log('starts', { container: 'i' })).text).toBe('from i\n');
    });

    test.each([
      ['absent', /^container "c" in pod "absent" is waiting to start: (image can't be pulled|trying and failing to pull image)$/],
      ['never', /^container "c" in pod "never" is waiting to start: ErrImageNeverPull$/],
      ['invalid', /^container "c" in pod "invalid" is waiting to start: InvalidImageName$/],
      ['starts', /^container "c" in pod "starts" is waiting to start: PodInitializing$/],
    ])('of a container that waits: %s', async (name, message) => {
      await namespace.podUntil(name, (pod) =>
        pod.status.containerStatuses?.some(
          ({ state }: { state: { waiting?: { reason: string } } }) => state.waiting && state.waiting.reason !== 'ContainerCreating',
        ),
      );
      expect(failure(await log(name))).toMatchObject({ code: 400, reason: 'BadRequest', message: expect.stringMatching(message) });
    });

    test('of a pod that is nowhere, or not there', async () => {
      const nowhere = await log('nowhere');
      expect([nowhere.status, nowhere.text]).toEqual([204, '']);
      expect(failure(await log('none'))).toMatchObject({ code: 404, reason: 'NotFound', message: 'pods "none" not found' });
    });

    test('asked for in a way that cannot be', async () => {
      expect(failure(await log('lines', { tailLines: -1 }))).toMatchObject({
        code: 422,
        reason: 'Invalid',
        message: expect.stringContaining('tailLines: Invalid value: -1: must be greater than or equal to 0'),
      });
      expect(failure(await log('lines', { limitBytes: 0 }))).toMatchObject({
        code: 422,
        message: expect.stringContaining('limitBytes: Invalid value: 0: must be greater than 0'),
      });
      expect(failure(await log('lines', { sinceSeconds: 1, sinceTime: '2100-01-01T00:00:00Z' }))).toMatchObject({
        code: 422,
        message: expect.stringContaining('at most one of `sinceTime` or `sinceSeconds` may be specified'),
      });
    });
  });
}
