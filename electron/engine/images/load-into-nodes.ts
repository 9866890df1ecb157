// Loads one image of Docker into the nodes that keep their own images, all at once, and says only what was read back.
import type { LoadedOnNode } from '../../../shared/contract/images.ts';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import { loadIntoStores } from '../../clients/nodes/load.ts';
import type { Teller } from '../activity/activity.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';

/**
 * One node's failure does not keep the image from the others: what they have is told by a step each before the failure is thrown.
 * @param nodes only these; all that can be loaded into when left out
 * @throws Failure IMAGE_NAME_INVALID, IMAGE_HAS_NO_NAME, IMAGE_NOT_IN_DOCKER, PLATFORM_MISSING, NOTHING_TO_LOAD_INTO, NODE_DISK_FULL,
 * LOAD_FAILED, LOAD_NOT_VERIFIED, NODE_STORE_UNREACHABLE, DOCKER_*
 */
export async function loadIntoNodes(parts: { session: ClusterSession; docker: Docker }, image: string, tell: Teller, signal: AbortSignal, nodes?: readonly string[]): Promise<LoadedOnNode[]> {
  const { session, docker } = parts;
  const stores = session.nodeStores.loadable().filter(({ node }) => !nodes || nodes.includes(node));
  if (stores.length === 0) throw new Failure('NOTHING_TO_LOAD_INTO', { image }, `no node of ${session.context} has an image store that Podlab can load into`);
  tell.step('step.load-image', { image, node: stores.map(({ node }) => node).join(', ') });
  const outcomes = await loadIntoStores({
    docker: docker.connection.docker(),
    stores,
    reference: image,
    signal,
    onProgress: ({ sentBytes, totalBytes }) => tell.bytes(sentBytes, totalBytes),
  });
  const loaded: LoadedOnNode[] = [];
  const commands = new Set<string>();
  const failures: { node: string; failure: unknown }[] = [];
  for (const outcome of outcomes) {
    if ('failure' in outcome) {
      failures.push(outcome);
      continue;
    }
    const { imageId, alreadyThere, bytes, command } = outcome.loaded;
    loaded.push({ node: outcome.node, imageId, alreadyThere, sentBytes: bytes });
    commands.add(command);
  }
  const sent = loaded.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  if (failures.length === 0) tell.bytes(sent, sent);
  for (const command of commands) if (command) tell.command(command);
  await session.nodeStores.refresh();
  if (failures.length > 0) throw failed(failures, image, loaded, tell);
  return loaded;
}

/** The first failure, which is a step of its own behind those of the nodes that have the image; with the words of the other nodes under its own. */
function failed(failures: readonly { node: string; failure: unknown }[], image: string, loaded: readonly LoadedOnNode[], tell: Teller): unknown {
  const [first, ...others] = failures;
  for (const { node } of loaded) tell.step('step.image-is-on', { image, node });
  tell.step('step.load-image', { image, node: failures.map(({ node }) => node).join(', ') });
  if (others.length === 0 || !(first?.failure instanceof Failure)) return first?.failure;
  const { code, parameters, raw } = first.failure;
  return new Failure(code, parameters, [raw, ...others.map(({ node, failure }) => `${node}: ${causeText(failure)}`)].join('\n'));
}
