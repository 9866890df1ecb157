// The contract's calls for builds.
import { checkContext } from '../../clients/docker/check-context.ts';
import type { EngineCalls } from '../calls.ts';
import { runInSession } from '../cluster/session-action.ts';
import { buildLoadRecreateAction } from './build-load-recreate.ts';
import { atHome } from './home-path.ts';
import { listFolder } from './list-folder.ts';
import type { RecentBuilds } from './recent-builds.ts';
import { lineOf, runBuild, settled } from './run-build.ts';
import type { Changes } from '../cluster/changes.ts';

export function buildCalls(changes: Changes, recent: RecentBuilds): EngineCalls['builds'] {
  const { docker, activity } = changes;
  return {
    listFolder: ({ path }, signal) => listFolder(path, signal),
    checkContext: async ({ folder, dockerfile }, signal) =>
      await checkContext(docker.connection.docker(), { folder: atHome(folder.trim()), dockerfile: dockerfile?.trim() || undefined, signal }),
    async *watchRecent(_, signal) {
      for await (const builds of recent.builds.watch(signal)) if (builds) yield { builds: [...builds] };
    },
    build: (input, signal) => {
      const settings = settled(input);
      return activity.run(
        {
          title: { key: 'activity.build', params: { image: settings.image } },
          commands: [lineOf(settings)],
          endsWithCaller: true,
          async run(tell, own) {
            const { imageId, reference } = await runBuild({ docker, recent }, settings, tell, own);
            return { result: { imageId, image: reference } };
          },
        },
        signal,
      );
    },
    buildLoadRecreate: ({ context, ...input }, signal) =>
      runInSession(changes, context, signal, (parts) => buildLoadRecreateAction({ ...parts, recent }, settled(input))),
  };
}
