import { expect, test } from 'vitest';
import type { Container, ContainerStatus, KubeObject } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { containerd, crashed, startPod, startWorld, startedAt, waits } from './sample-start.ts';
import type { World } from './world.ts';

/** Three steps; the first is done, the second is looked at. */
function atStep(status: Partial<ContainerStatus>, step: Partial<Container> = {}, rest: Partial<World> = {}, phase = 'Pending', initialized = 'False'): World {
  const done: ContainerStatus = { name: 'first', state: { terminated: { exitCode: 0, reason: 'Completed' } } };
  return {
    ...startWorld({}, rest),
    pod: startPod({
      status: initialized === 'True' ? { state: { running: { startedAt } }, ready: true } : waits('PodInitializing'),
      spec: {
        nodeName: 'node-1', containers: [{ name: 'app', image: 'app:1', imagePullPolicy: 'IfNotPresent' }],
        initContainers: [{ name: 'first', image: 'app:1' }, { name: 'migrate', image: 'app:1', imagePullPolicy: 'IfNotPresent', ...step }, { name: 'last', image: 'app:1' }],
      },
      podStatus: {
        phase, conditions: [{ type: 'Initialized', status: initialized }],
        initContainerStatuses: [done, { name: 'migrate', image: 'app:1', imageID: '', ready: false, restartCount: 0, ...status }, { name: 'last', ...waits('PodInitializing') }],
        containerStatuses: [{ name: 'app', ...(initialized === 'True' ? { state: { running: { startedAt } }, ready: true } : waits('PodInitializing')) }],
      },
    }),
  };
}
const helper: Partial<Container> = { restartPolicy: 'Always' };
const runs = (seconds: number): Partial<ContainerStatus> => ({ state: { running: { startedAt: new Date(Date.parse('2026-03-01T12:05:00Z') - seconds * 1000).toISOString() } } });
const only = (world: World, id: string) => diagnose(world).filter((finding) => finding.id === id);
const service = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' } });
const endpoints = (name: string, ...ips: string[]): KubeObject => ({ kind: 'Endpoints', metadata: { name }, subsets: [{ addresses: ips.map((ip) => ({ ip })) }] });

test('what a step suffers from stands under its number, with its own proof and fixes', () => {
  const [finding, ...more] = diagnose(atStep(containerd('exec: "nope": executable file not found in $PATH'), { command: ['nope'] }));
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    id: 'INI-01', container: 'migrate', severity: 'error', confidence: 'strong',
    message: { key: 'finding.INI-01.sentence', params: { container: 'migrate', step: 2, steps: 3, cause: 'RUN-01', way: 'run', final: 'no' } },
    explanation: { key: 'finding.RUN-01.sentence', params: { program: 'nope', container: 'migrate' } },
    fixes: [{ key: 'F20.write-command', path: 'spec.initContainers[1].command' }],
  });
  expect(finding?.raw).toContain('executable file not found');
  expect(finding?.evidence.map(({ message }) => message.key)).toEqual(['finding.RUN-01.explanation', 'evidence.status', 'evidence.ended', 'evidence.field', 'evidence.step']);
});

test('a missing ConfigMap of a step, likewise', () => {
  const [finding] = diagnose(atStep(waits('CreateContainerConfigError', 'configmap "settings" not found'), { envFrom: [{ configMapRef: { name: 'settings' } }] }));
  expect(finding).toMatchObject({ id: 'INI-01', message: { params: { cause: 'CFG-01', way: 'config' } }, fixes: [{ key: 'F10.create-configmap' }, { key: 'F20.optional' }] });
});

test('an image\'s cause stays the headline', () => {
  const [finding] = diagnose(atStep(waits('ErrImageNeverPull', 'Container image "app:1" is not present with pull policy of Never'), { imagePullPolicy: 'Never' }, { hostImages: [], nodeImages: [] }));
  expect(finding).toMatchObject({ id: 'IMG-18', container: 'migrate' });
  expect(finding?.evidence.at(-1)).toMatchObject({ message: { key: 'evidence.step', params: { step: 2, steps: 3 } }, path: 'spec.initContainers[1]' });
});

test.each<[string, World]>([
  ['has ended and waits', atStep(crashed('Error', 1))],
  ['has just ended', atStep({ state: { terminated: { exitCode: 1, reason: 'Error' } } })],
])('a step that %s with an error is INI-01', (_name, world) => {
  expect(only(world, 'INI-01')).toMatchObject([{ message: { params: { step: 2, steps: 3, way: 'crash', final: 'no' } } }]);
});

test('a step that is not tried again: the pod is made anew', () => {
  const [finding] = only(atStep({ state: { terminated: { exitCode: 1, reason: 'Error' } } }, {}, {}, 'Failed'), 'INI-01');
  expect(finding).toMatchObject({ message: { params: { final: 'yes' } } });
  expect(finding?.fixes.map(({ action }) => action)).toContain('recreate');
});

const waiting = (command: string): Partial<Container> => ({ command: ['/bin/sh', '-c', command] });
const lookup = waiting('until nslookup db; do echo waiting; sleep 2; done');
test.each<[string, Partial<Container>, Partial<World>, string, string | undefined]>([
  ['nobody knows for what', waiting('sleep 600'), {}, 'explanation', undefined],
  ['a name, and no Services could be read', lookup, {}, 'explanation-waits', 'db'],
  ['a Service that does not exist', lookup, { services: [service('web')] }, 'explanation-no-service', 'db'],
  ['a Service without pods', lookup, { services: [service('db')], endpoints: [endpoints('db')] }, 'explanation-no-endpoints', 'db'],
  ['a Service with pods', lookup, { services: [service('db')], endpoints: [endpoints('db', '10.1.1.1')] }, 'explanation-has-endpoints', 'db'],
  ['a port of a Service of its own namespace', waiting('while ! nc -z -w 2 db.shop.svc.cluster.local 5432; do sleep 1; done'), { services: [] }, 'explanation-no-service', 'db'],
  ['a URL', waiting('until wget -qO- http://web:8080/health; do sleep 1; done'), { services: [] }, 'explanation-no-service', 'web'],
  ['a name of another namespace', waiting('until nslookup db.data.svc.cluster.local; do sleep 1; done'), { services: [] }, 'explanation', undefined],
  ['a host outside', waiting('until wget -q https://example.org/x; do sleep 1; done'), { services: [] }, 'explanation', undefined],
])('a step that goes on waits for %s', (_name, step, rest, explanation, named) => {
  const [finding] = diagnose(atStep(runs(200), step, { ...rest, logs: { migrate: { text: 'waiting\n\n', previous: false } } }));
  expect(finding).toMatchObject({ id: 'INI-02', severity: 'warning', message: { params: { time: '3m20s', step: 2, steps: 3 } }, explanation: { key: `finding.INI-02.${explanation}` } });
  expect(finding?.message.params['service']).toBe(named);
  expect(finding?.evidence.find(({ kind }) => kind === 'log')?.value).toBe('waiting');
});

test('a step that has begun a moment ago is no finding', () => {
  expect(diagnose(atStep(runs(30), lookup))).toEqual([]);
});

test('a helper that has not started: the app waits for it', () => {
  expect(only(atStep({ ...runs(90), started: false }, helper), 'INI-03')).toMatchObject([{ severity: 'warning', message: { params: { state: 'waiting', blocks: 'yes' } } }]);
  expect(diagnose(atStep({ ...runs(30), started: false }, helper))).toEqual([]);
});

test('a helper that ends again and again, once the app runs', () => {
  const [finding] = only(atStep(crashed('Error', 3), helper, {}, 'Running', 'True'), 'INI-03');
  expect(finding).toMatchObject({ container: 'migrate', severity: 'error', message: { params: { state: 'crashing', blocks: 'no' } } });
});

test('a helper that cannot start says why', () => {
  const [finding] = only(atStep(waits('CreateContainerConfigError', 'configmap "settings" not found'), helper), 'INI-03');
  expect(finding).toMatchObject({ message: { params: { cause: 'CFG-01', state: 'waiting', blocks: 'yes' } }, explanation: { key: 'finding.CFG-01.sentence' } });
});
