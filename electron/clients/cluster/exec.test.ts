import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from './api-error.ts';
import { openConnection } from './connection.ts';
import { execForBytes, execInPod, type ExecTarget } from './exec.ts';
import { json, kubeconfigFor, startApiServer } from './test-api-server.ts';

const outcome = (promise: Promise<unknown>) => promise.then((value) => value, (error: unknown) => (error instanceof Failure ? error.toData() : error instanceof ApiError ? { status: error.status, message: error.message } : error));

/** Runs a command on a kubelet that sends these messages and closes. */
async function run(messages: readonly (readonly [number, Uint8Array | string])[], target: Partial<ExecTarget> = {}, exec: typeof execInPod | typeof execForBytes = execInPod) {
  await using server = await startApiServer((_, response) => json(response, 500, {}));
  const accept = new WebSocketServer({ noServer: true, handleProtocols: (offered) => ([...offered].includes('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : false) });
  const urls: string[] = [];
  server.server.on('upgrade', (request, socket, head) => {
    urls.push(request.url ?? '');
    accept.handleUpgrade(request, socket, head, (opened) => {
      for (const [channel, bytes] of messages) opened.send(Buffer.concat([Buffer.from([channel]), Buffer.from(bytes)]));
      if (!target.signal) opened.close();
    });
  });
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  const result = await outcome(exec(connection, { namespace: 'dev', pod: 'web', container: 'app', command: ['curl', '-s', 'localhost:8080/?a=1&b'], ...target }));
  accept.close();
  return { result, urls };
}

const success = [3, '{"metadata":{},"status":"Success"}'] as const;
const exited = (code: number) => [3, JSON.stringify({
  metadata: {}, status: 'Failure', message: `command terminated with non-zero exit code: ${code}`, reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
})] as const;

test('what it wrote and how it ended', async () => {
  const korean = Buffer.from('한국');
  expect(await run([[1, ''], [1, korean.subarray(0, 2)], [2, 'warning\n'], [1, korean.subarray(2)], exited(7)])).toEqual({
    result: { stdout: '한국', stderr: 'warning\n', exitCode: 7, truncated: false },
    urls: ['/api/v1/namespaces/dev/pods/web/exec?container=app&stdout=true&stderr=true&command=curl&command=-s&command=localhost%3A8080%2F%3Fa%3D1%26b'],
  });
});

test('what is no text is had byte by byte, a letter cut by the limit as well', async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a]);
  const korean = Buffer.from('한국');
  expect((await run([[1, bytes], [1, korean], [2, korean], exited(3)], {}, execForBytes)).result).toEqual({ stdout: Buffer.concat([bytes, korean]), stderr: '한국', exitCode: 3, truncated: false });
  expect((await run([[1, korean], [2, korean], success], { outputLimit: 4 }, execForBytes)).result).toEqual({ stdout: korean.subarray(0, 4), stderr: '한', exitCode: 0, truncated: true });
});

test('more than the limit is dropped and told', async () => {
  expect((await run([[1, 'abcdef'], [1, 'ghi'], [2, 'x'], success], { outputLimit: 4 })).result).toEqual({ stdout: 'abcd', stderr: 'x', exitCode: 0, truncated: true });
});

const failed = (message: string) => [3, JSON.stringify({ metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 })] as const;
const notFound = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown';
test.each<[string, readonly (readonly [number, string])[], unknown]>([
  ['docker: the command is not in the image', [[1, `${notFound}\r\n`], exited(126)], { code: 'COMMAND_NOT_IN_IMAGE', params: { command: 'curl', container: 'app' }, cause: notFound }],
  ['containerd: the command is not in the image', [failed(`Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "6454": ${notFound}`)],
    { code: 'COMMAND_NOT_IN_IMAGE', params: { command: 'curl', container: 'app' }, cause: `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "6454": ${notFound}` }],
  ['no such file', [failed('OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/curl": stat /bin/curl: no such file or directory: unknown')],
    { code: 'COMMAND_NOT_IN_IMAGE', params: { command: 'curl', container: 'app' }, cause: 'OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/curl": stat /bin/curl: no such file or directory: unknown' }],
  ['not executable', [[1, 'OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc/hosts": permission denied: unknown\r\n'], exited(126)],
    { status: 500, message: 'OCI runtime exec failed: exec failed: unable to start container process: exec: "/etc/hosts": permission denied: unknown' }],
  ['a command that says 126 itself', [[1, 'I say 126'], exited(126)], { stdout: 'I say 126', stderr: '', exitCode: 126, truncated: false }],
  ['the container stopped', [failed('container not running (c76f)')], { code: 'POD_NOT_RUNNING', params: { pod: 'web' }, cause: 'container not running (c76f)' }],
  ['no ending', [[1, 'half']], { code: 'CLUSTER_UNREACHABLE', params: { context: 'test', server: expect.any(String) }, cause: 'the connection ended before the command did' }],
])('%s', async (_, messages, expected) => {
  expect((await run(messages)).result).toEqual(expected);
});

test('given up', async () => {
  const giveUp = new AbortController();
  const running = run([[1, 'working']], { signal: giveUp.signal });
  setImmediate(() => giveUp.abort('enough'));
  expect((await running).result).toBe('enough');
});

test.each([
  [400, 'container app is not valid for pod web', { code: 'CONTAINER_NOT_FOUND', params: { pod: 'web', container: 'app' }, cause: 'container app is not valid for pod web' }],
  [404, 'pods "web" not found', { code: 'POD_GONE', params: { pod: 'web' }, cause: 'pods "web" not found' }],
  [500, 'container not found ("app")', { code: 'POD_NOT_RUNNING', params: { pod: 'web' }, cause: 'container not found ("app")' }],
  [400, 'pod web does not have a host assigned', { code: 'POD_NOT_RUNNING', params: { pod: 'web' }, cause: 'pod web does not have a host assigned' }],
  [500, 'error dialing backend', { status: 500, message: 'error dialing backend' }],
])('not upgraded: %i %s', async (code, message, expected) => {
  await using server = await startApiServer((_, response) => json(response, code, { kind: 'Status', message }));
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  expect(await outcome(execInPod(connection, { namespace: 'dev', pod: 'web', container: 'app', command: ['ls'] }))).toEqual(expected);
});
