import { access, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { openConnection } from './connection.ts';
import { runExecPlugin } from './exec-plugin.ts';
import type { ClusterEntry, ExecPlugin, UserEntry } from './kubeconfig.ts';
import { base64, json, kubeconfigFor, startApiServer } from './test-api-server.ts';
import { caCert, clientCert, clientKey } from './test-certificates.ts';

const folder = await mkdtemp(join(tmpdir(), 'podlab-credentials-'));
const outcome = (promise: Promise<unknown>) => promise.then((value) => ({ value }), (error: unknown) => (error instanceof Failure ? error.toData() : error));

/** A plugin: this Node with a script that may use `count()` (how often it ran) and `give(status)`. */
function plugin(name: string, script: string, extra: Partial<ExecPlugin> = {}): ExecPlugin {
  const counter = join(folder, `${name}.count`);
  const source = `const fs = require('node:fs');
const count = () => { fs.appendFileSync(${JSON.stringify(counter)}, 'x'); return fs.readFileSync(${JSON.stringify(counter)}).length; };
const give = (status) => console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status }));
${script}`;
  return { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', source], env: [], provideClusterInfo: false, ...extra };
}
const runs = (name: string) => readFile(join(folder, `${name}.count`), 'utf8').then((text) => text.length, () => 0);

test.each<[string, Partial<UserEntry>, Record<string, unknown>]>([
  ['nothing', {}, {}],
  ['a token', { token: 'abc' }, { authorization: 'Bearer abc' }],
  ['basic', { username: 'jane', password: 'pa:ss' }, { authorization: `Basic ${base64('jane:pa:ss')}` }],
  ['impersonation', { token: 'abc', impersonate: { user: 'jane', uid: '7', groups: ['a', 'b'], extra: { scopes: ['x'] } } },
    { authorization: 'Bearer abc', 'impersonate-user': 'jane', 'impersonate-uid': '7', 'impersonate-group': 'a, b', 'impersonate-extra-scopes': 'x' }],
  ['an OIDC token that is still good', { authProvider: { name: 'oidc', config: { 'id-token': `e30.${Buffer.from('{"exp":99999999999}').toString('base64url')}.e30` } } },
    { authorization: `Bearer e30.${Buffer.from('{"exp":99999999999}').toString('base64url')}.e30` }],
])('%s', async (_, user, expected) => {
  await using server = await startApiServer((__, response) => json(response, 200, {}));
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`, user, { skipTlsVerify: true }), 'test');
  await connection.request({ path: '/version' });
  const headers = Object.entries(server.asked[0]!.headers).filter(([name]) => name === 'authorization' || name.startsWith('impersonate'));
  expect(Object.fromEntries(headers)).toEqual(expected);
});

test('a token file is read again after the server refused its token', async () => {
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'old\n');
  await using server = await startApiServer(async ({ headers }, response) => {
    if (headers.authorization === 'Bearer new') return json(response, 200, {});
    await writeFile(tokenFile, 'new\n');
    json(response, 401, {});
  });
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`, { tokenFile, token: 'less' }), 'test');
  await connection.request({ path: '/version' });
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
});

test('a plugin runs once for calls at the same time, and once more after 401 for all of them', async () => {
  await using server = await startApiServer(({ headers }, response) => json(response, headers.authorization === 'Bearer token-2' ? 200 : 401, {}));
  const exec = plugin('single', "give({ token: 'token-' + count() })");
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`, { exec }), 'test');
  await Promise.all(Array.from({ length: 5 }, () => connection.request({ path: '/version' })));
  await connection.request({ path: '/version' });
  expect(await runs('single')).toBe(2);
});

test('a plugin whose credentials are refused twice is told as refused', async () => {
  await using server = await startApiServer((_, response) => json(response, 401, { kind: 'Status', message: 'Unauthorized' }));
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`, { exec: plugin('refused', "give({ token: 't' + count() })") }), 'test');
  expect(await outcome(connection.request({ path: '/version' }))).toEqual({ code: 'CREDENTIALS_REFUSED', params: { context: 'test' }, cause: 'Unauthorized' });
  expect(await runs('refused')).toBe(2);
});

test('an expired credential is had anew, one that is still good is kept', async () => {
  await using server = await startApiServer((_, response) => json(response, 200, {}));
  const exec = plugin('expiry', "const n = count(); give({ token: 't' + n, expirationTimestamp: new Date(Date.now() + (n === 1 ? -1 : 3_600_000)).toISOString() })");
  await using connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`, { exec }), 'test');
  for (let call = 0; call < 3; call += 1) await connection.request({ path: '/version' });
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t2']);
});

test('a plugin may give a client certificate, and a new one makes a new connection', async () => {
  await using server = await startApiServer(({ certificate }, response) => json(response, 200, { certificate }), { requestCert: true, ca: caCert });
  const script = `give({ clientCertificateData: ${JSON.stringify(clientCert)}, clientKeyData: ${JSON.stringify(clientKey)} })`;
  await using connection = await openConnection(kubeconfigFor(`https://127.0.0.1:${server.port}`, { exec: plugin('certificate', script) }, { caData: base64(caCert) }), 'test');
  expect((await connection.request({ path: '/version' })).json).toEqual({ certificate: 'podlab-test-client' });
});

const cluster: ClusterEntry = { name: 'c', file: '/f', server: 'https://localhost:6443', skipTlsVerify: false };
const failed = (command: string, cause: unknown) => ({ code: 'CREDENTIALS_PLUGIN_FAILED', params: { context: 'test', command }, cause });

test.each<[string, ExecPlugin, unknown]>([
  ['fails', plugin('fails', "console.error('please log in'); process.exit(1)"), failed(process.execPath, 'please log in')],
  ['fails without a word', plugin('silent', 'process.exit(3)', { installHint: 'get it at example.com' }), failed(process.execPath, `${process.execPath} ended with exit code 3\nget it at example.com`)],
  ['is not there', { ...plugin('absent', ''), command: 'podlab-no-such-plugin', installHint: 'get it' }, failed('podlab-no-such-plugin', 'spawn podlab-no-such-plugin ENOENT\nget it')],
  ['prints no JSON', plugin('words', "console.log('secret words')"), failed(process.execPath, 'the plugin did not print JSON')],
  ['prints something else', plugin('other', "console.log('{}')"), failed(process.execPath, 'the plugin printed no ExecCredential with a token or a client certificate and key')],
  ['has a file for a folder', { ...plugin('notdir', ''), command: join(process.execPath, 'login') }, failed(join(process.execPath, 'login'), 'spawn ENOTDIR')],
  ['has more arguments than fit', { ...plugin('toobig', ''), args: ['x'.repeat(4_000_000)] }, failed(process.execPath, 'spawn E2BIG')],
  ['has no terminal', plugin('terminal', "process.stdin.on('data', () => {}).on('end', () => { console.error('no input'); process.exit(1); })"), failed(process.execPath, 'no input')],
])('a plugin that %s', async (_, exec, expected) => {
  expect(await outcome(runExecPlugin(exec, { context: 'test', cluster, signal: new AbortController().signal }))).toEqual(expected);
});

test('a plugin is told what it is asked for, and about the cluster only if it wants to know', async () => {
  const told = async (provideClusterInfo: boolean) => {
    const exec = plugin('told', "give({ token: process.env.KUBERNETES_EXEC_INFO + process.env.EXTRA })", { provideClusterInfo, env: [{ name: 'EXTRA', value: '!' }] });
    return (await runExecPlugin(exec, { context: 'test', cluster: { ...cluster, tlsServerName: 'n' }, caData: 'Q0E=', signal: new AbortController().signal })).token;
  };
  const base = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false';
  expect(await told(false)).toBe(`${base}}}!`);
  expect(await told(true)).toBe(`${base},"cluster":{"server":"https://localhost:6443","insecure-skip-tls-verify":false,"tls-server-name":"n","certificate-authority-data":"Q0E="}}}!`);
});

test('a plugin that does not answer is ended with its children', async () => {
  const pidFile = join(folder, 'child.pid');
  const exec = plugin('hang', `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    fs.writeFileSync(${JSON.stringify(pidFile)}, String(child.pid)); console.error('thinking');`);
  const answer = runExecPlugin(exec, { context: 'test', cluster, signal: new AbortController().signal, timeoutMs: 2_000 });
  expect(await outcome(answer)).toEqual(failed(process.execPath, `thinking\n${process.execPath} did not answer within 2 s`));
  const child = Number(await readFile(pidFile, 'utf8'));
  while (await isRunning(child)) await new Promise(setImmediate); // times out if it goes on
});

/** Runs, and is not only waiting to be buried by its parent. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return access(`/proc/${pid}/stat`).then(async () => !(await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z '), () => true);
}
