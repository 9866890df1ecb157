import { expect, test } from 'vitest';
import type { Finding, Fix } from '../contract/findings.ts';
import type { Listener } from '../kubernetes/listeners.ts';
import type { Container, ContainerStatus, KubeEvent } from '../kubernetes/objects.ts';
import { diagnose } from './diagnose.ts';
import { ago, crashWorld, deployment, eventOf, looping, owned, revision, runs, runsAgain } from './sample-crash.ts';
import type { World } from './world.ts';

const word = (fix: Fix) => `${fix.recommended ? '*' : ''}${'key' in fix ? fix.key : fix.action}`;
const brief = (findings: Finding[]) => findings.filter(({ id }) => /^(?:CRA|PRB)/.test(id)).map(({ id, severity, confidence, fixes }) => [id, severity, confidence, ...fixes.map(word)].join(' '));

const http = (port: number | string, rest: object = {}) => ({ httpGet: { path: '/', port }, periodSeconds: 2, ...rest });
const declared = (containerPort: number, name?: string) => ({ ports: [{ containerPort, ...(name && { name }) }] });
const killing = (check = 'liveness') => eventOf('Killing', `Container app failed ${check} probe, will be restarted`);
const unhealthy = (text: string, seconds = 21) => eventOf('Unhealthy', text, seconds);
const refused = (check = 'Liveness', port = 9999) => `${check} probe failed: Get "http://10.1.0.9:${port}/": dial tcp 10.1.0.9:${port}: connect: connection refused`;
const status = (code: number, check = 'Liveness') => `${check} probe failed: HTTP probe failed with statuscode: ${code}`;
const timeout = 'Liveness probe failed: Get "http://10.1.0.9:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

/** Killed 20 s ago, and waits for its next try. */
function killed(container: Partial<Container>, events: KubeEvent[], rest: Partial<World> = {}, of: ContainerStatus = looping(137)): World {
  return crashWorld({ containers: [container], statuses: [of], world: { events, ...rest } });
}
/** Has been running for so many seconds, not ready. */
function unready(container: Partial<Container>, events: KubeEvent[], rest: Partial<World> = {}, seconds = 120): World {
  return crashWorld({ containers: [container], statuses: [runs(seconds)], world: { events, ...rest } });
}
const at = (...ports: (number | string)[]): { listeners: Listener[] } =>
  ({ listeners: ports.map((each) => (typeof each === 'number' ? { address: '0.0.0.0', port: each } : { address: '127.0.0.1', port: Number(each) })) });

const gate = (conditions: { type: string; status: string; reason?: string; message?: string }[], gates = ['example.com/ready']): World => crashWorld({
  statuses: [runs(60, { ready: true })], spec: { readinessGates: gates.map((conditionType) => ({ conditionType })) },
  status: { conditions: [{ type: 'ContainersReady', status: 'True' }, { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: 'corresponding condition of pod readiness gate "example.com/ready" does not exist.' }, ...conditions] },
});

const cases: Record<string, [World, string[], Record<string, string | number>?]> = {
  // PRB-02
  'the wrong port, another is declared': [killed({ livenessProbe: http(9999), ...declared(8080) }, [killing(), unhealthy(refused())]),
    ['PRB-02 error proven *F12.port F12.startup F12.probe F12.remove'], { tail: 'refused', known: 'declared_other', right: 8080, port: '9999', tries: 3 }],
  'the wrong port, the program runs and listens on another': [
    killed({ livenessProbe: http(9999) }, [killing(), unhealthy(refused())], at(8080), runsAgain(137)), ['PRB-02 error proven *F12.port F12.probe F12.remove'], { known: 'other_port', right: 8080 }],
  'several listeners, the declared one': [killed({ livenessProbe: http(9999), ...declared(8080) }, [killing(), unhealthy(refused())], at(9090, 8080), runsAgain(137)), ['PRB-02 error proven *F12.port F12.probe F12.remove'], { right: 8080 }],
  'several listeners, none declared': [killed({ livenessProbe: http(9999) }, [killing(), unhealthy(refused())], at(9090, 8080), runsAgain(137)), ['PRB-02 error proven *F12.probe F12.remove'], { right: 0 }],
  'listens for itself only': [killed({ livenessProbe: http(8080) }, [killing(), unhealthy(refused('Liveness', 8080))], at('8080'), runsAgain(137)), ['PRB-02 error proven *F12.probe F12.remove'], { known: 'loopback' }],
  'the right port, too early': [killed({ livenessProbe: http(8080), ...declared(8080) }, [killing(), unhealthy(refused('Liveness', 8080))]), ['PRB-02 error proven *F12.startup F12.probe F12.remove'], { known: 'unknown' }],
  'a startup probe is there already': [killed({ livenessProbe: http(8080), startupProbe: http(8080), ...declared(8080) }, [killing(), unhealthy(refused('Liveness', 8080))]), ['PRB-02 error proven *F12.probe F12.remove']],
  'the page does not exist': [killed({ livenessProbe: http(8080) }, [killing(), unhealthy(status(404))]), ['PRB-02 error proven *F12.probe F12.remove'], { tail: 'not_found', code: 404, path: '/' }],
  'a login': [killed({ livenessProbe: http(8080) }, [killing(), unhealthy(status(401))]), ['PRB-02 error proven *F12.probe F12.remove'], { tail: 'login', code: 401 }],
  'the app is not well': [killed({ livenessProbe: http(8080) }, [killing(), unhealthy(status(500))]), ['PRB-02 error proven *F12.startup F12.probe F12.remove'], { tail: 'server_error' }],
  'too slow': [killed({ livenessProbe: http(8080) }, [killing(), unhealthy(timeout)]), ['PRB-02 error proven *F12.startup F12.timeout F12.probe F12.remove'], { tail: 'timeout', timeout: 1 }],
  'a command': [
    killed({ livenessProbe: { exec: { command: ['cat', '/tmp/ok'] } } }, [killing(), unhealthy('Liveness probe failed: cat: can\'t open \'/tmp/ok\': No such file or directory\n')]), ['PRB-02 error proven *F12.probe F12.remove'], { tail: 'output', command: 'cat /tmp/ok', period: 10 }],
  'the answer was dropped': [killed({ livenessProbe: http(8080) }, [killing()]), ['PRB-02 error proven *F12.startup F12.probe F12.remove'], { tail: 'none' }],
  'the killing was dropped': [killed({ livenessProbe: http(9999), ...declared(8080) }, [unhealthy(refused())]), ['PRB-02 error likely *F12.port F12.startup F12.probe F12.remove']],
  'it obeyed SIGTERM': [killed({ livenessProbe: http(9999), ...declared(8080) }, [killing(), unhealthy(refused())], {}, looping(0)), ['PRB-02 error proven *F12.port F12.startup F12.probe F12.remove']],
  'the answer is of a run before the last, which crashed': [killed({ livenessProbe: http(9999) }, [eventOf('Killing', 'Container app failed liveness probe, will be restarted', 90), unhealthy(refused(), 90)], {}, looping(1)), ['CRA-02 error strong F20.command recreate']],
  'out of memory while its probe failed': [killed({ livenessProbe: http(8080) }, [unhealthy(timeout)], {}, looping(137, { reason: 'OOMKilled' })), ['CRA-06 error likely recreate']],
  'killed once, and well since': [killed({ livenessProbe: http(8080) }, [killing(), unhealthy(timeout)], {}, runsAgain(137, { restartCount: 1 })), []],
  'failed once, not killed': [crashWorld({ containers: [{ livenessProbe: http(8080) }], statuses: [runs(60, { ready: true })], world: { events: [unhealthy(timeout)] } }), []],
  'an older revision is ready': [
    crashWorld({ containers: [{ livenessProbe: http(8080) }], statuses: [looping(137)], metadata: owned, world: { events: [killing(), unhealthy(status(404))], owners: [revision(2, 0), deployment], revisions: [revision(1, 2), revision(2, 0)] } }),
    ['PRB-02 error proven *F17.rollback F12.probe F12.remove']],

  // PRB-01
  'killed by its startup probe': [
    killed({ startupProbe: http(8080), ...declared(8080) }, [killing('startup'), unhealthy(refused('Startup', 8080))]), ['PRB-01 error proven *F12.tries F12.probe F12.remove'], { state: 'killed', check: 'startup' }],
  'the startup probe asks the wrong port': [
    killed({ startupProbe: http(9999), livenessProbe: http(9999), ...declared(8080) }, [killing('startup'), unhealthy(refused('Startup'))]), ['PRB-01 error proven *F12.port F12.tries F12.probe F12.remove']],
  'a patient startup probe': [
    killed({ startupProbe: http(8080, { failureThreshold: 60 }) }, [killing('startup'), unhealthy(refused('Startup', 8080))]), ['PRB-01 error proven *F12.probe F12.remove']],
  'still starting': [
    crashWorld({ containers: [{ startupProbe: http(8080, { failureThreshold: 60 }) }], statuses: [runs(20, { started: false })], world: { events: [unhealthy(refused('Startup', 8080), 5)] } }), ['PRB-01 warning strong *F12.probe F12.remove'], { state: 'starting' }],
  'starting for a moment': [crashWorld({ containers: [{ startupProbe: http(8080) }], statuses: [runs(8, { started: false })], world: { events: [unhealthy(refused('Startup', 8080), 5)] } }), []],

  // PRB-03
  'ready: the page does not exist': [unready({ readinessProbe: http(8080) }, [unhealthy(status(404, 'Readiness'))]), ['PRB-03 error proven *F12.probe F12.remove'], { tail: 'not_found' }],
  'ready: the wrong port': [unready({ readinessProbe: http(9999), ...declared(8080) }, [unhealthy(refused('Readiness'))], at(8080)), ['PRB-03 error proven *F12.port F12.probe F12.remove'], { right: 8080 }],
  'ready: a port name that is not declared': [
    unready({ readinessProbe: http('web'), ...declared(8080, 'http') }, [unhealthy('Readiness probe errored: strconv.Atoi: parsing "web": invalid syntax')]), ['PRB-03 error proven *F12.port F12.probe F12.remove'], { tail: 'port_name', port: 'web', right: 8080 }],
  'ready: too slow': [unready({ readinessProbe: http(8080) }, [unhealthy(timeout.replace('Liveness', 'Readiness'))]), ['PRB-03 error proven *F12.timeout F12.probe F12.remove']],
  'ready: no answer was recorded': [unready({ readinessProbe: http(8080) }, []), ['PRB-03 error strong *F12.probe F12.remove'], { tail: 'none' }],
  'ready: it may be starting': [unready({ readinessProbe: http(8080, { initialDelaySeconds: 30 }) }, [unhealthy(refused('Readiness', 8080), 2)], {}, 32), []],
  'ready: it has had its time': [unready({ readinessProbe: http(8080, { initialDelaySeconds: 30 }) }, [unhealthy(refused('Readiness', 8080), 2)], {}, 40), ['PRB-03 error proven *F12.probe F12.remove']],
  'ready: an answer of the run before': [unready({ readinessProbe: http(8080) }, [unhealthy(status(404, 'Readiness'), 60)], {}, 5), []],
  'not ready, but no probe': [unready({}, []), []],

  // PRB-04
  'a gate that nobody sets': [gate([]), ['PRB-04 error proven *F12.no-gates F12.gates'], { types: 'example.com/ready', count: 1, unset: 'yes' }],
  'a gate that was set to False': [gate([{ type: 'example.com/ready', status: 'False' }]), ['PRB-04 error proven F12.no-gates *F12.gates'], { unset: 'no' }],
  'gates that are open': [gate([{ type: 'example.com/ready', status: 'True' }]), []],
};

test.each(Object.entries(cases))('%s', (_, [world, expected, params = {}]) => {
  const found = diagnose(world);
  expect(brief(found)).toEqual(expected);
  expect(found[0]?.message.params ?? {}).toMatchObject(params);
});

const [finding] = diagnose(killed({ livenessProbe: http(9999), readinessProbe: http(9999), startupProbe: http(8080), ...declared(8080) }, [killing(), unhealthy(refused())], at(8080), runsAgain(137)));

test('every probe that asks the wrong port goes to the right one; without its probe nothing is asked', () => {
  const edits = (key: string) => finding?.fixes.flatMap((fix) => (fix.action === 'change' && fix.key === key ? fix.parts.flatMap((part) => ('edits' in part ? part.edits : [])) : []));
  const probe = (...path: string[]) => ['spec', 'containers', { name: 'app' }, ...path];
  expect(edits('F12.port')).toEqual([
    { path: probe('livenessProbe', 'httpGet', 'port'), value: 8080 }, { path: probe('readinessProbe', 'httpGet', 'port'), value: 8080 }]);
  expect(edits('F12.remove')).toEqual([{ path: probe('livenessProbe') }]);
});

test('the proof: the answer, the kill, the end, the probe and what listens', () => {
  expect(finding?.evidence.map(({ kind, path, at }) => [kind, path ?? at])).toEqual([
    ['event', ago(21)], ['event', ago(21)], ['status', 'status.containerStatuses[0].lastState.terminated'], ['manifest', 'spec.containers[0].livenessProbe.httpGet.port'], ['status', undefined]]);
  expect(finding?.raw).toBe(refused());
});

test('a startup probe has thirty tries at the pace of the liveness probe', () => {
  const [slow] = diagnose(killed({ livenessProbe: http(8080, { failureThreshold: 3 }), ...declared(8080) }, [killing(), unhealthy(refused('Liveness', 8080))]));
  expect(slow?.fixes[0]).toMatchObject({ key: 'F12.startup', parts: [{ edits: [{
    path: ['spec', 'containers', { name: 'app' }, 'startupProbe'], value: { httpGet: { path: '/', port: 8080 }, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 30 } }] }] });
});
