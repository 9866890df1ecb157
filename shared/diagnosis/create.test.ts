import { expect, test } from 'vitest';
import type { Fix } from '../contract/findings.ts';
import type { ContainerStatus } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { configObject, containerd, crashed, docker, dockerAtOnce, eventOf, finishedAt, startedAt, startWorld, waits } from './sample-start.ts';
import type { Started } from './sample-start.ts';
import type { World } from './world.ts';

const word = (fix: Fix) => `${fix.recommended ? '* ' : ''}${'key' in fix ? fix.key : fix.action} ${fix.danger}`;
const brief = (world: World) => diagnose(world).map((f) => [f.id, f.confidence, f.message.key.split('.').at(-1), f.explanation?.key.split('.').at(-1), ...f.fixes.map(word)]);
const first = (world: World) => diagnose(world)[0];
type Status = Partial<ContainerStatus>;
const at = (status: Status, container: NonNullable<Started['container']> = {}, rest: Partial<World> = {}, spec?: Started['spec']): World =>
  startWorld({ container, status, ...(spec ? { spec: { ...spec, nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1', ...container }] } } : {}) }, rest);
const wrote = (text: string): Partial<World> => ({ logs: { app: { text, previous: true } } });
const config = (rest: object): Partial<World> => ({ imageConfigs: { app: rest } });
const write = '* F20.write-command y';

const nope = 'exec: "nope": executable file not found in $PATH';
const words = 'exec: "/bin/busybox sleep 3600": stat /bin/busybox sleep 3600: no such file or directory';
const notExecutable = 'exec: "/app/start.sh": permission denied';
const clash = (path: string, volume = 'kubernetes.io~configmap/v') => `error during container init: error mounting "/var/lib/kubelet/pods/u1/volumes/${volume}" to rootfs at "${path}": mount /var/lib/kubelet/pods/u1/volumes/${volume}:${path} (via /proc/self/fd/6), flags: 0x5001: not a directory`;
const under = 'error during container init: error mounting "/var/lib/kubelet/pods/u1/volumes/kubernetes.io~empty-dir/v" to rootfs at "/app/good.sh/x": open o_path procfd: open /run/containerd/rootfs/app/good.sh/x: not a directory';
const mounted = (mountPath: string, subPath = '') => ({ volumeMounts: [{ name: 'v', mountPath, ...(subPath && { subPath }) }] }) as NonNullable<Started['container']>;
const map = { volumes: [{ name: 'v', configMap: { name: 'settings' } }] };
const empty = { volumes: [{ name: 'v', emptyDir: {} }] };
const oneKey: Partial<World> = { related: configObject('ConfigMap', 'settings', { COLOR: 'red' }) };
const hook = { lifecycle: { postStart: { exec: { command: ['/bin/false'] } } } };
const hookFailed = 'Exec lifecycle hook ([/bin/false]) for Container "app" in Pod "p_shop(u1)" failed - error: command \'/bin/false\' exited with 1: , message: ""';

const cases: Readonly<Record<string, readonly [World, unknown[]]>> = {
  // CRE-01
  'no command, Docker': [at(waits('CreateContainerError', 'Error response from daemon: No command specified')), ['CRE-01', 'strong', 'sentence-no-command', 'explanation-no-command', write]],
  'no command, containerd': [at(waits('CreateContainerError', 'failed to generate container "48e5" spec: failed to generate spec: no command specified')),
    ['CRE-01', 'strong', 'sentence-no-command', 'explanation-no-command', write]],
  'the name is taken, Docker': [at(waits('CreateContainerError', 'Error response from daemon: Conflict. The container name "/k8s_app_p_shop_u1_0" is already in use by container "ab". You have to remove (or rename) that container to be able to reuse that name.')),
    ['CRE-01', 'strong', 'sentence-name-taken', 'explanation-name-taken', '* recreate y']],
  'the name is taken, containerd': [at(waits('CreateContainerError', 'failed to reserve container name "app_p_shop_u1_0": name "app_p_shop_u1_0" is reserved for "ab"')),
    ['CRE-01', 'strong', 'sentence-name-taken', 'explanation-name-taken', '* recreate y']],
  'the mount is not shared': [at(waits('CreateContainerError', 'failed to generate container "48e5" spec: failed to generate spec: path "/data" is mounted on "/" but it is not a shared mount'),
    { volumeMounts: [{ name: 'v', mountPath: '/data', mountPropagation: 'Bidirectional' }] }), ['CRE-01', 'strong', 'sentence-not-shared', 'explanation-not-shared', '* F20.write-mount y']],
  'a path that is not absolute': [at(waits('CreateContainerError', 'Error response from daemon: invalid mount config for type "bind": invalid mount path: \'data\' mount path must be absolute'), mounted('data')),
    ['CRE-01', 'strong', 'sentence-not-absolute', 'explanation-not-absolute', '* F20.write-mount y']],
  'too slow': [at(waits('CreateContainerError', 'context deadline exceeded')), ['CRE-01', 'strong', 'sentence-too-slow', 'explanation-too-slow', '* recreate y']],
  'refused for a reason of its own': [at(waits('CreateContainerError', 'the moon')), ['CRE-01', 'strong', 'sentence', 'explanation', 'recreate y']],
  'a working directory that is a file, Docker': [at(waits('CreateContainerError', 'Error response from daemon: Cannot mkdir: /app/good.sh is not a directory'), { workingDir: '/app/good.sh' }),
    ['CRE-01', 'strong', 'sentence-working-directory', 'explanation-working-directory', '* F20.remove-working-directory y', 'F20.write-working-directory y']],
  'a working directory that is a file, containerd': [at(containerd('error during container init: mkdir /app/good.sh: not a directory'), { workingDir: '/app/good.sh' }),
    ['CRE-01', 'strong', 'sentence-working-directory', 'explanation-working-directory', '* F20.remove-working-directory y', 'F20.write-working-directory y']],
  'a working directory that is not absolute, containerd': [
    at(crashed('StartError', 128, 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: Cwd must be an absolute path: unknown'), { workingDir: 'app' }),
    ['CRE-01', 'strong', 'sentence-working-directory', 'explanation-working-directory', '* F20.remove-working-directory y', 'F20.write-working-directory y']],
  'a user that the image does not know, Docker': [at(crashed('ContainerCannotRun', 128, 'unable to find user web: no matching entries in passwd file')),
    ['CRE-01', 'strong', 'sentence-user', 'explanation-user', '* F20.run-as-user y']],
  'a user that the image does not know, containerd': [
    at(waits('CreateContainerError', 'failed to create containerd container: mount callback failed on /var/lib/containerd/tmpmounts/x: open /var/lib/containerd/tmpmounts/x/etc/passwd: no such file or directory')),
    ['CRE-01', 'strong', 'sentence-user', 'explanation-user', '* F20.run-as-user y']],

  // RUN-01
  'no such program, Docker': [at(docker(nope), { command: ['nope'] }), ['RUN-01', 'strong', 'sentence', 'explanation', write]],
  'no such program, Docker, just now': [at(dockerAtOnce(nope), { command: ['nope'] }), ['RUN-01', 'strong', 'sentence', 'explanation', write]],
  'no such program, containerd; the image has its own': [at(containerd(nope), { command: ['nope'] }, config({ Cmd: ['/bin/web'] })),
    ['RUN-01', 'strong', 'sentence', 'explanation', '* F20.remove-command y', 'F20.write-command y']],
  'no such program; the image has none either': [at(containerd(nope), { command: ['nope'] }, config({})), ['RUN-01', 'strong', 'sentence', 'explanation', write]],
  'no such file': [at(docker('exec: "/bin/nope": stat /bin/nope: no such file or directory'), { command: ['/bin/nope', '-x'] }), ['RUN-01', 'strong', 'sentence', 'explanation', write]],
  'a line in one word': [at(docker(words), { command: ['/bin/busybox sleep 3600'] }, config({ Cmd: ['/bin/web'] })),
    ['RUN-01', 'strong', 'sentence', 'explanation-one-word', '* F20.split-command y', 'F20.remove-command y', 'F20.write-command y']],
  'a line for a shell in one word': [at(docker('exec: "echo $A": executable file not found in $PATH'), { command: ['echo $A'] }), ['RUN-01', 'strong', 'sentence', 'explanation', write]],
  'arguments without a program': [at(docker('exec: "--port": executable file not found in $PATH'), { args: ['--port'] }), ['RUN-01', 'strong', 'sentence', 'explanation-args', write]],
  'arguments without a program, as the image says': [at(docker('exec: "--port": executable file not found in $PATH'), { args: ['--port'] }, config({ Cmd: ['/bin/web'] })),
    ['RUN-01', 'strong', 'sentence', 'explanation-args', '* F20.remove-command y', 'F20.write-args y']],
  'what the image itself names is not there': [at(docker(nope), {}, config({ Cmd: ['nope'] })), ['RUN-01', 'strong', 'sentence', 'explanation-image', write]],
  'a volume over the folder of the program': [at(docker('exec: "/app/web": stat /app/web: no such file or directory'), { command: ['/app/web'], ...mounted('/app') }, {}, empty),
    ['RUN-01', 'strong', 'sentence', 'explanation-hidden', write]],
  'no interpreter': [at(crashed('Error', 1), { command: ['/app/bash.sh'] }, wrote('exec /app/bash.sh: no such file or directory\n')),
    ['RUN-01', 'strong', 'sentence-interpreter', 'explanation-interpreter', 'F20.run-with-sh y', 'F20.write-command y']],

  // RUN-02
  'not executable': [at(docker(notExecutable), { command: ['/app/start.sh'] }), ['RUN-02', 'strong', 'sentence', 'explanation', '* F20.run-with-sh y', 'F20.write-command y']],
  'not executable, of the image, whose command nobody could read': [at(containerd('exec: "/app/web": permission denied')), ['RUN-02', 'strong', 'sentence', 'explanation', 'F20.write-command y']],
  'a script from a ConfigMap': [at(docker(notExecutable), { command: ['/app/start.sh'], ...mounted('/app') }, {}, map),
    ['RUN-02', 'strong', 'sentence-volume', 'explanation-config', '* F20.default-mode y', 'F20.run-with-sh y', 'F20.write-command y']],
  'a script in another volume': [at(docker(notExecutable), { command: ['/app/start.sh'], ...mounted('/app/') }, {}, empty),
    ['RUN-02', 'strong', 'sentence-volume', 'explanation-volume', '* F20.run-with-sh y', 'F20.write-command y']],

  // RUN-03
  'for another processor': [at(crashed('Error', 1), {}, { ...wrote('exec /app/web: exec format error\n'), ...config({ Architecture: 'arm64', Entrypoint: ['/app/web'] }) }),
    ['RUN-03', 'proven', 'sentence', 'explanation', '* F21.build-for-node g']],
  'a script without its first line': [at(crashed('Error', 1), { command: ['/app/start.sh'] }, { ...wrote('exec /app/start.sh: exec format error'), ...config({ Architecture: 'amd64' }) }),
    ['RUN-03', 'strong', 'sentence-or-script', 'explanation-or-script', '* F20.run-with-sh y', 'F21.build-for-node g']],
  'an older runc': [at(crashed('Error', 1), {}, { ...wrote('standard_init_linux.go:228: exec user process caused: exec format error'), nodes: 'unknown' }),
    ['RUN-03', 'strong', 'sentence-or-script', 'explanation-or-script']],
  'in the message of the runtime': [at(containerd('exec /app/web: exec format error')), ['RUN-03', 'strong', 'sentence-or-script', 'explanation-or-script', 'F21.build-for-node g']],

  // RUN-04
  'a ConfigMap over a file': [at(docker(clash('/app/good.sh')), mounted('/app/good.sh'), oneKey, map), ['RUN-04', 'strong', 'sentence', 'explanation-config', '* F20.sub-path y', 'F20.write-mount y']],
  'a ConfigMap of several files over one of their name': [
    at(containerd(clash('/app/good.sh')), mounted('/app/good.sh'), { related: configObject('ConfigMap', 'settings', { 'a.sh': '', 'good.sh': '' }) }, map),
    ['RUN-04', 'strong', 'sentence', 'explanation-config', '* F20.sub-path y', 'F20.write-mount y']],
  'a ConfigMap of several other files': [at(containerd(clash('/app/good.sh')), mounted('/app/good.sh'), { related: configObject('ConfigMap', 'settings', { a: '', b: '' }) }, map),
    ['RUN-04', 'strong', 'sentence', 'explanation-config', '* F20.write-mount y']],
  'an empty folder over a file': [at(containerd(clash('/app/good.sh', 'kubernetes.io~empty-dir/v')), mounted('/app/good.sh'), {}, empty), ['RUN-04', 'strong', 'sentence', 'explanation', '* F20.write-mount y']],
  'a file over a folder': [at(docker(clash('/app')), mounted('/app', 'COLOR'), oneKey, map), ['RUN-04', 'strong', 'sentence', 'explanation', '* F20.write-mount y']],
  'a folder below a file': [at(containerd(under), mounted('/app/good.sh/x'), {}, empty), ['RUN-04', 'strong', 'sentence-under', 'explanation', '* F20.write-mount y']],
  'an older runc, quotes within quotes': [
    at(crashed('ContainerCannotRun', 127, 'OCI runtime create failed: container_linux.go:348: starting container process caused "process_linux.go:402: container init caused \\"rootfs_linux.go:58: mounting \\\\\\"/a\\\\\\" to rootfs \\\\\\"/b\\\\\\" at \\\\\\"/app/good.sh\\\\\\" caused \\\\\\"not a directory\\\\\\"\\"": unknown'), mounted('/app/good.sh'), {}, empty),
    ['RUN-04', 'strong', 'sentence', 'explanation', '* F20.write-mount y']],

  // RUN-05
  'the hook fails': [at(waits('PostStartHookError: command \'/bin/false\' exited with 1: ', hookFailed), hook), ['RUN-05', 'proven', 'sentence', 'explanation', '* F20.write-hook y', 'F20.remove-hook y']],
  'the hook has failed, and the next try waits': [at(crashed('Error', 137), hook, { events: [eventOf('FailedPostStartHook', hookFailed, startedAt)] }),
    ['RUN-05', 'strong', 'sentence', 'explanation', '* F20.write-hook y', 'F20.remove-hook y']],
};

test.each(Object.entries(cases))('%s', (_name, [world, expected]) => {
  expect(brief(world)).toEqual([expected]);
});

const none: Readonly<Record<string, World>> = {
  'a start that failed once, and now it runs': at({ ...docker(nope), state: { running: { startedAt } } }),
  'a start that failed once, and a new one is on its way': at({ ...docker(nope), state: { waiting: { reason: 'ContainerCreating' } } }),
  'a program that says such a thing itself, among others': at(crashed('Error', 1), {}, wrote('starting\nexec /app/web: exec format error\n')),
  'a program that ended well after such a line': at(crashed('Completed', 0), {}, wrote('exec /app/web: exec format error')),
  'another end than that of a start': at(crashed('Error', 127, `exec: "nope": executable file not found in $PATH`)),
  'a hook that failed in an earlier run': at(crashed('Error', 1), hook, { events: [eventOf('FailedPostStartHook', hookFailed, '2026-03-01T12:01:00Z')] }),
  'a hook that failed before this run': at({ ...crashed('Error', 137), state: { running: { startedAt: finishedAt } } }, hook, { events: [eventOf('FailedPostStartHook', hookFailed, startedAt)] }),
  'a hook that failed at a time that cannot be read': at(crashed('Error', 137), hook, { events: [eventOf('FailedPostStartHook', hookFailed, 'soon')] }),
};

test.each(Object.entries(none))('no start is failing: %s', (_name, world) => {
  expect(diagnose(world).filter(({ id }) => /^(?:CRE|RUN)-/.test(id))).toEqual([]);
});

test('what is changed is what the container is to run', () => {
  const edits = (world: World, key: string) => first(world)?.fixes.flatMap((fix) => (fix.action === 'change' && fix.key === key ? fix.parts : []));
  const app = ['spec', 'containers', { name: 'app' }];
  expect(edits(at(docker(words), { command: ['/bin/busybox sleep 3600'], args: ['x'] }), 'F20.split-command')).toEqual([{ on: 'pod', edits: [{ path: [...app, 'command'], value: ['/bin/busybox', 'sleep', '3600'] }] }]);
  expect(edits(at(docker(nope), { command: ['nope'], args: ['x'] }, config({ Cmd: ['/bin/web'] })), 'F20.remove-command')).toEqual([{ on: 'pod', edits: [{ path: [...app, 'command'] }, { path: [...app, 'args'] }] }]);
  // A command of the pod's own takes the image's CMD away, so that is written down as well.
  expect(edits(at(docker(notExecutable), {}, config({ Entrypoint: ['/app/start.sh'], Cmd: ['-v'] })), 'F20.run-with-sh'))
    .toEqual([{ on: 'pod', edits: [{ path: [...app, 'command'], value: ['/bin/sh', '/app/start.sh'] }, { path: [...app, 'args'], value: ['-v'] }] }]);
  expect(edits(at(docker(clash('/app/good.sh')), mounted('/app/good.sh'), oneKey, map), 'F20.sub-path')).toEqual([{ on: 'pod', edits: [{ path: [...app, 'volumeMounts', 0, 'subPath'], value: 'COLOR' }] }]);
  expect(edits(at(docker(notExecutable), { command: ['/app/start.sh'], ...mounted('/app') }, {}, map), 'F20.default-mode'))
    .toEqual([{ on: 'pod', edits: [{ path: ['spec', 'volumes', { name: 'v' }, 'configMap', 'defaultMode'], value: 493 }] }]);
});

test('fields of another shape, and 64 KB of text, do no harm', () => {
  const odd = { volumeMounts: 'v', lifecycle: { postStart: 7 }, workingDir: 3 } as unknown as NonNullable<Started['container']>;
  for (const runc of [nope, notExecutable, clash('/app'), `exec: "${'x'.repeat(64 * 1024)}`, 'mounting "'.repeat(6000)]) {
    for (const status of [docker(runc), containerd(runc), waits('CreateContainerError', runc), waits('PostStartHookError', runc)]) expect(() => diagnose(at(status, odd))).not.toThrow();
  }
});
