// CFG: the kubelet cannot put together what the container is to get (waiting reason CreateContainerConfigError).
// The texts are the kubelet's own (pkg/kubelet/kubelet_pods.go, kuberuntime/security_context.go), the same with every runtime.
import type { Evidence, Finding } from '../contract/findings.ts';
import { findingOf, retryFix, writeFix } from './cause.ts';
import type { Cause, ContainerCase } from './cause.ts';
import { begunObject, environmentUses, optionalFix, useEvidence, wantedKeys } from './config-uses.ts';
import type { ConfigKind } from './config-uses.ts';
import { missingKey } from './config-key.ts';
import { rootForbidden } from './config-user.ts';
import { fieldEvidence, missingEvidence, objectEvidence, otherEvidence, waitingEvidence } from './evidence.ts';
import { writePath } from './path-fix.ts';
import { fieldsIn, textIn } from './spec-fields.ts';

export const configCauses: readonly Cause<ContainerCase>[] = [
  { id: 'CFG-01', find: (c) => missingObject(c, 'ConfigMap', 'CFG-01') },
  { id: 'CFG-02', find: (c) => missingObject(c, 'Secret', 'CFG-02') },
  { id: 'CFG-03', find: (c) => inConfigError(c, missingKey) },
  { id: 'CFG-04', find: (c) => inConfigError(c, rootForbidden) },
  { id: 'CFG-05', find: (c) => inConfigError(c, anythingElse) },
];

function inConfigError(c: ContainerCase, find: (c: ContainerCase) => Finding | undefined): Finding | undefined {
  return c.waiting.reason === 'CreateContainerConfigError' ? find(c) : undefined;
}

function missingObject(c: ContainerCase, kind: ConfigKind, id: string): Finding | undefined {
  return inConfigError(c, () => {
    const name = /^(?:configmap|secret) "([^"]+)" not found$/.exec(c.waiting.message)?.[1];
    if (name === undefined || c.waiting.message.startsWith('configmap') !== (kind === 'ConfigMap')) return undefined;
    const uses = environmentUses(c.pod, kind, name);
    const found = c.world.related?.[`${kind}/${name}`];
    const used = useEvidence(c, uses.filter(({ container }) => container === c.name), name);
    const raw = c.waiting.message;
    if (found !== undefined && found !== 'missing') {
      return findingOf(c, id, {
        severity: 'warning', confidence: 'proven', sentence: 'sentence-arrived', explanation: 'explanation-arrived', params: { name }, raw,
        evidence: [waitingEvidence(c), ...used, objectEvidence(found, 'metadata.creationTimestamp', found.metadata.creationTimestamp ?? '')], fixes: retryFix(c),
      });
    }
    const elsewhere = c.world.elsewhere?.[`${kind}/${name}`] ?? [];
    const keys = wantedKeys(c.pod, kind, name);
    return findingOf(c, id, {
      confidence: found === 'missing' ? 'proven' : 'strong', explanation: elsewhere.length > 0 ? 'explanation-elsewhere' : 'explanation',
      params: { name, keys: keys.join(', '), count: keys.length, elsewhere: elsewhere.join(', '), places: elsewhere.length }, raw,
      evidence: [waitingEvidence(c), ...used, ...(found === 'missing' ? [missingEvidence(c, kind, name)] : []), ...elsewhereEvidence(kind, name, elsewhere)],
      fixes: [
        writeFix(`F10.create-${kind.toLowerCase()}`, { manifest: begunObject(kind, c.pod.metadata.namespace ?? '', name, keys) },
          { recommended: true, danger: 'g', params: { name, keys: keys.join(', '), count: keys.length, namespace: c.pod.metadata.namespace ?? '' } }),
        ...optionalFix(c, uses, name),
      ],
    });
  });
}

function elsewhereEvidence(kind: ConfigKind, name: string, namespaces: readonly string[]): Evidence[] {
  if (namespaces.length === 0) return [];
  return [otherEvidence('object', { key: 'evidence.elsewhere', params: { kind, name, namespaces: namespaces.join(', '), count: namespaces.length } },
    { object: { kind, name, namespace: namespaces[0] ?? '' } })];
}

/** What is neither a missing object nor a forbidden user: a path inside a volume, or what nobody knows. */
function anythingElse(c: ContainerCase): Finding {
  const { message } = c.waiting;
  const common = { raw: message || c.waiting.reason };
  if (message.includes('services have not yet been read')) {
    return findingOf(c, 'CFG-05', {
      ...common, severity: 'warning', confidence: 'strong', sentence: 'sentence-soon', explanation: 'explanation-soon', evidence: [waitingEvidence(c)],
    });
  }
  const variable = /^missing value for "?([^"\s]+)"?$/.exec(message)?.[1];
  if (variable !== undefined) return subPath(c, 'variable', variable, (_path, expression) => expression.includes(`$(${variable})`));
  const path = /SubPath `([^`]*)`/.exec(message)?.[1];
  if (path !== undefined) return subPath(c, 'sub-path', path, (written, expression) => written === path || expression !== '');
  const volume = /^failed to prepare subPath for volumeMount "([^"]+)"/.exec(message)?.[1];
  if (volume !== undefined) return subPath(c, 'sub-path-failed', volume, (written, expression, name) => name === volume && written + expression !== '');
  return findingOf(c, 'CFG-05', { ...common, confidence: 'proven', evidence: [waitingEvidence(c)] });
}

function subPath(c: ContainerCase, variant: string, value: string, isIt: (path: string, expression: string, volume: string) => boolean): Finding {
  const mount = fieldsIn(c.located.container.volumeMounts).find(([, each]) => isIt(textIn(each, 'subPath'), textIn(each, 'subPathExpr'), textIn(each, 'name')));
  const field = mount && textIn(mount[1], 'subPathExpr') !== '' ? 'subPathExpr' : 'subPath';
  const path = mount && `${c.located.path}.volumeMounts[${mount[0]}].${field}`;
  return findingOf(c, 'CFG-05', {
    confidence: 'strong', sentence: `sentence-${variant}`, explanation: `explanation-${variant}`, params: { value }, raw: c.waiting.message,
    evidence: [waitingEvidence(c), ...(mount && path ? [fieldEvidence(c, path, textIn(mount[1], field))] : [])],
    fixes: path ? writePath(c, 'F20.write-sub-path', path, { recommended: true }) : [],
  });
}
