import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Failure } from '../../../shared/contract/failures.ts';
import type { ClusterEntry, ExecPlugin } from './kubeconfig.ts';

export interface PluginCredential {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Milliseconds since the epoch; absent: good until the server says otherwise. */
  readonly expires?: number;
}

const TIMEOUT_MS = 30_000;
const OUTPUT_LIMIT = 1024 * 1024;

/**
 * Runs a credential plugin once: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins.
 * It has no terminal, so one that wants to ask something fails instead of waiting. It gets 30 s and is then ended with its children.
 * Fails as CREDENTIALS_PLUGIN_FAILED with what it wrote to stderr and its installHint.
 */
export function runExecPlugin(
  plugin: ExecPlugin,
  { context, cluster, caData, signal, timeoutMs = TIMEOUT_MS }:
    { readonly context: string; readonly cluster: ClusterEntry; readonly caData?: string | undefined; readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<PluginCredential> {
  const failed = (words: string) => new Failure('CREDENTIALS_PLUGIN_FAILED', { context, command: plugin.command }, [words, plugin.installHint].filter(Boolean).join('\n'));
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(plugin.provideClusterInfo ? {
        cluster: {
          server: cluster.server,
          'insecure-skip-tls-verify': cluster.skipTlsVerify,
          ...(cluster.tlsServerName === undefined ? {} : { 'tls-server-name': cluster.tlsServerName }),
          ...(cluster.proxyUrl === undefined ? {} : { 'proxy-url': cluster.proxyUrl }),
          ...(caData === undefined ? {} : { 'certificate-authority-data': caData }),
        },
      } : {}),
    },
  };
  const env = { ...process.env, ...Object.fromEntries(plugin.env.map(({ name, value }) => [name, value])), KUBERNETES_EXEC_INFO: JSON.stringify(info) };

  return new Promise((resolve, reject) => {
    // A session of its own: no terminal to read a password from, and one id to end the whole family by.
    const ownSession = process.platform !== 'win32';
    let child: ChildProcessByStdio<null, Readable, Readable>;
    try {
      child = spawn(plugin.command, plugin.args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: ownSession, windowsHide: true });
    } catch (error) {
      return reject(failed((error as Error).message)); // some errors are thrown and not told: ENOTDIR, E2BIG, a NUL in an argument
    }
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => { if (output[stream].length < OUTPUT_LIMIT) output[stream] += text; });
    }
    const end = () => {
      try {
        if (child.pid === undefined) return;
        if (ownSession) process.kill(-child.pid, 'SIGKILL');
        else spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill());
      } catch { /* it ended by itself */ }
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      outcome();
    };
    const onAbort = () => { end(); settle(() => reject(signal.reason)); };
    const timer = setTimeout(() => {
      end();
      settle(() => reject(failed(`${output.stderr.trim()}\n${plugin.command} did not answer within ${timeoutMs / 1000} s`.trim())));
    }, timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    child.on('error', (error) => settle(() => reject(failed(error.message))));
    child.on('close', (code, killedBy) => settle(() => {
      if (code !== 0) return reject(failed(output.stderr.trim() || `${plugin.command} ended with ${killedBy ?? `exit code ${code}`}`));
      try {
        resolve(credentialOf(output.stdout));
      } catch (error) {
        reject(failed((error as Error).message));
      }
    }));
  });
}

function credentialOf(stdout: string): PluginCredential {
  let answer: { kind?: unknown; status?: { token?: string; clientCertificateData?: string; clientKeyData?: string; expirationTimestamp?: string } };
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    throw new Error('the plugin did not print JSON'); // what it printed may hold a secret, so it is not quoted
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = answer?.status ?? {};
  if (answer?.kind !== 'ExecCredential' || (!token && !(cert && key))) throw new Error('the plugin printed no ExecCredential with a token or a client certificate and key');
  const expires = expirationTimestamp === undefined ? Number.NaN : Date.parse(expirationTimestamp);
  return { ...(token ? { token } : {}), ...(cert && key ? { cert, key } : {}), ...(Number.isNaN(expires) ? {} : { expires }) };
}
