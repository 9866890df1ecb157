import { expect, test } from 'vitest';
import type { Finding, Fix } from '../contract/findings.ts';
import type { Listener } from '../kubernetes/listeners.ts';
import type { KubeObject, Pod } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { endpoints, service, servingPod } from './sample-service.ts';
import { created, hostImage, id, kindWorld, now, sharedWorld } from './sample-worlds.ts';
import { diagnoseService } from './service.ts';
import type { World } from './world.ts';

const listens = (...all: (readonly [address: string, port: number])[]): { listeners: Listener[] } => ({ listeners: all.map(([address, port]) => ({ address, port })) });
const any = '0.0.0.0';
const world = (pod: Pod, services: readonly KubeObject[], rest: Partial<World> = {}): World => sharedWorld(pod, { hostImages: [], services, ...rest });
const word = (fix: Fix) => `${fix.recommended ? '*' : ''}${'key' in fix ? fix.key : fix.action}${fix.action === 'change' ? ` ${JSON.stringify(fix.parts.flatMap((part) => ('edits' in part ? part.edits : [])))}` : ''}`;
const said = (findings: readonly Finding[], ...params: string[]) => findings.filter(({ id: cause }) => cause.startsWith('SVC')).map(({ id: cause, severity, message, fixes }) =>
  [[cause, severity, message.key.split('.').at(-1)?.replace(/^sentence-?/, ''), ...params.map((param) => message.params[param] ?? '-')].filter((part) => part !== '').join(' '), ...fixes.map(word)]);
const told = (of: World, ...params: string[]) => said(diagnose(of), ...params);

const typo = servingPod({}, { app: 'wbe' });
const set = (...edits: unknown[]) => JSON.stringify(edits);

// SVC-01 from the pod's side
test.each<[string, World, string[][]]>([
  ['one label is misspelt, and its Service has no other pod', world(typo, [service()], { endpoints: [endpoints()] }),
    [['SVC-01 warning app=web app=wbe', `*F15.selector ${set({ path: ['spec', 'selector', 'app'], value: 'wbe' })}`]]],
  ['known by the other pods alone', world(typo, [service()], { otherPods: [servingPod({}, { app: 'db' }, 'db-1')] }), [['SVC-01 warning app=web app=wbe', `*F15.selector ${set({ path: ['spec', 'selector', 'app'], value: 'wbe' })}`]]],
  ['the key is misspelt', world(servingPod({}, { ap: 'web' }), [service()], { endpoints: [endpoints()] }),
    [['SVC-01 warning app=web ap=web', `*F15.selector ${set({ path: ['spec', 'selector', 'app'] }, { path: ['spec', 'selector', 'ap'], value: 'web' })}`]]],
  ['of two labels one agrees', world(servingPod({}, { app: 'web', tier: 'api' }), [service({ selector: { app: 'web', tier: 'front' } })], { endpoints: [endpoints()] }),
    [['SVC-01 warning tier=front tier=api', `*F15.selector ${set({ path: ['spec', 'selector', 'tier'], value: 'api' })}`]]],
  ['one name is the beginning of the other', world(servingPod({}, { app: 'web-app' }), [service()], { endpoints: [endpoints()] }),
    [['SVC-01 warning app=web app=web-app', `*F15.selector ${set({ path: ['spec', 'selector', 'app'], value: 'web-app' })}`]]],
  // Near misses
  ['a Service of something else', world(servingPod({}, { app: 'database' }), [service()], { endpoints: [endpoints()] }), []],
  ['two labels differ', world(typo, [service({ selector: { app: 'web', tier: 'front' } })], { endpoints: [endpoints()] }), []],
  ['the Service has another pod', world(typo, [service()], { endpoints: [endpoints(['10.0.0.1'])] }), []],
  ['the Service has another pod that is not ready', world(typo, [service()], { endpoints: [endpoints([], ['10.0.0.1'])] }), []],
  ['another pod has the labels, without an address yet', world(typo, [service()], { endpoints: [endpoints()], otherPods: [servingPod({}, { app: 'web' }, 'web-2')] }), []],
  ['who is behind the Service is not known', world(typo, [service()]), []],
  ['a Service without a selector', world(typo, [service({ selector: undefined })], { endpoints: [endpoints()] }), []],
  ['another name for an address elsewhere', world(typo, [service({ type: 'ExternalName' })], { endpoints: [endpoints()] }), []],
  ['a Service of another namespace', world(typo, [service({}, { metadata: { name: 'web', namespace: 'other' } })], { endpoints: [endpoints()] }), []],
])('SVC-01: %s', (_, of, expected) => {
  expect(told(of, 'wanted', 'has')).toEqual(expected);
});

const named = service({ ports: [{ port: 80, targetPort: 'web' }] });
const http = (...names: (string | undefined)[]) => servingPod({ ports: names.map((name, index) => ({ containerPort: 8080 + index, ...(name !== undefined && { name }) })) });

test.each<[string, World, string[][]]>([
  ['another name', world(http('http'), [named]), [['SVC-03 error web http', `*F15.target-port ${set({ path: ['spec', 'ports', 0, 'targetPort'], value: 'http' })}`]]],
  ['no name', world(http(undefined), [named]), [['SVC-03 error web none', `*F15.target-port ${set({ path: ['spec', 'ports', 0, 'targetPort'], value: 8080 })}`,
    `F20.name-port ${set({ path: ['spec', 'containers', { name: 'app' }, 'ports', 0, 'name'], value: 'web' })}`]]],
  ['several names to choose from', world(http('http', 'admin'), [named]), [['SVC-03 error web http, admin']]],
  ['the name, for another protocol', world(servingPod({ ports: [{ containerPort: 53, name: 'web', protocol: 'UDP' }] }), [named]), [['SVC-03 error web web']]],
  ['by the name of the Service\'s port', world(http('http'), [service({ ports: [{ name: 'main', port: 80, targetPort: 'web' }] })]),
    [['SVC-03 error web http', `*F15.target-port ${set({ path: ['spec', 'ports', { name: 'main' }, 'targetPort'], value: 'http' })}`]]],
  ['it is there', world(http('web'), [named]), []],
  ['a Service of another pod', world(http('http'), [service({ selector: { app: 'database' }, ports: [{ port: 80, targetPort: 'web' }] })]), []],
])('SVC-03: %s', (_, of, expected) => {
  expect(told(of, 'target', 'names')).toEqual(expected);
});

const to80 = service({ ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] });
const pod = servingPod();
const late: Pod = { ...pod, status: { ...pod.status, containerStatuses: [{ name: 'app', ready: true, imageID: '', state: { running: { startedAt: new Date(now.getTime() - 20_000).toISOString() } } }] } };

test.each<[string, World, string[][]]>([
  ['the program is on another port', world(pod, [to80], listens([any, 8080])), [['SVC-04 error 80 8080', `*F15.target-port ${set({ path: ['spec', 'ports', 0, 'targetPort'], value: 8080 })}`]]],
  ['without a target it is the Service\'s own', world(pod, [service({ ports: [{ port: 80 }] })], listens(['::', 8080])), [['SVC-04 error 80 8080', `*F15.target-port ${set({ path: ['spec', 'ports', 0, 'targetPort'], value: 8080 })}`]]],
  ['on several', world(pod, [to80], listens([any, 9090], [any, 8080], ['::', 8080])), [['SVC-04 error 80 8080, 9090']]],
  ['on none', world(pod, [to80], listens()), [['SVC-04 error nothing 80 none']]],
  ['only for itself, elsewhere', world(pod, [to80], listens(['127.0.0.1', 9000])), [['SVC-04 error nothing 80 none']]],
  ['by a name that leads to a wrong number', world(http('web'), [named], listens([any, 3000])), [['SVC-04 error 8080 3000', `*F15.target-port ${set({ path: ['spec', 'ports', 0, 'targetPort'], value: 3000 })}`]]],
  ['it listens there', world(pod, [service()], listens([any, 8080])), []],
  ['of one address of the pod', world(pod, [service()], listens(['10.244.0.7', 8080])), []],
  ['nobody looked', world(pod, [service()]), []],
  ['it has only just started', world(late, [to80], listens([any, 8080])), [['SVC-07 info 80 -', `F20.declare-port ${set({ path: ['spec', 'containers', { name: 'app' }, 'ports'], value: [{ containerPort: 8080 }, { containerPort: 80 }] })}`]]],
  ['UDP, which the list does not have', world(servingPod({ ports: [{ containerPort: 53, protocol: 'UDP' }] }), [service({ ports: [{ port: 53, protocol: 'UDP', targetPort: 53 }] })], listens()), []],
])('SVC-04: %s', (_, of, expected) => {
  expect(told(of, 'number', 'listens')).toEqual(expected);
});

const loop = (container: Partial<Parameters<typeof servingPod>[0]> = {}) => servingPod(container);
const own = listens(['127.0.0.1', 8080], ['::1', 8080]);
const path = (...rest: unknown[]) => ['spec', 'containers', { name: 'app' }, ...rest];

test.each<[string, World, string[][]]>([
  ['a Service cannot reach it', world(loop(), [service()], own), [['SVC-05 error 8080 web', 'F20.listen-setting']]],
  ['without a Service', world(loop(), [], own), [['SVC-05 warning 8080 none', 'F20.listen-setting']]],
  ['the address is among the arguments', world(loop({ command: ['httpd', '-f'], args: ['-p', '127.0.0.1:8080'] }), [service()], own),
    [['SVC-05 error 8080 web', `*F20.listen-everywhere ${set({ path: path('args', 1), value: '0.0.0.0:8080' })}`]]],
  ['with an equals sign', world(loop({ command: ['serve', '--host=localhost'] }), [service()], own), [['SVC-05 error 8080 web', `*F20.listen-everywhere ${set({ path: path('command', 1), value: '--host=0.0.0.0' })}`]]],
  ['in the environment', world(loop({ env: [{ name: 'DB_HOST', value: 'localhost' }, { name: 'HOST', value: '127.0.0.1' }] }), [service()], own),
    [['SVC-05 error 8080 web', `*F20.listen-everywhere ${set({ path: path('env', { name: 'HOST' }, 'value'), value: '0.0.0.0' })}`]]],
  ['another port of 127.0.0.1 is where it calls', world(loop({ args: ['--backend', 'localhost:9000'] }), [service()], own), [['SVC-05 error 8080 web', 'F20.listen-setting']]],
  ['also on all addresses', world(loop(), [service()], listens(['127.0.0.1', 8080], [any, 8080])), []],
  ['another port that is not declared, for itself', world(loop(), [service()], listens([any, 8080], ['127.0.0.1', 9000])), []],
])('SVC-05: %s', (_, of, expected) => {
  expect(told(of, 'number', 'service')).toEqual(expected);
});

test.each<[string, World, string[][]]>([
  ['a Service sends to it', world(servingPod({ ports: [] }), [service()]), [['SVC-07 info 8080 web', `F20.declare-port ${set({ path: path('ports'), value: [{ containerPort: 8080 }] })}`]]],
  ['the program listens on it', world(servingPod({ ports: [] }), [], listens([any, 8080])), [['SVC-07 info 8080 none', `F20.declare-port ${set({ path: path('ports'), value: [{ containerPort: 8080 }] })}`]]],
  ['one of several', world(servingPod({ ports: [] }), [], listens([any, 8080], [any, 9090])), []],
  ['beside declared ones', world(pod, [], listens([any, 8080], [any, 9090])), []],
  ['declared', world(pod, [service()], listens([any, 8080])), []],
])('SVC-07: %s', (_, of, expected) => {
  expect(told(of, 'number', 'service')).toEqual(expected);
});

const balancer = (rest: Record<string, unknown> = {}, at = created) => service({ type: 'LoadBalancer' }, { metadata: { name: 'web', namespace: 'default', creationTimestamp: at }, status: { loadBalancer: {}, ...rest } });
const nodePort = service({ type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }] });

test.each<[string, World, string[][]]>([
  ['nobody gives it an address', world(pod, [balancer()]), [['SVC-08 warning web', 'F21.forward-service', `F15.cluster-ip ${set({ path: ['spec', 'type'], value: 'ClusterIP' })}`]]],
  ['in minikube', kindWorld(pod, { services: [balancer()], stores: [{ node: 'node-1', kind: 'minikube', sharesDocker: 'no', known: 'node-container-label' }] }),
    [['SVC-08 warning web', 'F21.forward-service', 'F21.minikube-service', `F15.cluster-ip ${set({ path: ['spec', 'type'], value: 'ClusterIP' })}`]]],
  ['it has one', world(pod, [balancer({ loadBalancer: { ingress: [{ hostname: 'localhost' }] } })]), []],
  ['for a short while', world(pod, [balancer({}, new Date(now.getTime() - 20_000).toISOString())]), []],
  ['a node port of a node in a box', kindWorld(pod, { services: [nodePort] }), [['SVC-08 info node-port web', 'F21.forward-service']]],
  ['a node port of this computer', world(pod, [nodePort]), []],
])('SVC-08: %s', (_, of, expected) => {
  expect(told(of, 'service')).toEqual(expected);
});

test('a pod that is not well has no such finding', () => {
  const waiting: Pod = { ...typo, status: { ...typo.status, containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ErrImagePull', message: 'x' } } }] } };
  expect(told(world(waiting, [service()], { endpoints: [endpoints()] }))).toEqual([]);
});

test('what is only good to know comes after an old build', () => {
  const started = servingPod({ ports: [] });
  const old: Pod = { ...started, status: { ...started.status, containerStatuses: [{ name: 'app', ready: true, imageID: `docker://${id('a')}`, state: { running: { startedAt: created } } }] } };
  expect(diagnose(world(old, [service()], { hostImages: [hostImage(['app:1'], 'b')] })).map((each) => each.id)).toEqual(['IMG-16', 'SVC-07']);
});

const view = (pods: readonly Pod[], rest: Partial<Parameters<typeof diagnoseService>[0]> = {}) => ({ now, service: service(), pods, ...rest });
const after = (seconds: number) => new Date(Date.parse(created) + seconds * 1000);
const elsewhere = servingPod({}, { app: 'web' }, 'web-9', 'True', 'other');

test.each<[string, Parameters<typeof diagnoseService>[0], string[][]]>([
  ['nothing matches, one is near', view([typo, servingPod({}, { app: 'database' }, 'db-1')]), [['SVC-01 error web-1 none', `*F15.selector ${set({ path: ['spec', 'selector', 'app'], value: 'wbe' })}`]]],
  ['nothing matches, one of another namespace would', view([elsewhere]), [['SVC-01 error nothing none other']]],
  ['there are no pods at all', view([]), [['SVC-01 error nothing none none']]],
  ['all that match have ended', view([{ ...servingPod(), status: { phase: 'Succeeded' } }]), [['SVC-01 error nothing none none']]],
  ['none is ready', view([servingPod({}, { app: 'web' }, 'web-1', 'False'), servingPod({}, { app: 'web' }, 'web-2', 'False')]), [['SVC-02 error - -']]],
  ['none is ready yet: they have only begun', view([servingPod({}, { app: 'web' }, 'web-1', 'False')], { now: after(29) }), []],
  ['no pods yet: it has only been made', view([], { now: after(9) }), []],
  ['it has only been made, and its label is misspelt', view([typo], { now: after(9) }), [['SVC-01 error web-1 none', `*F15.selector ${set({ path: ['spec', 'selector', 'app'], value: 'wbe' })}`]]],
  ['one of two is ready', view([servingPod({}, { app: 'web' }, 'web-1', 'False'), servingPod({}, { app: 'web' }, 'web-2')]), []],
  ['not ready by its condition, but in the endpoints', view([servingPod({}, { app: 'web' }, 'web-1', 'False')], { endpoints: [endpoints(['10.0.0.1'])] }), []],
  ['a name that the pods do not have', view([http('http')], { service: named }), [['SVC-03 error web-1 -', `*F15.target-port ${set({ path: ['spec', 'ports', 0, 'targetPort'], value: 'http' })}`]]],
  ['a port on which nobody listens', view([servingPod()], { service: to80, listeners: { 'web-1': [{ address: any, port: 8080 }] } }), [['SVC-04 error web-1 -', `*F15.target-port ${set({ path: ['spec', 'ports', 0, 'targetPort'], value: 8080 })}`]]],
  ['no address from outside, beside', view([servingPod({}, { app: 'web' }, 'web-1', 'False')], { service: balancer() }), [['SVC-02 error - -'], ['SVC-08 warning - -', 'F21.forward-service', `F15.cluster-ip ${set({ path: ['spec', 'type'], value: 'ClusterIP' })}`]]],
  ['without a selector', view([], { service: service({ selector: undefined }) }), []],
  ['headless, with pods', view([servingPod()], { service: service({ clusterIP: 'None' }) }), []],
  ['well', view([servingPod()], { endpoints: [endpoints(['10.0.0.1'])], listeners: { 'web-1': [{ address: '::', port: 8080 }] } }), []],
])('a Service: %s', (_, of, expected) => {
  expect(said(diagnoseService(of), 'pod', 'elsewhere')).toEqual(expected);
});
