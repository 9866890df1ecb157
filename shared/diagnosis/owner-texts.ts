// Lists in the texts with which pods are refused.

/**
 * The resources that a quota wants stated: `limits.cpu,requests.memory`, and since 1.24 `limits.cpu for: app,other; limits.memory for: app`
 * (pkg/quota/v1/evaluator/core/pods.go).
 */
export function mustSpecify(list: string): string[] {
  const names = list.split(';').flatMap((part) => part.replace(/\s+for: .*$/s, '').split(',')).map((name) => name.trim());
  return [...new Set(names.filter((name) => /^(?:(?:limits|requests)\.)?[\w./-]+$/.test(name)))];
}

export interface Bound {
  readonly bound: 'minimum' | 'maximum';
  /** `memory`, `cpu`, `ephemeral-storage`. */
  readonly resource: string;
  /** `Container`, `Pod`. */
  readonly per: string;
  readonly limit: string;
}

/** What a LimitRange demands (plugin/pkg/admission/limitranger/admission.go): `maximum memory usage per Container is 100Mi, but limit is 200Mi`. */
export function boundsIn(text: string): Bound[] {
  return [...text.matchAll(/\b(minimum|maximum) (\S+) usage per (\w+) is ([^\s,\]]+?)[.,](?=\s)/g)]
    .map(([, bound, resource = '', per = '', limit = '']) => ({ bound: bound === 'minimum' ? 'minimum' as const : 'maximum' as const, resource, per, limit }));
}
