// What the kubelet said of a probe that failed, in a word. Its texts: pkg/kubelet/prober and pkg/probe/{http,tcp,exec,grpc} of Kubernetes 1.20 to 1.32.

export type Check = 'startup' | 'liveness' | 'readiness';

export type Tail =
  | 'none' | 'refused' | 'not_found' | 'login' | 'server_error' | 'status' | 'timeout' | 'port_name' | 'wrong_scheme' | 'closed' | 'no_program' | 'output' | 'grpc' | 'other';

export interface ProbeAnswer {
  readonly check: Check;
  readonly tail: Tail;
  /** The HTTP status; 0 where there is none. */
  readonly code: number;
  /** What stands after `probe failed: `. */
  readonly text: string;
}

const checks: Readonly<Record<string, Check>> = { Startup: 'startup', Liveness: 'liveness', Readiness: 'readiness' };

/** The answer in an event `Unhealthy`; undefined where the message is another. */
export function probeAnswer(message: string): ProbeAnswer | undefined {
  const [, word = '', rest = ''] = /^(Startup|Liveness|Readiness) probe (?:failed|errored|warning)(?: and resulted in unknown state)?:? ?([\s\S]*)$/.exec(message) ?? [];
  const check = checks[word];
  if (!check) return undefined;
  const text = rest.trim();
  const code = Number(/statuscode: (\d{3})\b/.exec(text)?.[1] ?? 0);
  return { check, tail: code > 0 ? tailOfStatus(code) : tailOf(text), code, text };
}

function tailOfStatus(code: number): Tail {
  if (code === 404) return 'not_found';
  if (code === 401 || code === 403) return 'login';
  return code >= 500 ? 'server_error' : 'status';
}

/** The first that matches; what a command wrote may have any of these words in it, so the kubelet's own beginnings are asked for. */
const tails: readonly (readonly [RegExp, Tail])[] = [
  [/^strconv\.(?:Atoi|ParseInt): parsing |couldn't find port|invalid port number/, 'port_name'],
  [/^(?:Get|HTTP probe failed|dial|Head)\b.*server gave HTTP response to HTTPS client|malformed HTTP response|tls: |x509: /s, 'wrong_scheme'],
  [/^(?:Get|dial)\b.*connection refused/s, 'refused'],
  [/^(?:Get|dial)\b.*(?:context deadline exceeded|Client\.Timeout|i\/o timeout)|^command ".*" timed out|^rpc error: code = DeadlineExceeded|timed out after/s, 'timeout'],
  [/^(?:Get|dial)\b.*(?:EOF|connection reset)/s, 'closed'],
  [/^(?:timeout: failed to connect service|service unhealthy|error: this server does not implement the grpc)/, 'grpc'],
  [/OCI runtime exec failed|executable file not found|exec failed|no such file or directory: unknown|failed to exec in container/, 'no_program'],
];

function tailOf(text: string): Tail {
  if (text === '') return 'none';
  for (const [pattern, tail] of tails) if (pattern.test(text)) return tail;
  return /^(?:Get|dial|rpc error)\b/.test(text) ? 'other' : 'output';
}
