// Writes one object that was tried, and says what became of it.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Applied, ObjectName } from '../../../shared/contract/objects.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { applyObject, patchObject } from '../../clients/cluster/objects-api.ts';
import type { Teller } from '../activity/activity.ts';
import { patchBack, type WayBack } from '../activity/way-back.ts';
import { inspect, isSame, type Inspected, type InspectOptions } from './inspect.ts';
import { refusalOf } from './refusal.ts';

export interface Written {
  readonly applied: Applied;
  readonly ways: readonly WayBack[];
}

/** A pod's status changes often, and each change has a resource version: tried anew this often while the rest stays as the edit knew it. */
const TRIES = 5;

/** @throws Failure those of `inspect`; OBJECT_EXISTS where it came meanwhile */
export async function writeObject(client: ClusterConnection, tried: Inspected, options: InspectOptions, tell: Teller): Promise<Written> {
  const { name, object } = tried;
  if (!name || !object) throw new Error('a document without an object is refused before');
  tell.step(tried.before ? 'step.change-object' : 'step.create-object', { kind: name.kind, name: name.name });
  let before = tried.before;
  for (let left = TRIES; ; left--) {
    // What was not there must not be there yet: another's object is not changed unseen. What was edited must be as the edit began.
    const held = options.base && before?.metadata.resourceVersion !== undefined ? { resourceVersion: before.metadata.resourceVersion } : {};
    try {
      const { object: now, created } = await applyObject(client, { ...object, metadata: { ...object.metadata, ...held } }, {
        force: options.takeOver, createOnly: before === undefined, fieldValidation: 'Strict',
      });
      return outcome(name, created ? undefined : before, await withoutKept(client, name, now, tried));
    } catch (error) {
      const { problems: [problem], conflicts } = error instanceof Failure ? { problems: [], conflicts: [] } : refusalOf(error, name, tried.document.lineOf);
      if (problem?.code === 'OBJECT_CHANGED' && options.base && left > 1) {
        const again = await inspect(client, tried.document, options);
        if (again.problems[0]) throw Failure.ofData(again.problems[0]);
        before = again.before;
        continue;
      }
      if (problem) throw Failure.ofData(problem);
      if (conflicts.length > 0) {
        const managers = conflicts.map(({ manager }) => manager).join(', ');
        throw new Failure('OBJECT_CONFLICT', { kind: name.kind, name: name.name, managers, fields: conflicts.flatMap(({ fields }) => fields).length }, error);
      }
      throw error;
    }
  }
}

/** What the edit took out and others own: taken over, it goes, too. Each is only removed as it was seen. */
async function withoutKept(client: ClusterConnection, name: ObjectName, now: KubeObject, { kept }: Inspected): Promise<KubeObject> {
  if (kept.length === 0) return now;
  const version = { op: 'test' as const, path: '/metadata/resourceVersion', value: now.metadata.resourceVersion };
  return patchObject(client, name, [version, ...kept.map(({ pointer }) => ({ op: 'remove' as const, path: pointer }))]);
}

function outcome(name: ObjectName, before: KubeObject | undefined, after: KubeObject): Written {
  const uid = after.metadata.uid ?? '';
  const object = { ...name, uid };
  if (!before) return { applied: { object: name, uid, outcome: 'created' }, ways: [{ type: 'delete', object }] };
  if (isSame(before, after)) return { applied: { object: name, uid, outcome: 'unchanged' }, ways: [] };
  return { applied: { object: name, uid, outcome: 'changed' }, ways: [{ type: 'patch', object, patch: patchBack(before, after) }] };
}
