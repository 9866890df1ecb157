// VOL: the node cannot bring the pod's volumes up, so no container starts. The kubelet tries again by itself, at longer and longer intervals (two minutes at most).
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import { eventMessage, eventTime } from '../kubernetes/events.ts';
import type { KubeEvent } from '../kubernetes/objects.ts';
import { findingOf, hostFix, podFix, retryFix, writeFix } from './cause.ts';
import type { Cause, PodCase } from './cause.ts';
import { nearKey } from './config-key.ts';
import { begunObject, keysOf, wantedKeys, withKey } from './config-uses.ts';
import type { ConfigKind } from './config-uses.ts';
import { eventEvidence, fieldEvidence, missingEvidence, objectEvidence } from './evidence.ts';
import { storeOf } from './node-of.ts';
import { sandboxCauses } from './sandbox.ts';
import { fieldsAt, fieldsIn, textIn } from './spec-fields.ts';

export const startCauses: readonly Cause<PodCase>[] = [
  { id: 'VOL-01', find: (subject) => failedMount(subject, missingSource) },
  { id: 'VOL-02', find: (subject) => failedMount(subject, hostPath) },
  ...sandboxCauses,
  { id: 'VOL-03', find: (subject) => failedMount(subject, notAttached) },
];

/**
 * The newest complaint about a volume that is of this kind. Once an image is pulled or a container made, the volumes are there, and an older complaint is over:
 * a container says ContainerCreating during a download, too.
 */
function failedMount(subject: PodCase, find: (subject: PodCase, event: KubeEvent, message: string) => Finding | undefined): Finding | undefined {
  const done = Math.max(0, ...subject.events.filter(({ reason }) => /^(Pulling|Pulled|Created|Started)$/.test(reason ?? '')).map((event) => Date.parse(eventTime(event)) || 0));
  for (const event of subject.events) {
    if (!/^Failed(Mount|AttachVolume|MapVolume)$/.test(event.reason ?? '') || (Date.parse(eventTime(event)) || 0) < done) continue;
    const finding = find(subject, event, eventMessage(event));
    if (finding) return finding;
  }
  return undefined;
}

/** A ConfigMap or a Secret as files: the object or one of its keys is missing. A projected volume says the same words. */
function missingSource(subject: PodCase, event: KubeEvent, message: string): Finding | undefined {
  const [, volume = '', rest = ''] = /^MountVolume\.SetUp failed for volume "([^"]+)" : ([^]*)$/.exec(message) ?? [];
  const [, kindWord, missing] = /^(configmap|secret) "([^"]+)" not found/.exec(rest) ?? [];
  if (missing !== undefined) return missingObject(subject, event, volume, kindWord === 'secret' ? 'Secret' : 'ConfigMap', missing);
  const [, keyKind, key] = /references non-existent (config|secret) key: (.+?)\s*$/.exec(rest) ?? [];
  if (key === undefined) return undefined;
  const kind: ConfigKind = keyKind === 'secret' ? 'Secret' : 'ConfigMap';
  const source = sourcesOf(subject, volume, kind).find(({ items }) => items.some((item) => textIn(item, 'key') === key));
  const found = source && subject.world.related?.[`${kind}/${source.name}`];
  const object = found === 'missing' ? undefined : found;
  const keys = object && keysOf(object);
  const params = { volume, kind, name: source?.name ?? '?', key, keys: keys?.slice(0, 8).join(', ') || 'none' };
  const parts = { raw: message, evidence: [eventEvidence(event), ...(source ? [fieldEvidence(subject, `${source.path}.items`, source.items)] : []), ...(object ? [objectEvidence({ ...object, kind }, 'data', keys)] : [])] };
  if (keys?.includes(key)) return findingOf(subject, 'VOL-01', { ...parts, severity: 'warning', confidence: 'proven', sentence: 'sentence-key-arrived', explanation: 'explanation-arrived', params, fixes: retryFix(subject) });
  const near = keys && nearKey(key, keys);
  const index = source?.items.findIndex((item) => textIn(item, 'key') === key) ?? -1;
  const use = near === undefined || !source || index < 0 ? []
    : podFix(subject, 'F20.use-key', [{ path: [...source.steps, 'items', index, 'key'], value: near }], { recommended: true, params: { ...params, near } });
  // Of a Secret the values are not known here, so that nothing is begun which would be applied over them.
  const add = object && kind === 'ConfigMap' && object['immutable'] !== true ? [writeFix('F10.add-key', { manifest: withKey(object, key) }, { recommended: use.length === 0, danger: 'g', params: { name: params.name, key } })] : [];
  return findingOf(subject, 'VOL-01', { ...parts, confidence: keys ? 'proven' : 'strong', sentence: 'sentence-key', explanation: 'explanation-key', params, fixes: [...use, ...add] });
}

function missingObject(subject: PodCase, event: KubeEvent, volume: string, kind: ConfigKind, name: string): Finding | undefined {
  const { world, pod } = subject;
  const found = world.related?.[`${kind}/${name}`];
  const elsewhere = world.elsewhere?.[`${kind}/${name}`] ?? [];
  const [source] = sourcesOf(subject, volume, kind).filter((each) => each.name === name);
  const parts = {
    raw: eventMessage(event), params: { volume, kind, name, elsewhere: elsewhere.join(', ') || 'none' },
    evidence: [
      eventEvidence(event), ...(source ? [fieldEvidence(subject, source.path, name)] : []),
      ...(found === 'missing' ? [missingEvidence(subject, kind, name)] : []),
      ...(found !== undefined && found !== 'missing' ? [objectEvidence({ ...found, kind }, 'metadata.creationTimestamp', found.metadata.creationTimestamp ?? '')] : []),
    ],
  };
  if (found !== undefined && found !== 'missing') {
    return findingOf(subject, 'VOL-01', { ...parts, severity: 'warning', confidence: 'proven', sentence: 'sentence-arrived', explanation: 'explanation-arrived', fixes: retryFix(subject) });
  }
  const keys = wantedKeys(pod, kind, name);
  const namespace = pod.metadata.namespace ?? '';
  return findingOf(subject, 'VOL-01', {
    ...parts, confidence: found === 'missing' ? 'proven' : 'strong',
    fixes: [writeFix(`F10.create-${kind.toLowerCase()}`, { manifest: begunObject(kind, namespace, name, keys) },
      { recommended: true, danger: 'g', params: { name, keys: keys.join(', '), count: keys.length, namespace } })],
  });
}

interface Source { readonly name: string; readonly path: string; readonly steps: (string | number | { name: string })[]; readonly items: Record<string, unknown>[] }

/** What a volume takes from objects of this kind: itself, or as parts of a projected one. */
function sourcesOf({ pod }: PodCase, volume: string, kind: ConfigKind): Source[] {
  const field = kind === 'Secret' ? 'secret' : 'configMap';
  return fieldsIn(pod.spec?.volumes).filter(([, each]) => textIn(each, 'name') === volume).flatMap(([index, each]): Source[] => {
    const own = fieldsAt(each, field);
    const items = (reference: unknown) => fieldsIn(fieldsAt(reference)['items']).map(([, item]) => ({ ...item }));
    const name = textIn(own, kind === 'Secret' ? 'secretName' : 'name');
    const single: Source[] = name === '' ? [] : [{ name, path: `spec.volumes[${index}].${field}`, steps: ['spec', 'volumes', { name: volume }, field], items: items(own) }];
    const parts = fieldsIn(fieldsAt(each, 'projected')['sources']).flatMap(([at, part]): Source[] => {
      const reference = fieldsAt(part, field);
      return textIn(reference, 'name') === '' ? [] : [{
        name: textIn(reference, 'name'), path: `spec.volumes[${index}].projected.sources[${at}].${field}`,
        steps: ['spec', 'volumes', { name: volume }, 'projected', 'sources', at, field], items: items(reference),
      }];
    });
    return [...single, ...parts];
  });
}

/** pkg/volume/hostpath: `hostPath type check failed: /path is not a directory` also where nothing is there at all. */
function hostPath(subject: PodCase, event: KubeEvent, message: string): Finding | undefined {
  const [, path, kind] = /hostPath type check failed: (.+?) is not a (.+?)\s*$/.exec(message) ?? [];
  if (path === undefined) return undefined;
  const [, volume = ''] = /for volume "([^"]+)"/.exec(message) ?? [];
  const [index, own] = fieldsIn(subject.pod.spec?.volumes).find(([, each]) => textIn(each, 'name') === volume) ?? [];
  const type = textIn(fieldsAt(own, 'hostPath'), 'type');
  const next = { Directory: 'DirectoryOrCreate', File: 'FileOrCreate' }[type];
  const params = { volume, path, type: type || 'none', what: kind ?? '', store: storeOf(subject) };
  const make = next === undefined ? [] : podFix(subject, 'F20.host-path-type', [{ path: ['spec', 'volumes', { name: volume }, 'hostPath', 'type'], value: next }], { recommended: true, params: { path, type: next } });
  return findingOf(subject, 'VOL-02', {
    confidence: 'strong', params, raw: message,
    evidence: [eventEvidence(event), ...(index === undefined ? [] : [fieldEvidence(subject, `spec.volumes[${index}].hostPath`, fieldsAt(own, 'hostPath'))])],
    fixes: [...make, ...makeOnNode(subject, path, type)],
  });
}

/** For a node that is a container or minikube's machine; nothing for a path that a shell would read in another way. */
function makeOnNode(subject: PodCase, path: string, type: string): Fix[] {
  const node = subject.pod.spec?.nodeName ?? '';
  const line = { kind: `docker exec ${node} mkdir -p ${path}`, k3d: `docker exec ${node} mkdir -p ${path}`, minikube: `minikube ssh -p ${node} -- sudo mkdir -p ${path}` }[storeOf(subject)];
  return type !== 'Directory' || line === undefined || !/^[\w./-]+$/.test(path) ? [] : [hostFix('F21.make-path', [line], { params: { path, node } })];
}

function notAttached(subject: PodCase, event: KubeEvent, message: string): Finding | undefined {
  // A secret or a token that the kubelet has not read yet comes by itself.
  if (/failed to sync (configmap|secret) cache/.test(message)) return undefined;
  const multi = /Multi-Attach error for volume "([^"]+)"(?: Volume is already (?:used by pod\(s\) (.+?)|exclusively attached.*))?\s*$/.exec(message);
  const failed = /^(?:MountVolume|AttachVolume|MapVolume)\.[\w.]+ failed for volume "([^"]+)"/.exec(message);
  const waited = /^Unable to attach or mount volumes: unmounted volumes=\[([^\]]+)\]/.exec(message);
  const volume = multi?.[1] ?? failed?.[1] ?? waited?.[1];
  if (volume === undefined) return undefined;
  // What the kubelet says every two minutes names no cause; another event may.
  const exact = waited ? subject.events.find((each) => /^Failed(Mount|AttachVolume|MapVolume)$/.test(each.reason ?? '') && !/^Unable to attach|failed to sync/.test(eventMessage(each))) : undefined;
  const named = (exact && notAttached(subject, exact, eventMessage(exact))) ?? undefined;
  if (named) return named;
  const users = multi?.[2] ?? 'none';
  const source = volumeEvidence(subject, volume);
  const variant = multi ? 'multi' : failed ? 'failed' : undefined;
  return findingOf(subject, 'VOL-03', {
    confidence: 'strong', ...(variant && { sentence: `sentence-${variant}`, explanation: `explanation-${variant}` }), params: { volume: volume.split(' ').join(', '), users }, raw: message,
    evidence: [eventEvidence(event), ...source],
  });
}

function volumeEvidence(subject: PodCase, volume: string): Evidence[] {
  const [index, own] = fieldsIn(subject.pod.spec?.volumes).find(([, each]) => textIn(each, 'name') === volume) ?? [];
  return index === undefined ? [] : [fieldEvidence(subject, `spec.volumes[${index}]`, own)];
}
