// The calls that take names and images away, or give a name: as entries of Activity, with the way back.
import type { ImageCopy } from '../../../shared/contract/images.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { comparable, familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { inspectImage, tagImage } from '../../clients/docker/images.ts';
import { shellLine } from '../activity/shell-line.ts';
import type { EngineCalls } from '../calls.ts';
import { runInSession } from '../cluster/session-action.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Docker } from '../docker.ts';
import { dockerPlace, nodePlace, shortName } from './image-places.ts';
import type { KeptCopies } from './kept-copies.ts';
import { removeCopies, type PlaceOf } from './remove.ts';
import { storesKnown } from './stores-known.ts';
import type { Changes } from '../cluster/changes.ts';

/** @throws Failure CHANGES_LOCKED at once where a node of a cluster that is not local is meant; those of removeCopies when it runs. */
export function removeImages(changes: Changes, keptCopies: KeptCopies): EngineCalls['images']['remove'] {
  const { docker, activity } = changes;
  return ({ context, copies, withoutCopy = false }, signal) => {
    const removal = { copies, withoutCopy };
    const title = { key: 'activity.remove-images', params: { image: shortName(copies[0]?.key ?? ''), count: copies.length } };
    const entry = { title, commands: [], endsWithCaller: false };
    const places: PlaceOf = (copy) => placeOf(docker, undefined, copy);
    if (copies.every(({ place }) => 'docker' in place)) {
      return activity.run({
        ...entry,
        async run(tell) {
          const back = await removeCopies(removal, places, keptCopies, tell);
          await docker.connection.refresh();
          if (!back) return { result: { removed: copies } };
          return { result: { removed: copies }, undo: (undoTell) => back.bringBack(undoTell, places), forget: () => back.forget() };
        },
      }, signal);
    }
    return runInSession(changes, context ?? '', signal, ({ session }) => {
      session.requireChanges();
      return {
        ...entry,
        async run(tell) {
          await storesKnown({ session, docker });
          const back = await removeCopies(removal, (copy) => placeOf(docker, session, copy), keptCopies, tell);
          await Promise.all([session.nodeStores.refresh(), docker.connection.refresh()]);
          if (!back) return { result: { removed: copies } };
          return {
            result: { removed: copies },
            forget: () => back.forget(),
            async undo(undoTell, again) {
              await storesKnown({ session: again, docker });
              await back.bringBack(undoTell, (copy) => placeOf(docker, again, copy));
              await again.nodeStores.refresh();
            },
          };
        },
      };
    });
  };
}

function placeOf(docker: Docker, session: ClusterSession | undefined, { key, place }: ImageCopy) {
  if ('docker' in place) return dockerPlace(docker);
  if (!session) throw new Failure('IMAGE_NOT_REMOVED', { image: shortName(key), place: place.node }, 'no cluster was named');
  return nodePlace(session, place.node, key);
}

/** @throws Failure IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER, DOCKER_* */
export function nameImage({ docker, activity }: Pick<Changes, 'docker' | 'activity'>): EngineCalls['images']['tag'] {
  return async ({ image, name }, signal) => {
    const client = () => docker.connection.docker();
    const wanted = parseImageReference(name);
    if (!wanted.ok) throw new Failure('IMAGE_NAME_INVALID', { image: name, reason: wanted.reason }, `${name}: ${wanted.reason}`);
    const reference = familiarName(wanted);
    return activity.settle({
      title: { key: 'activity.tag-image', params: { image: shortName(image), name: reference } },
      commands: [shellLine('docker', 'tag', shortName(image), reference)],
      endsWithCaller: false,
      async run(tell, own) {
        tell.step('step.tag-image', { name: reference });
        const { id } = await inspectImage(client(), image, own);
        const before = await inspectImage(client(), comparable(wanted), own).catch(absent);
        await tagImage(client(), id, name, own);
        await docker.connection.refresh();
        if (!before || before.id === id) return { result: { reference } };
        // The name was another image's. A name that was nobody's is not taken back: the image might go with it.
        return {
          result: { reference },
          async undo(undoTell, undoSignal) {
            undoTell.step('step.tag-image', { name: reference });
            undoTell.command(shellLine('docker', 'tag', before.id, reference));
            await tagImage(client(), before.id, name, undoSignal);
          },
        };
      },
    }, signal);
  };
}

function absent(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'IMAGE_NOT_IN_DOCKER') return undefined;
  throw error;
}
