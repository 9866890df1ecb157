// Creates a pod from a manifest: read, checked by the server without creating anything, then created by server-side apply.
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { applyPod } from '../../clients/cluster/pods-api.ts';
import { unknownFieldOf } from '../../clients/cluster/unknown-field.ts';
import { fedWith, kubectl } from '../activity/shell-line.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { nearestField } from './known-fields.ts';
import { readManifest, type Manifest } from './manifest.ts';
import type { SessionAction } from '../cluster/session-action.ts';

export interface Created {
  namespace: string;
  name: string;
  uid: string;
}

/**
 * Server-side apply, not POST: the server then keeps which fields the person wrote (metadata.managedFields), so that a pull policy that
 * was set can be told from a default, and it refuses fields that it does not know, which a plain POST drops without a word.
 * @throws Failure of readManifest at once; MANIFEST_UNKNOWN_FIELD, MANIFEST_REFUSED, POD_EXISTS when it runs.
 */
export function createAction(session: ClusterSession, namespace: string, text: string, fileName: string | undefined): SessionAction<Created> {
  session.requireChanges();
  const manifest = readManifest(text, namespace);
  const { name } = manifest.pod.metadata;
  const at = { context: session.context, namespace };
  return {
    title: { key: 'activity.create', params: { pod: name } },
    commands: [applyLine(at, text, fileName ?? `${name}.yaml`)],
    subject: { ...at, pod: name },
    endsWithCaller: false,
    async run(tell) {
      const client = await session.client();
      tell.step('step.check-manifest');
      await explained(manifest, session, () => applyPod(client, namespace, manifest.pod, { createOnly: true, dryRun: true, fieldValidation: 'Strict' }));
      tell.step('step.create-pod', { pod: name });
      const { pod } = await explained(manifest, session, () => applyPod(client, namespace, manifest.pod, { createOnly: true, fieldValidation: 'Strict' }));
      const uid = pod.metadata.uid ?? '';
      return {
        result: { namespace, name, uid },
        ways: [{ type: 'delete', object: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid } }],
      };
    },
  };
}

/** With the text itself: there may be no file of it, or another one. What is too long to read is left in its file. */
function applyLine(at: { context: string; namespace: string }, text: string, file: string): string {
  const line = (from: string) => kubectl(at, 'apply', '--server-side', '--field-manager=podlab', '-f', from);
  return text.length > LINE_TEXT ? line(file) : fedWith(line('-'), text);
}

const LINE_TEXT = 16_000;

/** Turns the server's refusal into the reason with the manifest's line. */
async function explained<Result>(manifest: Manifest, session: ClusterSession, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const path = unknownFieldOf(error);
    if (path !== undefined) {
      const suggestion = (await nearestField(await session.client(), path).catch(() => undefined)) ?? '';
      throw new Failure('MANIFEST_UNKNOWN_FIELD', { path, line: manifest.lineOf(path), suggestion }, error);
    }
    if (error instanceof ApiError && (error.status === 422 || error.status === 400)) {
      const field = error.body?.details?.causes?.[0]?.field ?? '';
      throw new Failure('MANIFEST_REFUSED', { path: field, line: manifest.lineOf(field) }, error);
    }
    throw error;
  }
}
