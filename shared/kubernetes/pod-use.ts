// What one pod counts for in a quota.
import type { Container, Pod } from './objects.ts';

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** A quantity as a number: `500m`, `1Gi`, `1e3` (k8s.io/apimachinery/pkg/api/resource). NaN where it is none, which fits nowhere. */
export function quantity(text: string): number {
  const [, number, suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkMGTPE]i?|Ki|)$/.exec(text) ?? [];
  const factor = FACTORS[suffix];
  return number === undefined || factor === undefined ? NaN : rounded(Number(number) * factor);
}

/** 0.1 + 0.2 is 0.3 here: amounts are compared. */
const rounded = (value: number) => Number(value.toPrecision(15));

/**
 * By resource as a quota names it: `pods`, `count/pods`, `cpu`, `requests.memory`, `limits.cpu`... One that has ended counts as an object only
 * (PodUsageFunc and QuotaV1Pod, k8s.io/kubernetes/pkg/quota/v1/evaluator/core/pods.go). Containers add up; init containers run one by one before.
 */
export function podUse({ spec = {}, status }: Pod): Readonly<Record<string, number>> {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return { 'count/pods': 1 };
  const use: Record<string, number> = { 'count/pods': 1, pods: 1 };
  for (const kind of ['requests', 'limits'] as const) {
    const names = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap((each) => Object.keys(resourcesOf(each, kind))));
    for (const name of names) {
      const of = (container: Container) => quantity(resourcesOf(container, kind)[name] ?? '0');
      const together = (spec.containers ?? []).reduce((sum, each) => sum + of(each), 0);
      const amount = rounded(Math.max(together, ...(spec.initContainers ?? []).map(of)) + quantity(overheadOf(spec)[name] ?? '0'));
      use[`${kind}.${name}`] = amount;
      if (kind === 'requests') use[name] = amount;
    }
  }
  return use;
}

function resourcesOf(container: Container, kind: 'requests' | 'limits'): Readonly<Record<string, string>> {
  const { limits = {}, requests = {} } = (container['resources'] ?? {}) as { limits?: Record<string, string>; requests?: Record<string, string> };
  // A limit without a request is the request, too (SetDefaults_Pod, pkg/apis/core/v1/defaults.go); the live pod has it written out.
  return kind === 'limits' ? limits : { ...limits, ...requests };
}

const overheadOf = (spec: NonNullable<Pod['spec']>) => (spec['overhead'] ?? {}) as Readonly<Record<string, string>>;
