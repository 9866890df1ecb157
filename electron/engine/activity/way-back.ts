// How a change is taken back, as data: it is on disk beside the change, so that Undo is there after a restart, too.
import { createPatch, createTests, type Operation } from 'rfc6902';
import { Failure } from '../../../shared/contract/failures.ts';
import type { PathStep } from '../../../shared/contract/findings.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { applyObject, deleteObject, isFailedTest, patchObject, type ObjectRef } from '../../clients/cluster/objects-api.ts';
import { replacePod } from '../pods/replace.ts';
import type { Teller } from './activity.ts';
import { deleteOutdatedPods } from '../workloads/delete-pods.ts';
import { kubectl } from './shell-line.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

/** One step back. A change that made several has several, run in their order. */
export type WayBack =
  /** A recreated pod gets its old definition. `uid` is the new pod's, `old` the live pod as it was, `file` the manifest on disk. */
  | { readonly type: 'replace-pod'; readonly namespace: string; readonly name: string; readonly uid: string; readonly old: Pod; readonly file: string }
  /** What was deleted is created again: `object` is its cleaned manifest, `file` where it is on disk. */
  | { readonly type: 'create'; readonly object: KubeObject; readonly file: string }
  /** What was created is deleted, that one and no other of its name: `uid` is there. */
  | { readonly type: 'delete'; readonly object: ObjectRef }
  /** What was changed is changed back, unless it was changed once more since: the patch begins with tests. */
  | { readonly type: 'patch'; readonly object: ObjectRef; readonly patch: readonly Operation[] }
  /** After a `patch`: the workload does not replace its pods by itself, so those that are not as its template says (at `paths`, too) are deleted. */
  | { readonly type: 'renew-pods'; readonly object: ObjectRef; readonly paths?: readonly (readonly PathStep[])[] };

/**
 * The JSON patch that leads from `after` to `before`, in the fields that a person writes (metadata.labels, metadata.annotations, and all but status).
 * It begins with tests of what it changes, so that a field that somebody changed since is not overwritten.
 */
export function patchBack(before: KubeObject, after: KubeObject): Operation[] {
  const patch = createPatch(written(after), written(before));
  return [...createTests(written(after), patch), ...patch];
}

function written(object: KubeObject) {
  const { status: _, metadata, ...rest } = object;
  const { labels, annotations } = metadata;
  return { ...rest, metadata: { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) } };
}

/** Takes one step back. @throws Failure UNDO_CONFLICT where the object was changed since; those of replacePod; OBJECT_EXISTS, OBJECT_GONE, OBJECT_REPLACED */
export async function takeBack(parts: ChangeParts, way: WayBack, tell: Teller): Promise<void> {
  const { session } = parts;
  const client = await session.client();
  const lineAt = (ref: ObjectRef) => ({ context: session.context, namespace: ref.namespace ?? '' });
  switch (way.type) {
    case 'replace-pod': {
      const { namespace, name, uid, old, file } = way;
      const at = { context: session.context, namespace };
      tell.command(kubectl(at, 'replace', '--force', '-f', file));
      await replacePod(parts, { ref: { ...at, name, uid }, make: () => recreateManifest(old, {}) }, tell);
      return;
    }
    case 'create': {
      const { kind = '', metadata } = way.object;
      tell.step('step.create-object', { kind, name: metadata.name ?? '' });
      tell.command(kubectl(lineAt({ ...metadata, apiVersion: '', kind, name: '' }), 'apply', '--server-side', '-f', way.file));
      await applyObject(client, way.object, { createOnly: true });
      return;
    }
    case 'delete': {
      const { kind, name } = way.object;
      tell.step('step.delete-object', { kind, name });
      tell.command(kubectl(lineAt(way.object), 'delete', kind.toLowerCase(), name));
      await deleteObject(client, way.object);
      return;
    }
    case 'patch': {
      const { kind, name } = way.object;
      tell.step('step.patch-object', { kind, name });
      tell.command(kubectl(lineAt(way.object), 'patch', kind.toLowerCase(), name, '--type=json', '-p', JSON.stringify(way.patch)));
      await patchObject(client, way.object, way.patch).catch((error: unknown) => {
        if (isFailedTest(error)) throw new Failure('UNDO_CONFLICT', { kind, name }, error);
        throw error;
      });
      return;
    }
    case 'renew-pods':
      await deleteOutdatedPods(client, way.object, tell, way.paths);
  }
}
