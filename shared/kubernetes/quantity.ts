// Amounts of CPU and memory as Kubernetes writes them (k8s.io/apimachinery/pkg/api/resource/quantity.go).

const factors: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** The number that `100m`, `1.5`, `128Mi` or `1e3` stands for; undefined for what is no quantity. */
export function quantityValue(text: string): number | undefined {
  const [, sign, number, suffix = '', exponent] = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * Number(number) * (exponent === undefined ? (factors[suffix] ?? 1) : 10 ** Number(exponent));
}
