// The contract's calls for files of a container.
import type { EngineCalls } from '../calls.ts';
import type { Changes } from '../cluster/changes.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { runInSession } from '../cluster/session-action.ts';
import type { KeptCopies } from '../images/kept-copies.ts';
import { download } from './download.ts';
import { listFolder } from './list-folder.ts';
import { openParts } from './parts.ts';
import { placeOf, samePod, type FileRef, type Place } from './place.ts';
import { uploadAction } from './upload.ts';
import { viewFile } from './view-file.ts';

/** @param keptCopies where what an upload overwrites is kept */
export function containerFileCalls(changes: Changes, keptCopies: KeptCopies): EngineCalls['containerFiles'] {
  const { sessions, activity } = changes;
  const parts = openParts();
  return {
    async list(input, signal) {
      using held = sessions.hold(input.context);
      const place = allowedPlace(held.session, input);
      await samePod(place, signal);
      return await listFolder(place, signal);
    },
    async view(input, signal) {
      using held = sessions.hold(input.context);
      return await viewFile(allowedPlace(held.session, input), signal);
    },
    async *download(input, signal) {
      using held = sessions.hold(input.context);
      yield* download(activity, allowedPlace(held.session, input), signal);
    },
    upload: (input, signal) => runInSession(changes, input.context, signal, ({ session }) => uploadAction(session, input, parts, keptCopies)),
    async uploadPart({ id, base64 }) {
      await parts.give(id, Buffer.from(base64, 'base64'));
      return {};
    },
  };
}

/** To read a file is to run a program in the container, so it is locked like any other command there. */
function allowedPlace(session: ClusterSession, input: FileRef): Place {
  session.requireChanges();
  return placeOf(session, input);
}
