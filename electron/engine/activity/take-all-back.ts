// Takes back what a change did before it failed.
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';
import type { Teller } from './activity.ts';
import { takeBack, type WayBack } from './way-back.ts';

const subjectOf = (way: WayBack) => (way.type === 'replace-pod' ? { kind: 'Pod', name: way.name } : 'metadata' in way.object ? { kind: way.object.kind, name: way.object.metadata.name } : way.object);

/**
 * One step after the other, in the given order; one that fails does not stop the next.
 * @returns what could not be taken back, each with the reason; '' where all was
 */
export async function takeAllBack(parts: ChangeParts, ways: readonly WayBack[], tell: Teller): Promise<string> {
  const left: string[] = [];
  for (const way of ways) {
    try {
      await takeBack(parts, way, tell);
    } catch (error) {
      const { kind = '', name = '' } = subjectOf(way);
      left.push(`${kind} ${name} (${failureOf(error)?.raw ?? String(error)})`);
    }
  }
  return left.join('; ');
}
