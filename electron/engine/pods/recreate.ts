// Recreates a bare pod, with another pull policy or image: a pod's policy is immutable, so the pod has to be made anew.
// The order loses nothing: check, load, check again, write down, delete, wait, create; and if that fails, the old one comes back.
import { randomBytes } from 'node:crypto';
import { Failure } from '../../../shared/contract/failures.ts';
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import type { Container, Pod } from '../../../shared/kubernetes/objects.ts';
import { recreateManifest } from '../../../shared/kubernetes/recreate-manifest.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { applyPod, deletePod, getPod } from '../../clients/cluster/pods-api.ts';
import type { Teller } from '../activity/activity.ts';
import type { Journal } from '../activity/journal.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';
import { loadIntoNodes } from '../images/load-into-nodes.ts';
import { imagesOnlyInDocker } from '../images/only-in-docker.ts';
import { recreateCommands } from './commands.ts';
import type { Created } from './create.ts';
import { livePod, type PodRef } from './pod-ref.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { outcome, untilGone, whenAnswered } from './until.ts';

export interface RecreateInput extends PodRef {
  readonly policy?: PullPolicy | undefined;
  readonly image?: string | undefined;
  /** The container that gets `image`; needed where the pod has several. */
  readonly container?: string | undefined;
  /** Loads the images that only Docker has into the pod's node first. */
  readonly load: boolean;
}

export interface ChangeParts {
  readonly session: ClusterSession;
  readonly docker: Docker;
  readonly journal: Journal;
}

/** @throws Failure CHANGES_LOCKED at once; POD_GONE, POD_REPLACED, POD_HAS_OWNER, RECREATE_RESTORED, RECREATE_NOT_RESTORED when it runs. */
export function recreateAction(parts: ChangeParts, input: RecreateInput): SessionAction<Created> {
  const { session } = parts;
  session.requireChanges();
  return {
    title: { key: input.policy ? 'activity.recreate-with' : 'activity.recreate', params: { pod: input.name, policy: input.policy ?? '' } },
    commands: recreateCommands(input),
    subject: { context: session.context, namespace: input.namespace, pod: input.name },
    endsWithCaller: false,
    async run(tell) {
      tell.step('step.check-pod', { pod: input.name });
      const old = await livePod(session, input);
      const manifest = changedManifest(old, input);
      const created = await replacePod(parts, input, old, manifest, tell, async () => {
        if (!input.load) return;
        for (const image of imagesOnlyInDocker(parts, manifest)) await loadIntoNodes(parts, image, tell, AbortSignal.timeout(LOAD_MS));
      });
      return {
        result: created,
        undo: async (undoTell, again) => {
          for (const line of recreateCommands(input).filter((l) => !l.includes(' load '))) undoTell.command(line);
          const ref = { ...input, uid: created.uid };
          const current = await livePod(again, ref);
          await replacePod({ ...parts, session: again }, ref, current, recreateManifest(old, {}), undoTell, async () => {});
        },
      };
    },
  };
}

function changedManifest(old: Pod, { policy, image, container }: RecreateInput): Pod {
  const manifest = recreateManifest(old, image ? { image, ...(container === undefined ? {} : { containers: [container] }) } : {});
  if (!policy) return manifest;
  const withPolicy = (containers: readonly Container[]) => containers.map((each) => ({ ...each, imagePullPolicy: policy }));
  const { initContainers, containers = [], ...spec } = manifest.spec ?? {};
  return { ...manifest, spec: { ...spec, ...(initContainers ? { initContainers: withPolicy(initContainers) } : {}), containers: withPolicy(containers) } };
}

const LOAD_MS = 30 * 60_000;

/** Puts `manifest` in the place of the pod `old`. `before` runs when the server has accepted the new pod, and before anything is deleted. */
async function replacePod(
  parts: ChangeParts,
  ref: PodRef,
  old: Pod,
  manifest: Pod,
  tell: Teller,
  before: () => Promise<void>,
): Promise<Created> {
  const { session, journal } = parts;
  const { namespace, name } = ref;
  const owner = controllerOf(old);
  if (owner) throw new Failure('POD_HAS_OWNER', { pod: name, kind: owner.kind, owner: owner.name }, `${owner.kind} ${owner.name} makes it anew by itself`);

  tell.step('step.dry-run');
  await applyPod(await session.client(), namespace, underTemporaryName(manifest), { dryRun: true, createOnly: true });
  await before();

  tell.step('step.write-journal');
  const restore = recreateManifest(old, {});
  const file = await journal.write({ change: 'recreate', context: session.context, namespace, pod: name, uid: ref.uid, live: old, restore });

  tell.step('step.delete-pod', { pod: name });
  let deleted: Pod | undefined;
  try {
    deleted = await deletePod(await session.client(), namespace, name, { uid: ref.uid });
  } catch (error) {
    // Somebody else deleted or replaced it in this moment: nothing of ours is open, and it is not ours to make anew.
    await journal.close(file);
    throw error;
  }
  tell.step('step.wait-until-gone', { pod: name, seconds: deleted?.metadata.deletionGracePeriodSeconds ?? old.spec?.terminationGracePeriodSeconds ?? 30 });
  // The old pod is on its way out and cannot be held: from here on the only way is forward, through any trouble that may pass.
  await untilGone(session, ref, AbortSignal.timeout(PATIENCE_MS)).catch((error: unknown) => {
    throw new Failure('RECREATE_NOT_RESTORED', { pod: name, file }, failureOf(error)?.raw ?? error);
  });

  tell.step('step.create-pod', { pod: name });
  const { pod } = await createAnew(session, namespace, manifest).catch(async (error: unknown) => {
    tell.step('step.restore-pod', { pod: name });
    await bringBack(parts, namespace, restore, file, error);
    throw new Failure('RECREATE_RESTORED', { pod: name }, failureOf(error)?.raw ?? error);
  });
  await journal.close(file);

  tell.step('step.wait-for-pod', { pod: name });
  const uid = pod.metadata.uid ?? '';
  const seen = await outcome(session, namespace, uid);
  tell.step(seen.ready ? 'step.pod-ready' : 'step.pod-not-ready', { pod: name, status: seen.status });
  return { namespace, name, uid };
}

/** A pod that ends slowly (finalizers, a busy node) and a cluster that is away are waited for this long. */
const PATIENCE_MS = 15 * 60_000;
/** A refusal to create may pass, too, but the person should soon have the old pod back. */
const CREATE_MS = 10_000;

/** Creates the pod; asks again while the server cannot answer. An answer that got lost on the way leaves the pod there: it is ours then. */
async function createAnew(session: ClusterSession, namespace: string, manifest: Pod): Promise<{ pod: Pod }> {
  let lost = false;
  const limit = AbortSignal.timeout(CREATE_MS);
  return whenAnswered(async () => {
    try {
      return await applyPod(await session.client(), namespace, manifest, { createOnly: true });
    } catch (error) {
      if (lost && error instanceof Failure && error.code === 'POD_EXISTS') return { pod: await getPod(await session.client(), namespace, manifest.metadata.name ?? '') };
      lost ||= error instanceof Failure && error.code === 'CLUSTER_UNREACHABLE';
      throw error;
    }
  }, limit);
}

async function bringBack({ session, journal }: ChangeParts, namespace: string, restore: Pod, file: string, why: unknown): Promise<void> {
  try {
    await createAnew(session, namespace, restore);
    await journal.close(file);
  } catch (error) {
    const words = [why, error].map((each) => failureOf(each)?.raw ?? String(each)).join('; ');
    throw new Failure('RECREATE_NOT_RESTORED', { pod: restore.metadata.name ?? '', file }, words);
  }
}

/** Under its own name the server would answer that it is there already. 253 characters is a name's limit (RFC 1123 subdomain). */
function underTemporaryName(manifest: Pod): Pod {
  const name = `${(manifest.metadata.name ?? '').slice(0, 230)}-podlab-${randomBytes(4).toString('hex')}`;
  return { ...manifest, metadata: { ...manifest.metadata, name } };
}
