// The contract's calls for builds.
import { homedir } from 'node:os';
import { buildImage } from '../../clients/docker/build.ts';
import type { Activity } from '../activity/activity.ts';
import { shellLine } from '../activity/shell-line.ts';
import type { EngineCalls } from '../calls.ts';
import type { Docker } from '../docker.ts';

export function buildCalls(docker: Docker, activity: Activity): EngineCalls['builds'] {
  return {
    listFolder: () => notYet(),
    checkContext: () => notYet(),
    watchRecent: () => notYet(),
    buildLoadRecreate: () => notYet(),
    build: ({ folder: written, image }, signal) => {
      // What a shell would do: `~/spring` is in the home folder.
      const folder = written.replace(/^~(?=\/|$)/, homedir());
      return activity.run(
        {
          title: { key: 'activity.build', params: { image } },
          commands: [shellLine('docker', 'build', '-t', image, folder)],
          endsWithCaller: true,
          async run(tell, own) {
            tell.step('step.build', { image });
            const { imageId, reference } = await buildImage(docker.connection.docker(), {
              folder,
              tag: image,
              signal: own,
              onLog: (text) => tell.log(text),
            });
            await docker.connection.refresh();
            return { result: { imageId, image: reference } };
          },
        },
        signal,
      );
    },
  };
}

function notYet(): never {
  throw new Error('not there yet');
}
