// CRA: programs that end. Codes and words of the two runtimes are the same but where a case is run on both. Not provoked: CRA-07 for a node that is short of
// memory (the node is shared), CRA-12 after a restart of the runtime (shared, too; only its doubtful form is), CRA-08 under emulation (there is none).
import { both, podOf } from '../start-pods.ts';
import { childGets, faults, killTwice, sh } from '../crash-pods.ts';
import type { LiveCase } from '../live-case.ts';

export const cases: readonly LiveCase[] = [
  {
    id: 'CRA-01', what: 'a task that is to run for ever', on: both, params: { sub: 'task', exitCode: 0 }, fix: 'F20.run-once', end: 'Succeeded',
    manifest: () => podOf(sh('echo done')),
  },
  {
    id: 'CRA-01', what: 'a shell with nothing to do', params: { sub: 'shell', command: 'sh' }, fix: 'F20.keep-input',
    manifest: () => podOf('command: [sh]'),
  },
  {
    id: 'CRA-01', what: 'a server in the background', params: { sub: 'background' },
    manifest: () => podOf('command: [httpd, -p, "8080"]'),
  },
  {
    id: 'CRA-02', what: 'a code of its own, and a word', on: both, inCi: true, params: { exitCode: 42, line: 'Error: DATABASE_URL is not set' },
    manifest: () => podOf(sh('echo starting; echo "Error: DATABASE_URL is not set"; exit 42')),
  },
  {
    id: 'CRA-02', what: 'for good', params: { exitCode: 3, crashes: 1, next: 'none' },
    manifest: () => podOf(sh('exit 3'), { spec: 'restartPolicy: Never' }),
  },
  {
    id: 'CRA-02', what: 'its termination message', params: { exitCode: 1, line: 'no such key' },
    manifest: () => podOf(sh('echo no such key > /dev/termination-log; exit 1')),
  },
  {
    id: 'CRA-03', what: 'a file that is not executable', params: { command: '/etc/hosts' },
    manifest: () => podOf(sh('/etc/hosts')),
  },
  {
    id: 'CRA-04', what: 'a command that is not there', params: { command: 'nope' },
    manifest: () => podOf(sh('nope --port 8080')),
  },
  {
    id: 'CRA-05', what: 'aborted', params: { signal: 'SIGABRT', probably: 'yes' },
    manifest: () => podOf(childGets('ABRT')),
  },
  {
    id: 'CRA-06', what: 'more than its limit', on: both, params: { limit: '32Mi' }, fix: 'F11.double-memory',
    manifest: () => podOf(`${sh(String.raw`x=$(head -c 20000000 /dev/zero | tr '\0' x); exec sleep 3600`)}, resources: {limits: {memory: 32Mi}}`),
  },
  {
    id: 'CRA-07', what: 'killed from outside', params: { sub: 'outside', probably: 'no' }, fix: { action: 'recreate' },
    manifest: () => podOf('command: [sleep, "3600"]'),
    afterwards: killTwice,
  },
  {
    id: 'CRA-08', what: 'a program that faults', on: both, params: { exitCode: 139, probably: 'no' },
    prepare: faults, manifest: ({ given }) => podOf('command: [/segv]', { image: given }),
  },
  {
    id: 'CRA-09', what: 'asked to stop', params: { signal: 'SIGTERM', probably: 'yes' },
    manifest: () => podOf(childGets('TERM')),
  },
  {
    id: 'CRA-11', what: 'an instruction that no processor knows', params: { signal: 'SIGILL', probably: 'no' },
    prepare: faults, manifest: ({ given }) => podOf('command: [/ill]', { image: given }),
  },
  {
    id: 'CRA-11', what: 'a code like a signal', params: { signal: 'SIGPIPE', probably: 'yes' },
    manifest: () => podOf(sh('exit 141')),
  },
  {
    id: 'CRA-12', what: '255 without a word', params: { sub: 'perhaps' },
    manifest: () => podOf(sh('exit 255')),
  },
  {
    id: 'CRA-13', what: 'two servers on one port', container: 'side', params: { port: 8080, holder: 'app', sub: 'declared' },
    manifest: () => `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: app, image: "catalogue-ok:1", ports: [{containerPort: 8080}]}
  - {name: side, image: "catalogue-ok:1", ${sh('sleep 2; httpd -f -p 8080 || { code=$?; echo "listen tcp :8080: bind: address already in use"; exit $code; }')}}
`,
  },
  {
    id: 'CRA-14', what: 'a name that no Service has', params: { host: 'orders', how: 'unknown_name', sub: 'no_service' },
    manifest: () => podOf(sh('wget -O- http://orders:80/')),
  },
  {
    id: 'CRA-14', what: 'localhost', params: { host: '127.0.0.1', how: 'refused', sub: 'local' },
    manifest: () => podOf(sh('wget -O- http://127.0.0.1:9/')),
  },
  {
    id: 'CRA-15', what: 'a read-only root', on: both, params: { path: '/www/log', sub: 'read_only', locked: 'yes' }, fix: 'F20.scratch',
    manifest: () => podOf(`${sh('echo x > /www/log && exec sleep 3600')}, securityContext: {readOnlyRootFilesystem: true}`),
  },
  {
    id: 'CRA-15', what: 'another user', params: { path: '/www/log', sub: 'user' },
    manifest: () => podOf(`${sh('echo x > /www/log && exec sleep 3600')}, securityContext: {runAsUser: 1000}`),
  },
];
