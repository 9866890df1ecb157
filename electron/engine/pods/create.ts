// Creates a pod from a manifest: read, checked by the server without creating anything, then created by server-side apply.
import { Failure } from '../../../shared/contract/failures.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { applyPod } from '../../clients/cluster/pods-api.ts';
import { fedWith, kubectl } from '../activity/shell-line.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { refusalOf } from '../objects/refusal.ts';
import { kindSchema } from '../objects/schema.ts';
import { unknownFields } from '../objects/unknown-fields.ts';
import { readManifest, type Manifest } from './manifest.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import type { Created } from './pod-ref.ts';

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
async function explained<Result>({ pod, document }: Manifest, session: ClusterSession, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const name = { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace };
    const { problems: [problem] } = refusalOf(error, name, document.lineOf);
    if (problem?.code === 'MANIFEST_UNKNOWN_FIELD') {
      const schema = await kindSchema(await session.client(), name).catch(() => undefined);
      const known = schema && unknownFields(schema, document.object!).unknown.find(({ path }) => document.lineOf(path) === problem.line);
      throw new Failure('MANIFEST_UNKNOWN_FIELD', { path: problem.path, line: problem.line, suggestion: known?.suggestion ?? '' }, error);
    }
    throw problem?.code.startsWith('MANIFEST_') ? Failure.ofData(problem) : error;
  }
}
