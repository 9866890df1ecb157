// The contract's calls for saved requests.
import type { Activity } from '../../activity/activity.ts';
import type { EngineCalls } from '../../calls.ts';
import { watchCollection } from './collection.ts';
import { saveRequest, saveVariables } from './save.ts';

export function collectionCalls(activity: Activity): Pick<EngineCalls['requests'], 'watchCollection' | 'save' | 'saveVariables'> {
  return {
    watchCollection: ({ folder }, signal) => watchCollection(folder, signal),
    save: (input, signal) =>
      activity.settle(
        {
          title: { key: 'activity.save-request', params: { name: input.name, folder: input.folder } },
          commands: [],
          endsWithCaller: false,
          run: async (tell) => {
            tell.step('step.save-request', { folder: input.folder });
            return { result: await saveRequest(input) };
          },
        },
        signal,
      ),
    saveVariables: (input, signal) =>
      activity.settle(
        {
          title: { key: 'activity.save-variables', params: { folder: input.folder } },
          commands: [],
          endsWithCaller: false,
          run: async (tell) => {
            tell.step('step.save-request', { folder: input.folder });
            return { result: await saveVariables(input) };
          },
        },
        signal,
      ),
  };
}
