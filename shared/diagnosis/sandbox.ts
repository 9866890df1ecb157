// SBX: the pod's sandbox, the small container that holds its network and its limits, does not come up.
import type { Finding, Fix } from '../contract/findings.ts';
import { containersOf } from '../kubernetes/containers.ts';
import { eventMessage, eventTime } from '../kubernetes/events.ts';
import type { KubeEvent } from '../kubernetes/objects.ts';
import { quantityValue } from '../kubernetes/quantity.ts';
import { findingOf, hostFix, podFix } from './cause.ts';
import type { Cause, PodCase } from './cause.ts';
import { eventEvidence, fieldEvidence } from './evidence.ts';
import { nodeCondition, nodeConditionEvidence, nodeOf, restartNode, storeOf } from './node-of.ts';
import { writePath } from './path-fix.ts';
import { fieldsAt, textIn } from './spec-fields.ts';

export const sandboxCauses: readonly Cause<PodCase>[] = [
  { id: 'SBX-03', find: tooLittleMemory },
  { id: 'SBX-02', find: networkNotReady },
  { id: 'SBX-01', find: noSandbox },
];

/** The newest failure, where no sandbox came up after it: pulling and creating need one. */
function failure({ events }: PodCase): KubeEvent | undefined {
  const failed = events.find(({ reason }) => reason === 'FailedCreatePodSandBox');
  const since = Date.parse(failed ? eventTime(failed) : '') || 0;
  return events.some((event) => /^(Pulling|Pulled|Created|Started)$/.test(event.reason ?? '') && (Date.parse(eventTime(event)) || 0) > since) ? undefined : failed;
}

/** Below this hardly any runtime starts a process. */
const SMALL = 16 * 2 ** 20;

/** With a limit of a few bytes the sandbox is killed before the program is reached; such a pod never says OOMKilled. */
function tooLittleMemory(subject: PodCase): Finding | undefined {
  const event = failure(subject);
  if (!event || !/memory limit too low|OOM-killed|cannot allocate memory/.test(eventMessage(event))) return undefined;
  const small = containersOf(subject.pod).flatMap(({ container, init, path }) => {
    const limit = textIn(fieldsAt(container['resources'], 'limits'), 'memory');
    const bytes = quantityValue(limit);
    return bytes === undefined || bytes >= SMALL ? [] : [{ name: container.name, init, path, limit, next: /^(\d+)m$/.test(limit) && parseInt(limit, 10) >= 16 ? `${parseInt(limit, 10)}Mi` : '64Mi' }];
  });
  const [first] = small;
  if (!first) return undefined;
  const edits = small.map(({ name, init, next }) => ({ path: ['spec', init ? 'initContainers' : 'containers', { name }, 'resources', 'limits', 'memory'], value: next }));
  return findingOf(subject, 'SBX-03', {
    confidence: 'strong', params: { name: first.name, limit: first.limit, milli: first.limit.endsWith('m') ? 'yes' : 'no', next: first.next }, raw: eventMessage(event),
    explanation: first.limit.endsWith('m') ? 'explanation-milli' : 'explanation',
    evidence: [...small.map(({ path, limit }) => fieldEvidence(subject, `${path}.resources.limits.memory`, limit)), eventEvidence(event)],
    fixes: [
      ...podFix(subject, 'F11.memory-limit', edits, { recommended: true, params: { name: first.name, next: first.next } }),
      ...writePath(subject, 'F11.write-resources', `${first.path}.resources`),
    ],
  });
}

/** The kubelet refuses pods of an own network until its network plugin says that it is there. */
function networkNotReady(subject: PodCase): Finding | undefined {
  const node = nodeOf(subject);
  const ready = node && nodeCondition(node, 'Ready');
  const says = ready !== undefined && isNetworkMissing(ready.status, ready.message);
  const event = subject.events.find((each) => each.reason === 'NetworkNotReady' && /network is not ready:/.test(eventMessage(each)));
  const newer = event && subject.events.some((each) => /^(Pulling|Pulled|Created|Started)$/.test(each.reason ?? '') && Date.parse(eventTime(each)) > Date.parse(eventTime(event)));
  if (!says && (!event || newer || ready?.status === 'True')) return undefined;
  return findingOf(subject, 'SBX-02', {
    confidence: says ? 'proven' : 'strong', params: { store: storeOf(subject) }, raw: event ? eventMessage(event) : ready?.message,
    evidence: [...(node && ready && says ? [nodeConditionEvidence(node, ready)] : []), ...(event ? [eventEvidence(event)] : [])], fixes: restartNode(subject),
  });
}

/** Whether that is why a node is not ready. */
export function isNetworkMissing(status: string, message = ''): boolean {
  return status === 'False' && /cni plugin not initialized|cni config uninitialized|NetworkPluginNotReady/.test(message);
}

const IMAGE = /"([^"\s]*pause[^"\s]*)"/;

function noSandbox(subject: PodCase): Finding | undefined {
  const event = failure(subject);
  if (!event) return undefined;
  const message = eventMessage(event);
  const handler = /RuntimeHandler "([^"]*)" not supported|no runtime for "([^"]*)"/.exec(message);
  const asked = subject.pod.spec?.['runtimeClassName'];
  const image = /sandbox image|pulling image|get sandbox/.test(message) ? IMAGE.exec(message)?.[1] : undefined;
  const parts = { raw: message, confidence: 'strong' as const, evidence: [eventEvidence(event)] };
  if (handler) {
    return findingOf(subject, 'SBX-01', {
      ...parts, sentence: 'sentence-runtime', explanation: 'explanation-runtime', params: { handler: (handler[1] ?? handler[2]) || '?', class: typeof asked === 'string' && asked !== '' ? asked : 'none' },
      evidence: [...(typeof asked === 'string' ? [fieldEvidence(subject, 'spec.runtimeClassName', asked)] : []), eventEvidence(event)],
      fixes: typeof asked === 'string' && asked !== '' ? podFix(subject, 'F20.drop-runtime-class', [{ path: ['spec', 'runtimeClassName'] }], { recommended: true, params: { class: asked } }) : [],
    });
  }
  if (image !== undefined) {
    return findingOf(subject, 'SBX-01', { ...parts, sentence: 'sentence-image', explanation: 'explanation-image', params: { image }, fixes: bringPause(subject, image) });
  }
  if (/\bcni\b|network for pod|network plugin/i.test(message)) {
    return findingOf(subject, 'SBX-01', { ...parts, sentence: 'sentence-network', explanation: 'explanation-network', params: { store: storeOf(subject) }, fixes: restartNode(subject) });
  }
  return findingOf(subject, 'SBX-01', parts);
}

/** The image is pulled where there is a network, and put where the kubelet looks for it. */
function bringPause(subject: PodCase, image: string): Fix[] {
  const node = subject.pod.spec?.nodeName ?? '';
  const cluster = node.replace(/-(control-plane|worker)\d*$/, '');
  const into = { kind: [`kind load docker-image ${image} --name ${cluster}`], minikube: [`minikube image load ${image} -p ${node}`], shared_docker: [] as string[] }[storeOf(subject)];
  return into === undefined || !/^[\w./:@-]+$/.test(image) ? [] : [hostFix('F21.sandbox-image', [`docker pull ${image}`, ...into], { recommended: true, params: { image } })];
}
