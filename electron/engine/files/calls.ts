// The contract's calls for files with manifests.
import { Failure } from '../../../shared/contract/failures.ts';
import type { FileFix, FileOrigin } from '../../../shared/contract/files.ts';
import type { KubeObject, OwnerReference } from '../../../shared/kubernetes/objects.ts';
import { getObject, type ObjectRef } from '../../clients/cluster/objects-api.ts';
import type { Activity } from '../activity/activity.ts';
import type { EngineCalls } from '../calls.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Sessions } from '../cluster/sessions.ts';
import { writeDocument } from '../kube-yaml.ts';
import { listManifests } from './list-manifests.ts';
import { hashOf, readManifestFile, writeManifestFile } from './manifest-file.ts';
import { manifestPath } from './manifest-path.ts';
import type { FileOrigins } from './origins.ts';
import { withFix } from './set-value.ts';
import { watchFile } from './watch-file.ts';

/** A pod's owners are two at most in Kubernetes itself (Job and CronJob); operators add some. */
const MOST_OWNERS = 5;

export function fileCalls({ sessions, activity }: { sessions: Sessions; activity: Activity }, origins: FileOrigins): EngineCalls['files'] {
  const opened = new Set<string>();
  /** Only what the person opened in Podlab, now or before, may be written. */
  const openedPath = (written: string) => {
    const path = manifestPath(written);
    if (!opened.has(path) && !origins.all.value?.some((origin) => origin.path === path)) throw new Failure('FILE_NOT_OPENED', { file: path }, `${path} was not opened in Podlab`);
    return path;
  };
  const fixed = async (input: FileFix) => {
    const path = openedPath(input.path);
    const { text: before, hash } = await readManifestFile(path);
    return { path, before, after: withFix(before, { ...input, path }), hash };
  };
  return {
    list: ({ path }, signal) => listManifests(path, signal),
    async *watch({ path: written }, signal) {
      const path = manifestPath(written);
      opened.add(path);
      yield* watchFile(path, signal);
    },
    async remember({ context, path: written, objects }) {
      const path = openedPath(written);
      await origins.remember(context, objects.map((object) => ({ ...object, path })));
      return {};
    },
    async *watchOrigin({ context, namespace, pod }, signal) {
      using held = sessions.hold(context);
      const chain = await ownersOf(held.session, namespace, pod, signal);
      let told: string | undefined;
      for await (const all of origins.all.watch(signal)) {
        if (all === undefined) continue;
        const origin = chain.map((each) => all.find((known) => known.context === context && known.namespace === namespace && known.kind === each.kind && known.name === each.name)).find((known) => known !== undefined);
        const next = origin ? { origin: withoutContext(origin) } : {};
        if (JSON.stringify(next) !== told) yield next;
        told = JSON.stringify(next);
      }
    },
    async planFix(input) {
      const { before, after, hash } = await fixed(input);
      return { before, after, hash };
    },
    writeFix: (input, signal) => {
      const path = openedPath(input.path);
      return activity.run(
        {
          title: { key: 'activity.write-file', params: { file: path } },
          commands: [],
          subject: { context: input.context, namespace: input.namespace, pod: input.kind === 'Pod' ? input.name : '' },
          endsWithCaller: false,
          async run(tell) {
            tell.step('step.write-file', { file: path });
            const { before, after, hash } = await fixed(input);
            if (hash !== input.hash) throw new Failure('FILE_CHANGED', { file: path }, `the file's SHA-256 was ${input.hash} and is ${hash}`);
            await writeManifestFile(path, after, hash);
            return {
              result: { path },
              undo: async (undoTell) => {
                undoTell.step('step.write-file-back', { file: path });
                await writeManifestFile(path, before, hashOf(after));
              },
            };
          },
        },
        signal,
      );
    },
    toYaml: async ({ objects }) => ({ text: objects.map(writeDocument).join('---\n') }),
  };
}

const withoutContext = ({ kind, namespace, name, path }: FileOrigin): FileOrigin => ({ kind, namespace, name, path });

/** The pod and its owners, as far as they can be read: what is gone or forbidden has none. */
async function ownersOf(session: ClusterSession, namespace: string, name: string, signal: AbortSignal): Promise<{ kind: string; name: string }[]> {
  const chain = [{ kind: 'Pod', name }];
  let ref: ObjectRef | undefined = { apiVersion: 'v1', kind: 'Pod', namespace, name };
  const client = await session.client().catch(() => undefined);
  while (client && ref && chain.length <= MOST_OWNERS) {
    const object: KubeObject | undefined = await getObject(client, ref, signal).catch(() => undefined);
    const owner: OwnerReference | undefined = object && controllerOf(object);
    ref = owner ? { apiVersion: owner.apiVersion ?? 'v1', kind: owner.kind, namespace, name: owner.name } : undefined;
    if (ref) chain.push({ kind: ref.kind, name: ref.name });
  }
  return chain;
}
