// exec, attach and port-forward over WebSocket.
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, type Bench, type Namespace } from '../bench.ts';
import type { Json } from '../http.ts';
import { openChannels, Refused } from '../stream.ts';
import { ofMinor } from './life-table.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
/** Of v5: which channel ends. */
const CLOSE = 255;

/**
 * The lines as they stand on a screen at last. A shell that edits its line writes it in pieces, and begins it anew (a carriage return, the prompt,
 * what was typed so far) when its input comes before it has looked where the cursor is.
 */
const linesShown = (written: string): string[] =>
  stripVTControlCharacters(written).split('\r\n').map((line) => line.slice(line.lastIndexOf('\r') + 1));

export function streams(bench: () => Bench): void {
  describe.concurrent('streams', () => {
    let namespace: Namespace & AsyncDisposable;
    beforeAll(async () => {
      namespace = await bench().namespace('stream');
      await namespace.run('web');
      await namespace.run('talks', 'while true; do echo tick; sleep 1; done');
      await namespace.run('waits', 'sleep 1', { spec: { nodeSelector: { nowhere: 'true' } } });
      for (const name of ['web', 'talks']) await namespace.ready(name);
    }, 90_000);
    afterAll(() => namespace[Symbol.asyncDispose]());

    const outcome = async (command: readonly string[], options: Parameters<Namespace['exec']>[2] = {}) => {
      const channels = await namespace.exec('web', command, options);
      const { code } = await channels.closed;
      return { stdout: channels.text(STDOUT), stderr: channels.text(STDERR), status: JSON.parse(channels.text(ERROR)), code, protocol: channels.protocol };
    };
    const success = { metadata: {}, status: 'Success' };

    test('exec: output, errors and the exit code, each in its channel', async () => {
      expect(await outcome(['sh', '-c', 'echo out; echo err >&2'])).toEqual({
        stdout: 'out\n',
        stderr: 'err\n',
        status: success,
        code: 1000,
        protocol: 'v4.channel.k8s.io',
      });
      expect((await outcome(['sh', '-c', 'echo out; exit 3'])).status).toEqual({
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: ${bench().target.runtime === 'docker' ? 'Error executing in Docker Container: 3' : 'error executing command [sh -c echo out; exit 3], exit code 3'}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      });
      expect((await outcome(['cat', '/none'])).stderr).toBe("cat: can't open '/none': No such file or directory\n");
      expect((await outcome(['echo', 'a  b', '$HOME', '"c"'])).stdout).toBe('a  b $HOME "c"\n');
    });

    test('exec: input goes to the program', async () => {
      const channels = await namespace.exec('web', ['sh'], { stdin: true });
      channels.send(STDIN, 'echo one\n');
      expect(String(await channels.until(STDOUT, (bytes) => bytes.includes('one\n')))).toBe('one\n');
      channels.send(STDIN, 'echo two; exit 0\n');
      await channels.closed;
      expect(channels.text(STDOUT)).toBe('one\ntwo\n');
      expect(JSON.parse(channels.text(ERROR))).toEqual(success);
    });

    test('exec: a terminal echoes, and has no second channel', async () => {
      const channels = await namespace.exec('web', ['sh'], { stdin: true, tty: true });
      channels.send(RESIZE, JSON.stringify({ Width: 120, Height: 40 }));
      channels.send(STDIN, 'echo t$((1+1))w\n');
      const shown = String(await channels.until(STDOUT, (bytes) => bytes.includes('\nt2w\r\n')));
      channels.send(STDIN, 'exit 0\n');
      await channels.closed;
      expect(linesShown(shown)).toContainEqual(expect.stringMatching(/echo t\$\(\(1\+1\)\)w$/));
      expect(channels.text(STDERR)).toBe('');
    });

    test('exec: a program that is not there', async () => {
      const { status, stdout } = await outcome(['none']);
      expect(status.status).toBe('Failure');
      expect(`${stdout}${status.message}`).toMatch(/exec: "none": executable file not found in \$PATH/);
    });

    test('exec: what cannot be run is refused before the stream', async () => {
      const refused = async (name: string, command: string[], options = {}): Promise<Json> => {
        const error = await namespace.exec(name, command, options).then(
          () => undefined,
          (cause: unknown) => cause,
        );
        if (!(error instanceof Refused)) throw new Error(`not refused: ${String(error)}`);
        return { status: error.status, message: JSON.parse(error.body).message };
      };
      expect(await refused('none', ['ls'])).toEqual({ status: 404, message: 'pods "none" not found' });
      expect(await refused('web', ['ls'], { container: 'x' })).toEqual({ status: 400, message: 'container x is not valid for pod web' });
      expect(await refused('waits', ['ls'])).toEqual({ status: 400, message: 'pod waits does not have a host assigned' });
    });

    test('exec: in the newest protocol the end of the input can be told; an older server does not know it', async () => {
      const known = ofMinor({ 20: false, 30: true }, bench().target.minor);
      const attempt = namespace.exec('web', ['sh', '-c', 'cat; echo end'], { stdin: true, protocol: 'v5.channel.k8s.io' }).then(
        async (channels) => {
          channels.send(STDIN, 'in\n');
          channels.send(CLOSE, Buffer.from([STDIN]));
          await channels.closed;
          return [channels.protocol, channels.text(STDOUT)];
        },
        () => 'refused',
      );
      expect(await attempt).toEqual(known ? ['v5.channel.k8s.io', 'in\nend\n'] : 'refused');
    });

    /** Reads an answer to HTTP over a data channel. */
    const forward = (ports: readonly number[], name = 'web') =>
      openChannels(
        bench().target.connection,
        `${namespace.pod(name)}/portforward`,
        ports.map((port): [string, string] => ['ports', String(port)]),
        ['v4.channel.k8s.io'],
      );
    const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

    test('port-forward: data, behind the number of the port', async () => {
      const channels = await forward([8080]);
      for (const channel of [0, 1]) expect((await channels.until(channel, (bytes) => bytes.length >= 2)).readUInt16LE(0)).toBe(8080);
      channels.send(0, request);
      const answer = await channels.until(0, (bytes) => bytes.includes('\r\n\r\n'));
      expect(String(answer.subarray(2))).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/);
      expect(channels.bytes(1)).toHaveLength(2);
      channels.close();
    });

    test('port-forward: two ports have two channels each', async () => {
      const channels = await forward([8080, 8080]);
      for (const channel of [0, 1, 2, 3]) expect((await channels.until(channel, (bytes) => bytes.length >= 2)).readUInt16LE(0)).toBe(8080);
      channels.send(2, request);
      expect(String((await channels.until(2, (bytes) => bytes.includes('\r\n\r\n'))).subarray(2))).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/);
      expect(channels.bytes(0)).toHaveLength(2);
      channels.close();
    });

    test('port-forward: a port that nobody listens on is told in the error channel', async () => {
      const channels = await forward([9]);
      await channels.until(1, (bytes) => bytes.length >= 2);
      channels.send(0, request);
      const error = String((await channels.until(1, (bytes) => bytes.length > 20)).subarray(2));
      expect(error).toMatch(new RegExp(`^error forwarding port 9 to pod [0-9a-f]+, uid : .*(Connection refused|connection refused)`, 's'));
      channels.close();
    });

    test('port-forward: what is no port, and a pod that does not run', async () => {
      await expect(forward([])).rejects.toMatchObject({ status: 400 });
      await expect(forward([70_000])).rejects.toMatchObject({ status: 400 });
      await expect(forward([80], 'none')).rejects.toMatchObject({ status: 404 });
    });

    test('attach: what the container writes from then on', async () => {
      const channels = await openChannels(bench().target.connection, `${namespace.pod('talks')}/attach`, [['stdout', 'true']], ['v4.channel.k8s.io']);
      expect(String(await channels.until(STDOUT, (bytes) => bytes.includes('tick\n')))).toMatch(/^(tick\n)+$/);
      channels.close();
    });

    test("the API server's own way to a port of a pod", async () => {
      const answer = await namespace.api.get(`${namespace.pod('web')}:8080/proxy/`);
      expect(answer.status).toBe(200);
      expect(answer.text.length).toBeGreaterThan(0);
      const nobody = await namespace.api.get(`${namespace.pod('web')}:9/proxy/`);
      expect(failure(nobody)).toMatchObject({
        code: ofMinor({ 20: 500, 22: 503 }, bench().target.minor),
        message: expect.stringMatching(/^error trying to reach service: dial tcp [\d.]+:9: connect: connection refused$/),
      });
    });
  });
}
