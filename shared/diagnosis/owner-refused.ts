// OWN-01 to OWN-05: why the API server takes no pod of the workload, out of the text with which it refused one.
import type { Finding } from '../contract/findings.ts';
import type { KubeObject } from '../kubernetes/objects.ts';
import { objectEvidence } from './evidence.ts';
import type { CreationFailure } from './owner-failure.ts';
import { addResources, clampResources, createAccount, tryNow, writeObject, writeTemplate } from './owner-fixes.ts';
import { ownerFinding, type OwnerFindingParts, type OwnerWorld } from './owner-world.ts';
import { boundsIn, mustSpecify } from './owner-texts.ts';
import { fieldsAt } from './spec-fields.ts';

type Parts = Omit<OwnerFindingParts, 'severity' | 'confidence' | 'evidence' | 'raw'> & Partial<Pick<OwnerFindingParts, 'severity' | 'confidence'>> & { readonly evidence?: Finding['evidence'] };

/** Always one: what has no name of its own is said in Kubernetes' words. */
export function refusedPods(world: OwnerWorld, { text, evidence }: CreationFailure): Finding {
  const finding = (id: string, { evidence: more = [], ...parts }: Parts) =>
    ownerFinding(world, id, { severity: 'error', confidence: 'strong', raw: text, ...parts, evidence: [...evidence, ...more] });

  const exceeded = /exceeded quota: ([^\s,]+), requested: (.+?), used: (.+?), limited: (.+?)\s*$/s.exec(text);
  if (exceeded) {
    const [, quota = '', requested = '', used = '', limited = ''] = exceeded;
    const found = named(world.quotas, quota);
    return finding('OWN-01', { params: { quota, requested, used, limited }, evidence: hard(found), fixes: writeObject(found, 'F19.quota') });
  }
  const unspecified = /failed quota: ([^\s:]+): must specify (.+?)\s*$/s.exec(text);
  if (unspecified) {
    const [, quota = '', list = ''] = unspecified;
    const wanted = mustSpecify(list);
    return finding('OWN-01', {
      sentence: 'sentence-unspecified', explanation: 'explanation-unspecified', params: { quota, wanted: wanted.join(', ') }, evidence: hard(named(world.quotas, quota)),
      fixes: [...addResources(world, wanted), ...writeTemplate(world, 'F11.owner-resources', 'spec.containers[0].resources')],
    });
  }
  const bounds = boundsIn(text);
  if (bounds[0]) {
    const { bound, resource, per, limit } = bounds[0];
    return finding('OWN-02', {
      params: { bound, resource, per, limit, count: bounds.length }, evidence: (world.limitRanges ?? []).slice(0, 1).map((range) => objectEvidence(range, 'spec.limits', specOf(range)['limits'])),
      fixes: [...clampResources(world, bounds), ...writeTemplate(world, 'F11.owner-resources', 'spec.containers[0].resources')],
    });
  }
  const security = /violates PodSecurity "([^"]+)": (.+?)\s*$/s.exec(text);
  const policy = /PodSecurityPolicy: unable to admit pod: (.+?)\s*$/s.exec(text);
  if (security || policy) {
    const [level, list] = security ? [security[1] ?? '', security[2] ?? ''] : ['PodSecurityPolicy', (policy?.[1] ?? '').replace(/^\[(.*)\]$/s, '$1')];
    return finding('OWN-03', { params: { level, list }, fixes: writeTemplate(world, 'F20.owner-security', 'spec.containers[0].securityContext') });
  }
  const account = /error looking up service account ([^\s/]+)\/([^\s:]+)/.exec(text);
  if (account) {
    const [, , name = ''] = account;
    const isThere = world.serviceAccounts?.[name] === 'present';
    if (isThere) return finding('OWN-04', { severity: 'warning', sentence: 'sentence-arrived', explanation: null, params: { account: name }, fixes: tryNow(world) });
    const isMissing = world.serviceAccounts?.[name] === 'missing';
    return finding('OWN-04', { confidence: isMissing ? 'proven' : 'strong', params: { account: name }, fixes: createAccount(world, name) });
  }
  return finding('OWN-05', admission(world, text));
}

function admission(world: OwnerWorld, text: string): Parts {
  const priority = /no PriorityClass with name ([^\s,]+)/.exec(text)?.[1];
  if (priority !== undefined) {
    return { sentence: 'sentence-priority', explanation: 'explanation-priority', params: { priority }, fixes: writeTemplate(world, 'F20.priority', 'spec.priorityClassName') };
  }
  const silent = /failed calling webhook "([^"]+)"/.exec(text)?.[1];
  if (silent !== undefined) return { sentence: 'sentence-silent', explanation: 'explanation-silent', params: { webhook: silent }, fixes: [] };
  const [, denier, words] = /admission webhook "([^"]+)" denied the request(?:: (.+?))?\s*$/s.exec(text) ?? [];
  if (denier !== undefined) return { sentence: 'sentence-denied', explanation: 'explanation-denied', params: { webhook: denier, words: words || 'none' }, fixes: [] };
  const invalid = /is invalid: (.+?)\s*$/s.exec(text)?.[1];
  if (invalid !== undefined) return { sentence: 'sentence-invalid', explanation: 'explanation-invalid', params: { words: invalid }, fixes: writeTemplate(world, 'F20.template', 'spec') };
  return { explanation: null, fixes: [] };
}

const named = (list: readonly KubeObject[] | undefined, name: string) => list?.find(({ metadata }) => metadata.name === name);
const specOf = (object: KubeObject) => fieldsAt(object, 'spec');
const hard = (quota: KubeObject | undefined) => (quota ? [objectEvidence(quota, 'spec.hard', specOf(quota)['hard'])] : []);
