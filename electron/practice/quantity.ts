// Quantities of resources: "100m", "64Mi", "1.5", 2. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
import type { Quantity } from './objects.ts';

const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** @returns its value in the base unit (cores, bytes, pods), or undefined for what is no quantity. */
export function parseQuantity(quantity: Quantity): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(String(quantity).trim());
  if (!match) return undefined;
  const [, digits = '', exponent, suffix = ''] = match;
  return Number(digits) * (exponent === undefined ? (SUFFIXES[suffix] ?? 1) : 10 ** Number(exponent));
}

/** In thousandths, as the kubelet and the scheduler count CPU. 0 for what is no quantity. */
export const milliValue = (quantity: Quantity | undefined): number => Math.ceil((parseQuantity(quantity ?? 0) ?? 0) * 1000 - 1e-6) || 0;

/** Rounded up to whole units, as bytes and pods are counted. 0 for what is no quantity. */
export const wholeValue = (quantity: Quantity | undefined): number => Math.ceil((parseQuantity(quantity ?? 0) ?? 0) - 1e-9) || 0;
