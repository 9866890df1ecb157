// A shell in a new container of the pod, which sees the processes of the one that it is for (kubectl debug --target).
import { randomBytes } from 'node:crypto';
import { Failure } from '../../../shared/contract/failures.ts';
import { parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import type { ContainerStatus, Pod } from '../../../shared/kubernetes/objects.ts';
import { addDebugContainer } from '../../clients/cluster/debug-container.ts';
import { openTerminalStream } from '../../clients/cluster/terminal-stream.ts';
import { findNodeImage } from '../../clients/nodes/node-image-store.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { waitFor } from '../topic.ts';
import { readBeginning, type At, type OpenedShell, type Size } from './open-shell.ts';
import { gatedShellCommand } from './shell-lines.ts';

/** Longest that the kubelet may take to start it. */
const START_MS = 60_000;
/** Waiting reasons that no waiting ends (pkg/kubelet/images/types.go, pkg/kubelet/container/sync_result.go). */
const HOPELESS = /^(?:ErrImage\w*|ImagePullBackOff|ImageInspectError|InvalidImageName|RegistryUnavailable|Create\w*Error|RunContainerError|CrashLoopBackOff)$/;
const FINDER = ['sh', '-c'];

export interface OpenedDebug extends OpenedShell {
  /** The new container. */
  readonly container: string;
  /** The pod with that container running in it. */
  readonly pod: Pod;
}

/**
 * @param at `container`: the one that it is for
 * @throws Failure IMAGE_NAME_INVALID, DEBUG_IMAGE_NOT_ON_NODE, DEBUG_NOT_SUPPORTED, DEBUG_NOT_STARTED; or as the calls that it makes
 */
export async function openDebug(session: ClusterSession, live: Pod, at: At, image: string, size: () => Size, onOutput: (bytes: Buffer) => void, signal: AbortSignal): Promise<OpenedDebug> {
  refuseAbsentImage(session, live, image);
  const connection = await session.client(signal);
  const container = `podlab-${randomBytes(4).toString('hex')}`;
  await addDebugContainer(connection, at.namespace, at.pod, {
    name: container,
    image,
    // It is on the node, or nobody can tell: then it may be fetched.
    imagePullPolicy: 'IfNotPresent',
    command: gatedShellCommand(FINDER),
    stdin: true,
    // When nobody is there any more its input ends.
    stdinOnce: true,
    tty: true,
    targetContainerName: at.container,
  }, signal);
  const pod = await running(session, live, at, container, image, signal);
  const stream = await openTerminalStream(connection, { ...at, container, hasTerminal: true, takesInput: true });
  stream.resize(size().columns, size().rows);
  const beginning = readBeginning(stream, onOutput);
  await stream.write(Buffer.from('\n'));
  return { stream, finder: FINDER, shell: await beginning, container, pod };
}

/** A container that cannot start stays in its pod for good: where it is known that it cannot, none is made. */
function refuseAbsentImage(session: ClusterSession, live: Pod, image: string): void {
  const reference = parseImageReference(image);
  if (!reference.ok) throw new Failure('IMAGE_NAME_INVALID', { image, reason: reference.reason }, image);
  const node = live.spec?.nodeName ?? '';
  const images = session.nodeStores.images.value.read.find((read) => read.node === node);
  if (images?.complete && !findNodeImage(images, image)) throw new Failure('DEBUG_IMAGE_NOT_ON_NODE', { image, node }, `${node} has ${images.images.length} images, and none of that name`);
}

async function running(session: ClusterSession, live: Pod, at: At, container: string, image: string, signal: AbortSignal): Promise<Pod> {
  const { uid = '' } = live.metadata;
  const notStarted = (reason: string, cause: string) => new Failure('DEBUG_NOT_STARTED', { pod: at.pod, image, reason }, cause);
  const timeout = AbortSignal.timeout(START_MS);
  const { pods } = await session.scope(at.namespace, signal);
  let seen: ContainerStatus['state'];
  let pod: Pod | undefined;
  try {
    await waitFor(pods, ({ items }) => {
      if (items === 'unknown') return false;
      pod = items.get(uid) ?? pod;
      seen = pod?.status?.ephemeralContainerStatuses?.find(({ name }) => name === container)?.state ?? seen;
      return seen?.running !== undefined || seen?.terminated !== undefined || HOPELESS.test(seen?.waiting?.reason ?? '');
    }, AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (signal.aborted) throw error;
    throw notStarted(seen?.waiting?.reason ?? '', seen?.waiting?.message ?? `it has not started within ${START_MS / 1000} s`);
  }
  if (pod && seen?.running) return pod;
  const { reason = '', message = '' } = seen?.terminated ?? seen?.waiting ?? {};
  throw notStarted(reason, message || reason || `it ended with exit code ${seen?.terminated?.exitCode ?? ''}`);
}
