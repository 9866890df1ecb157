// F11: a memory limit that is twice the old one, in round numbers, and never more than half of what the node has.
import type { Fix } from '../contract/findings.ts';
import { isRecord } from '../kubernetes/containers.ts';
import type { KubeNode } from '../kubernetes/objects.ts';
import { quantityValue } from '../kubernetes/quantity.ts';
import { inContainer, isChangeable, podFix, writeFix } from './cause.ts';
import type { ContainerCase } from './cause.ts';

/** The memory limit as it is written; undefined where the container has none. */
export function memoryLimit({ located: { container } }: ContainerCase): string | undefined {
  const { resources } = container;
  const limits = isRecord(resources) ? resources['limits'] : undefined;
  const limit = isRecord(limits) ? limits['memory'] : undefined;
  return typeof limit === 'string' && quantityValue(limit) !== undefined ? limit : undefined;
}

/** A change where there is room for twice the limit, and always a way to write another. */
export function moreMemory(c: ContainerCase, recommended: boolean): Fix[] {
  const limit = memoryLimit(c);
  const next = limit === undefined ? undefined : doubled(limit, allocatable(c));
  const change = next === undefined ? [] : podFix(c, 'F11.double-memory', [{ path: inContainer(c, 'resources', 'limits', 'memory'), value: next }], { recommended, params: { limit: limit ?? '', next } });
  return isChangeable(c) ? [...change, writeFix('F11.memory', { path: `${c.located.path}.resources` }, { recommended: recommended && change.length === 0 })] : [];
}

const MI = 2 ** 20;
const SMALLEST = 32 * MI;

/** The limit that is offered instead of this one; undefined where half of the node is not a good deal more. */
export function doubled(limit: string, node: number | undefined): string | undefined {
  const old = quantityValue(limit) ?? 0;
  const half = node === undefined ? Infinity : Math.floor(node / 2 / (16 * MI)) * 16 * MI;
  const wanted = Math.max(SMALLEST, Math.ceil((2 * old) / (16 * MI)) * 16 * MI);
  if (wanted <= half) return written(limit, wanted);
  return half >= 1.25 * old && half >= SMALLEST ? inBinary(half) : undefined;
}

/** In the unit that the person used, where twice its number is at least what is offered at all. */
function written(limit: string, wanted: number): string {
  const [, number, suffix] = /^(\d+)([MG]i?)$/.exec(limit) ?? [];
  if (number === undefined || suffix === undefined || Number(number) * 2 * (quantityValue(`1${suffix}`) ?? 0) < SMALLEST) return inBinary(wanted);
  return suffix === 'Mi' ? inBinary(Number(number) * 2 * MI) : `${Number(number) * 2}${suffix}`;
}

function inBinary(bytes: number): string {
  const mebibytes = Math.round(bytes / MI);
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

function allocatable({ pod, world: { nodes } }: ContainerCase): number | undefined {
  const node: KubeNode | undefined = nodes === 'unknown' ? undefined : nodes.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
  const status: unknown = node?.status;
  const room = isRecord(status) ? status['allocatable'] : undefined;
  const memory = isRecord(room) ? room['memory'] : undefined;
  return typeof memory === 'string' ? quantityValue(memory) : undefined;
}
