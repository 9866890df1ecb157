// SCH-04: the pod's disk. A claim of a class that waits for its first pod (WaitForFirstConsumer) is not among what the scheduler complains of.
import type { Evidence, Finding, Fix } from '../contract/findings.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { changeFix, findingOf, isYoung, writeFix } from './cause.ts';
import type { PodCase } from './cause.ts';
import { missingEvidence, objectEvidence } from './evidence.ts';
import { counts } from './refused.ts';
import type { Refused } from './refused.ts';
import { fieldsAt, fieldsIn, textIn, textsIn } from './spec-fields.ts';

const DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export function claimNotReady(refused: Refused): Finding | undefined {
  const { subject, message, token, said, nodes } = refused;
  const missing = /persistentvolumeclaim "([^"]+)" not found/.exec(token.text)?.[1];
  const base = { raw: message.raw };
  const all = { ...counts(message, token) };
  if (missing !== undefined) {
    const found = subject.world.related?.[`PersistentVolumeClaim/${missing}`];
    return findingOf(subject, 'SCH-04', {
      ...base, confidence: found === 'missing' ? 'proven' : 'strong', params: { ...all, claim: missing },
      evidence: [...said, ...(found === 'missing' ? [missingEvidence(subject, 'PersistentVolumeClaim', missing)] : [])],
      fixes: [writeClaim(subject, missing)],
    });
  }
  if (/is being deleted/.test(token.text)) {
    const claim = /persistentvolumeclaim "([^"]+)"/.exec(token.text)?.[1] ?? '?';
    return findingOf(subject, 'SCH-04', { ...base, confidence: 'strong', sentence: 'sentence-deleted', explanation: 'explanation-deleted', params: { ...all, claim }, evidence: said });
  }
  const claims = claimNames(subject);
  const names = claims.join(', ') || '?';
  if (/volume node affinity conflict/.test(token.text)) {
    return findingOf(subject, 'SCH-04', { ...base, confidence: 'strong', sentence: 'sentence-elsewhere', explanation: 'explanation-elsewhere', params: { ...all, claim: names }, evidence: said });
  }
  // A provisioner has a moment to make the disk.
  if (isYoung(subject)) return undefined;
  const pending = claims.flatMap((name): KubeObject[] => {
    const claim = subject.world.related?.[`PersistentVolumeClaim/${name}`];
    return claim === undefined || claim === 'missing' || textIn(fieldsAt(claim, 'status'), 'phase') === 'Bound' ? [] : [claim];
  })[0];
  const why = pending ? reasonOf(subject, pending) : undefined;
  const name = pending?.metadata.name ?? names;
  const className = pending ? textIn(fieldsAt(pending, 'spec'), 'storageClassName') : '';
  return findingOf(subject, 'SCH-04', {
    ...base, confidence: why ? 'proven' : 'strong', sentence: `sentence-${why ?? 'unbound'}`, explanation: `explanation-${why ?? 'unbound'}`,
    params: { ...all, claim: name, class: className || 'none' },
    evidence: [...said, ...(pending ? claimEvidence(subject, pending, className, why) : [])],
    fixes: pending && nodes.length === 1 && why !== 'provisioner' ? diskOnNode(pending, className) : [],
  });
}

/** Undefined where the classes are not known. */
function reasonOf({ world: { storageClasses } }: PodCase, claim: KubeObject): 'no-class' | 'class-missing' | 'provisioner' | undefined {
  if (storageClasses === undefined) return undefined;
  const wanted = fieldsAt(claim, 'spec')['storageClassName'];
  if (wanted === undefined || wanted === '') return 'no-class';
  const found = storageClasses.find(({ metadata }) => metadata.name === wanted);
  if (!found) return 'class-missing';
  // Such a class makes no disks: somebody has to.
  return found['provisioner'] === 'kubernetes.io/no-provisioner' ? 'no-class' : 'provisioner';
}

function claimEvidence(subject: PodCase, claim: KubeObject, className: string, why: string | undefined): Evidence[] {
  const object = { ...claim, kind: 'PersistentVolumeClaim' };
  return [
    objectEvidence(object, 'status.phase', textIn(fieldsAt(claim, 'status'), 'phase') || 'Pending'),
    ...(className === '' ? [] : [objectEvidence(object, 'spec.storageClassName', className)]),
    ...(why === 'class-missing' ? [missingEvidence({ ...subject, pod: { ...subject.pod, metadata: { name: subject.pod.metadata.name ?? '' } } }, 'StorageClass', className)] : []),
  ];
}

function claimNames({ pod }: PodCase): string[] {
  return fieldsIn(pod.spec?.volumes).flatMap(([, volume]) => textIn(fieldsAt(volume, 'persistentVolumeClaim'), 'claimName') || []);
}

/** How large it has to be, nobody has said yet. */
function writeClaim({ pod: { metadata }, world: { storageClasses = [] } }: PodCase, name: string): Fix {
  const standard = storageClasses.find((each) => DEFAULT_CLASS.some((key) => each.metadata.annotations?.[key] === 'true'));
  const only = standard ?? (storageClasses.length === 1 ? storageClasses[0] : undefined);
  return writeFix('F16.claim', {
    manifest: {
      apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, ...(metadata.namespace && { namespace: metadata.namespace }) },
      spec: { ...(only?.metadata.name && { storageClassName: only.metadata.name }), accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  }, { recommended: true, danger: 'g', params: { claim: name } });
}

/** A folder of the only node as the disk, of the claim's own size and modes, for this claim alone: what a learner's cluster without a provisioner can have. */
function diskOnNode(claim: KubeObject, className: string): Fix[] {
  const { name = '', namespace = 'default', uid } = claim.metadata;
  const spec = fieldsAt(claim, 'spec');
  const size = textIn(fieldsAt(spec, 'resources', 'requests'), 'storage');
  const modes = textsIn(spec, 'accessModes');
  // With a selector, or as a bare device, a folder would not do.
  if (size === '' || modes.length === 0 || spec['selector'] !== undefined || spec['dataSource'] !== undefined || textIn(spec, 'volumeMode') === 'Block') return [];
  const path = `/var/lib/podlab-volumes/${namespace}/${name}`;
  const volume = {
    apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `${namespace}-${name}` },
    spec: {
      capacity: { storage: size }, accessModes: [...modes], storageClassName: className, persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, ...(uid && { uid }) },
      hostPath: { path, type: 'DirectoryOrCreate' },
    },
  };
  return [changeFix('F16.volume', [{ on: 'new', object: volume }], { recommended: true, danger: 'g', params: { claim: name, volume: `${namespace}-${name}`, size, path } })];
}
