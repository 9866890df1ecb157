// The contract's calls for builds.
import { checkContext } from '../../clients/docker/check-context.ts';
import type { Activity } from '../activity/activity.ts';
import type { Journal } from '../activity/journal.ts';
import type { EngineCalls } from '../calls.ts';
import { runInSession } from '../cluster/session-action.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import { buildLoadRecreateAction } from './build-load-recreate.ts';
import { atHome } from './home-path.ts';
import { listFolder } from './list-folder.ts';
import type { RecentBuilds } from './recent-builds.ts';
import { lineOf, runBuild, settled } from './run-build.ts';

export interface BuildCallParts {
  readonly docker: Docker;
  readonly sessions: Sessions;
  readonly activity: Activity;
  readonly journal: Journal;
  readonly recent: RecentBuilds;
}

export function buildCalls({ docker, sessions, activity, journal, recent }: BuildCallParts): EngineCalls['builds'] {
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
      runInSession(sessions, activity, context, signal, (session) => buildLoadRecreateAction({ session, docker, journal, recent }, settled(input))),
  };
}
