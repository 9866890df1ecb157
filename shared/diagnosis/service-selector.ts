// SVC-01: a Service whose selector no pod has, and which pod was probably meant.
import type { Edit, Finding } from '../contract/findings.ts';
import type { KubeObject, Pod } from '../kubernetes/objects.ts';
import { changeFix } from './cause.ts';
import { objectEvidence, otherEvidence } from './evidence.ts';
import { editDistance } from './near-names.ts';
import { nameOf, selectorOf, selects } from './services.ts';

/** Where a pod's labels miss a selector by one pair. */
export interface NearMiss {
  readonly key: string;
  /** What the Service looks for. */
  readonly wanted: string;
  /** The label of the pod that is meant: the same key with another value, or another key with the same value. */
  readonly podKey: string;
  readonly podValue: string;
  /** How many pairs do agree. */
  readonly agree: number;
}

/** Undefined where the pod has all labels, misses more than one, or where nothing speaks for it: one pair alone must at least be written alike. */
export function nearMiss(selector: Readonly<Record<string, string>>, pod: Pod): NearMiss | undefined {
  const labels = pod.metadata.labels ?? {};
  const pairs = Object.entries(selector);
  const missed = pairs.filter(([key, value]) => labels[key] !== value);
  const [only] = missed;
  if (!only || missed.length > 1) return undefined;
  const [key, wanted] = only;
  const agree = pairs.length - 1;
  const value = labels[key];
  if (value !== undefined && (agree > 0 || isAlike(value, wanted))) return { key, wanted, podKey: key, podValue: value, agree };
  const other = Object.entries(labels).find(([name, its]) => its === wanted && !(name in selector) && (agree > 0 || isAlike(name, key)));
  return other && { key, wanted, podKey: other[0], podValue: other[1], agree };
}

/** Of several pods the one that is nearest. */
export function closest(selector: Readonly<Record<string, string>>, pods: readonly Pod[]): { readonly pod: Pod; readonly miss: NearMiss } | undefined {
  const found = pods.flatMap((pod) => {
    const miss = pod.metadata.deletionTimestamp ? undefined : nearMiss(selector, pod);
    return miss ? [{ pod, miss, distance: editDistance(`${miss.key}=${miss.wanted}`, `${miss.podKey}=${miss.podValue}`) }] : [];
  });
  return found.toSorted((a, b) => b.miss.agree - a.miss.agree || a.distance - b.distance)[0];
}

export interface SelectorView {
  readonly service: KubeObject;
  /** As many pods as are known, of any namespace; undefined where they are not known. */
  readonly pods: readonly Pod[] | undefined;
  readonly near: { readonly pod: Pod; readonly miss: NearMiss } | undefined;
  readonly severity: Finding['severity'];
}

export function selectorFinding({ service, pods = [], near, severity }: SelectorView): Finding {
  const selector = selectorOf(service) ?? {};
  const { namespace = '' } = service.metadata;
  const elsewhere = [...new Set(pods.flatMap(({ metadata }) => (metadata.namespace !== namespace && selects(selector, { metadata }) ? metadata.namespace ?? [] : [])))];
  const all = Object.entries(selector).map(([key, value]) => `${key}=${value}`).join(', ');
  const pair = near && { wanted: `${near.miss.key}=${near.miss.wanted}`, has: `${near.miss.podKey}=${near.miss.podValue}` };
  const params = {
    service: nameOf(service), namespace, selector: all, pod: near?.pod.metadata.name ?? 'none', wanted: pair?.wanted ?? all, has: pair?.has ?? 'none',
    elsewhere: elsewhere.join(', ') || 'none', somewhere: elsewhere.length > 0 ? 'yes' : 'no',
  };
  const sentence = near ? 'sentence' : 'sentence-nothing';
  return {
    id: 'SVC-01', severity, confidence: 'proven',
    message: { key: `finding.SVC-01.${sentence}`, params }, explanation: { key: 'finding.SVC-01.explanation', params },
    evidence: [
      objectEvidence({ ...service, kind: 'Service' }, 'spec.selector', all),
      ...(near ? [otherEvidence('manifest', { key: 'evidence.label', params: { name: params.pod, label: params.has } },
        { object: { kind: 'Pod', name: params.pod, ...(near.pod.metadata.namespace === undefined ? {} : { namespace: near.pod.metadata.namespace }) }, path: 'metadata.labels', value: params.has })] : []),
    ],
    fixes: near ? [changeFix('F15.selector', [{ on: 'object', object: serviceRef(service), edits: editsOf(near.miss) }], { recommended: true, danger: 'g', params })] : [],
  };
}

export function serviceRef(service: KubeObject): { apiVersion: string; kind: string; namespace?: string; name: string } {
  const { namespace } = service.metadata;
  return { apiVersion: 'v1', kind: 'Service', ...(namespace === undefined ? {} : { namespace }), name: nameOf(service) };
}

function editsOf({ key, podKey, podValue }: NearMiss): Edit[] {
  const set: Edit = { path: ['spec', 'selector', podKey], value: podValue };
  return key === podKey ? [set] : [{ path: ['spec', 'selector', key] }, set];
}

/** Two letters apart, one in short words, or one the beginning of the other, as `web` and `web-app`. */
function isAlike(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  if (editDistance(one, other) <= (Math.min(one.length, other.length) < 5 ? 1 : 2)) return true;
  return one.startsWith(`${other}-`) || other.startsWith(`${one}-`);
}
