import { expect, test } from 'vitest';
import { quantityValue } from './quantity.ts';
import { checkRunForm, emptyRunForm, nameForImage, portsField, runManifests, type RunForm } from './run-manifests.ts';

const form = (part: Partial<RunForm>): RunForm => ({ ...emptyRunForm, name: 'web', image: 'nginx:1', ...part });
const container = (part: Partial<RunForm>) => (runManifests(form(part))[0]!['spec'] as { containers: unknown[] }).containers[0];

test('the least: a pod of one container', () => {
  expect(runManifests(form({}))).toEqual([
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'nginx:1', imagePullPolicy: 'IfNotPresent' }] } },
  ]);
});

test.each<[string, Partial<RunForm>, object]>([
  ['no policy', { policy: 'none' }, { name: 'web', image: 'nginx:1' }],
  ['ports', { ports: '8080, 53/UDP 9/sctp;7/tcp', policy: 'none' }, { name: 'web', image: 'nginx:1', ports: [{ containerPort: 8080 }, { containerPort: 53, protocol: 'UDP' }, { containerPort: 9, protocol: 'SCTP' }, { containerPort: 7 }] }],
  ['command and args', { command: 'sh -c "echo hi"', args: "a 'b c'", policy: 'none' }, { name: 'web', image: 'nginx:1', command: ['sh', '-c', 'echo hi'], args: ['a', 'b c'] }],
  ['env: an empty row is none, an empty value is one', { env: [{ name: 'A', value: '' }, { name: '', value: '' }, { name: 'B', value: 'yes' }], policy: 'none' }, { name: 'web', image: 'nginx:1', env: [{ name: 'A', value: '' }, { name: 'B', value: 'yes' }] }],
  ['resources', { cpuRequest: '100m', memoryLimit: ' 128Mi ', policy: 'Never' }, { name: 'web', image: 'nginx:1', imagePullPolicy: 'Never', resources: { requests: { cpu: '100m' }, limits: { memory: '128Mi' } } }],
])('a container: %s', (_, part, wanted) => {
  expect(checkRunForm(form(part))).toEqual([]);
  expect(container(part)).toEqual(wanted);
});

test('a Deployment and a Service for its port find the same pods', () => {
  const [deployment, service] = runManifests(form({ kind: 'Deployment', replicas: '3', service: 'NodePort', ports: '80' }));
  expect(deployment).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { app: 'web' } }, spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } } } } });
  expect(service).toEqual({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', labels: { app: 'web' } }, spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] } });
});

test('a Service of a bare pod; several ports have names', () => {
  const [pod, service] = runManifests(form({ service: 'ClusterIP', ports: '80, 53/udp' }));
  expect(pod).toMatchObject({ kind: 'Pod', metadata: { labels: { app: 'web' } } });
  expect(service).toMatchObject({ spec: { ports: [{ name: 'tcp-80', port: 80, targetPort: 80, protocol: 'TCP' }, { name: 'udp-53', port: 53, targetPort: 53, protocol: 'UDP' }] } });
  expect(service?.['spec']).not.toHaveProperty('type');
});

const said = (part: Partial<RunForm>) => checkRunForm(form(part)).map(({ field, message }) => `${field}: ${message.key}`);

test.each<[Partial<RunForm>, string[]]>([
  [{ name: '', image: '' }, ['image: run.bad.image-missing', 'name: run.bad.name-missing']],
  [{ image: 'Nginx:1' }, ['image: run.bad.image']],
  [{ name: 'My App' }, ['name: run.bad.name']],
  [{ name: 'a'.repeat(64) }, ['name: run.bad.name']],
  [{ name: 'a'.repeat(63) }, []],
  [{ name: '1a' }, []],
  [{ name: '1a', service: 'ClusterIP', ports: '80' }, ['name: run.bad.name-service']],
  [{ name: 'a.b' }, ['name: run.bad.name']],
  [{ ports: '0' }, ['ports: run.bad.port']],
  [{ ports: '65535' }, []],
  [{ ports: '65536' }, ['ports: run.bad.port']],
  [{ ports: '80, http' }, ['ports: run.bad.port']],
  [{ ports: '-1' }, ['ports: run.bad.port']],
  [{ ports: '80 80' }, ['ports: run.bad.port-twice']],
  [{ ports: '80 80/udp' }, []],
  [{ service: 'ClusterIP' }, ['ports: run.bad.port-service']],
  [{ env: [{ name: '1A', value: '' }] }, ['env.0: run.bad.env']],
  [{ env: [{ name: 'A B', value: '' }] }, ['env.0: run.bad.env']],
  [{ env: [{ name: '', value: 'x' }] }, ['env.0: run.bad.env-missing']],
  [{ env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }, ['env.1: run.bad.env-twice']],
  [{ command: 'sh -c "echo' }, ['command: run.bad.quote']],
  [{ args: "don't" }, ['args: run.bad.quote']],
  [{ cpuRequest: '100mi' }, ['cpuRequest: run.bad.cpu']],
  [{ cpuLimit: '128Mi' }, ['cpuLimit: run.bad.cpu']],
  [{ memoryRequest: '128m' }, ['memoryRequest: run.bad.memory-milli']],
  [{ memoryLimit: '128 MB' }, ['memoryLimit: run.bad.memory']],
  [{ memoryLimit: '-1' }, ['memoryLimit: run.bad.memory']],
  [{ cpuRequest: '2', cpuLimit: '1500m' }, ['cpuRequest: run.bad.request-over-limit']],
  [{ memoryRequest: '1Gi', memoryLimit: '1024Mi' }, []],
  [{ kind: 'Deployment', replicas: '' }, ['replicas: run.bad.replicas']],
  [{ kind: 'Deployment', replicas: '1.5' }, ['replicas: run.bad.replicas']],
  [{ kind: 'Deployment', replicas: '1001' }, ['replicas: run.bad.replicas']],
  [{ kind: 'Deployment', replicas: '0' }, []],
  [{ kind: 'Pod', replicas: 'x' }, []],
])('refused before anything is sent: %j', (part, problems) => expect(said(part)).toEqual(problems));

test('a name that is none comes with one that would do', () => {
  expect(checkRunForm(form({ name: '-My App_' }))[0]?.message.params).toEqual({ suggestion: 'my-app' });
});

test.each([
  ['spring-server:latest', 'spring-server'],
  ['ghcr.io/shop/web_api.v2:1.4', 'web-api-v2'],
  [`localhost:5000/a/b@sha256:${'a'.repeat(64)}`, 'b'],
  ['x'.repeat(200), 'x'.repeat(63)],
  ['', ''],
  ['Not/Valid:1', 'valid'],
])('a name for %s', (image, name) => expect(nameForImage(image)).toBe(name));

test('what an image exposes', () => expect(portsField(['8080/tcp', '53/udp', '9'])).toBe('8080, 53/udp, 9'));

test.each([
  ['100m', 0.1], ['1.5', 1.5], ['.5', 0.5], ['128Mi', 134_217_728], ['1k', 1000], ['1e3', 1000], ['2E', 2e18], ['-1', -1],
  ['', undefined], ['1 Mi', undefined], ['1MB', undefined], ['m', undefined], ['1Kii', undefined],
])('the quantity %j', (text, value) => expect(quantityValue(text)).toBe(value));
