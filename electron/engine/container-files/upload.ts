// One file into a container. What it overwrites is on this computer's disk first, and Undo writes it back, unless somebody changed the file meanwhile.
import { Readable } from 'node:stream';
import { MOST_MOVED } from '../../../shared/container-files/limits.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { kubectl } from '../activity/shell-line.ts';
import type { Teller } from '../activity/activity.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { KeptCopies, KeptCopy } from '../images/kept-copies.ts';
import { openFile } from './open-file.ts';
import { exactly, type Parts } from './parts.ts';
import { placeOf, type FileRef, type Place } from './place.ts';
import { removeFile, writeFile } from './write-file.ts';

export interface UploadRequest extends FileRef {
  readonly id: string;
  readonly bytes: number;
  readonly overwrite: boolean;
}

interface Before {
  readonly copy: KeptCopy;
  readonly bytes: number;
  readonly stamp: string;
}

/** @throws Failure CHANGES_LOCKED, FILE_IN_CONTAINER_TOO_LARGE at once; when it runs as `writeFile` and `openFile` do, and FILE_IN_CONTAINER_NOT_KEPT */
export function uploadAction(session: ClusterSession, request: UploadRequest, parts: Parts, keptCopies: KeptCopies): SessionAction<{ path: string }> {
  session.requireChanges();
  const place = placeOf(session, request);
  const { ref, container, path, name } = place;
  const { id, bytes, overwrite } = request;
  if (bytes > MOST_MOVED) throw new Failure('FILE_IN_CONTAINER_TOO_LARGE', { path, bytes, limit: MOST_MOVED }, `${bytes} bytes`);
  return {
    title: { key: 'activity.upload-file', params: { path, pod: ref.name } },
    commands: [kubectl(ref, 'cp', `./${name}`, `${ref.name}:${path}`, '-c', container)],
    subject: { context: ref.context, namespace: ref.namespace, pod: ref.name },
    endsWithCaller: true,
    async run(tell, signal) {
      using incoming = parts.open(id);
      const before = overwrite ? await keep(place, keptCopies, tell, signal) : undefined;
      try {
        tell.step('step.upload-file', { path });
        const stamp = await writeFile(place, {
          bytes, overwrite, stamp: before?.stamp ?? '', chunks: exactly(bytes, incoming.chunks(signal)),
        }, (sent) => tell.bytes(sent, bytes), signal);
        return {
          result: { path },
          forget: () => void before?.copy.forget(),
          // Without a stamp nobody could tell whether the file is still what was uploaded.
          ...(stamp === '' ? {} : { undo: (undoTell: Teller, again: ClusterSession) => takeBack(placeOf(again, request), stamp, before, undoTell) }),
        };
      } catch (error) {
        await before?.copy.discard();
        throw error;
      }
    },
  };
}

/** The file that is there, whole on this computer; undefined where there is none. */
async function keep(place: Place, keptCopies: KeptCopies, tell: Teller, signal: AbortSignal): Promise<Before | undefined> {
  const { path } = place;
  tell.step('step.keep-file', { path });
  try {
    await using file = await openFile(place, signal);
    if (file.bytes !== undefined && file.bytes > MOST_MOVED) throw new Failure('FILE_IN_CONTAINER_TOO_LARGE', { path, bytes: file.bytes, limit: MOST_MOVED }, `${file.bytes} bytes`);
    let kept = 0;
    let broken: unknown;
    async function* read() {
      try {
        yield* file.chunks;
      } catch (error) {
        broken = error;
        throw error;
      }
    }
    const copy = await keptCopies.keep(Readable.from(read(), { objectMode: false }), (total) => { kept = total; tell.bytes(total, file.bytes); })
      .catch((error: unknown) => { throw broken ?? new Failure('FILE_IN_CONTAINER_NOT_KEPT', { path }, error); });
    return { copy, bytes: kept, stamp: file.stamp };
  } catch (error) {
    if (error instanceof Failure && error.code === 'FILE_IN_CONTAINER_MISSING') return undefined;
    throw error;
  }
}

async function takeBack(place: Place, stamp: string, before: Before | undefined, tell: Teller): Promise<void> {
  const { path, ref, container, name } = place;
  place.session.requireChanges();
  const { signal } = new AbortController();
  if (before) {
    tell.step('step.restore-file', { path });
    tell.command(kubectl(ref, 'cp', `./${name}`, `${ref.name}:${path}`, '-c', container));
    await writeFile(place, { bytes: before.bytes, overwrite: true, stamp, chunks: before.copy.read() as AsyncIterable<Buffer> }, (sent) => tell.bytes(sent, before.bytes), signal);
    await before.copy.discard();
  } else {
    tell.step('step.remove-file', { path });
    tell.command(kubectl(ref, 'exec', ref.name, '-c', container, '--', 'rm', path));
    await removeFile(place, stamp, signal);
  }
}
