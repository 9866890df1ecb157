// Quantities as the API server writes them: in thousandths at the finest, rounded up, with the largest suffix that leaves no fraction.
// apimachinery, pkg/api/resource/quantity.go (CanonicalizeBytes); rounding: kubernetes, pkg/apis/core/v1/defaults.go (SetDefaults_ResourceList).
import type { Quantity } from '../objects.ts';

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const SUFFIX_OF = new Map(Object.entries(DECIMAL).map(([suffix, exponent]) => [exponent, suffix]));

/** @returns it in thousandths, rounded away from zero. */
function thousandths(digits: string, base: bigint, exponent: number): bigint {
  const [whole = '', fraction = ''] = digits.replace(/^[+-]/, '').split('.');
  const power = exponent - fraction.length + 3;
  const value = BigInt(whole + fraction || '0') * base;
  const divisor = 10n ** BigInt(Math.max(0, -power));
  const magnitude = power >= 0 ? value * 10n ** BigInt(power) : (value + divisor - 1n) / divisor;
  return digits.startsWith('-') ? -magnitude : magnitude;
}

function decimal(milli: bigint, write: (exponent: number) => string): string {
  let value = milli;
  let exponent = -3;
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n;
    exponent += 3;
  }
  return `${value}${write(exponent)}`;
}

/** What is no quantity comes back as text: the decoding has refused it before. */
export function canonicalQuantity(quantity: Quantity): string {
  const text = String(quantity).trim();
  const match = /^([+-]?(?:\d{1,100}\.?\d{0,100}|\.\d{1,100}))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i))?$/.exec(text);
  if (!match) return text;
  const [, digits = '', exponent, suffix = ''] = match;
  const binary = BINARY.indexOf(suffix);
  const base = suffix !== '' && binary > 0 ? 1024n ** BigInt(binary) : 1n;
  const milli = thousandths(digits, base, exponent === undefined ? (DECIMAL[suffix] ?? 0) : Number(exponent));
  if (milli === 0n) return '0';
  if (exponent !== undefined) return decimal(milli, (power) => (power === 0 ? '' : `e${power}`));
  // Small or broken binary numbers are written as decimal ones.
  if (suffix === '' || binary <= 0 || milli % 1000n !== 0n || (milli < 1_024_000n && milli > -1_024_000n)) {
    return decimal(milli, (power) => SUFFIX_OF.get(power) ?? '');
  }
  let value = milli / 1000n;
  let index = 0;
  while (value % 1024n === 0n && index < BINARY.length - 1) {
    value /= 1024n;
    index += 1;
  }
  return `${value}${BINARY[index]}`;
}
