// The words of an entry of Activity.
import type { ActivityEntry } from '../../../shared/contract/activity.ts';
import { say } from '../../state/say.ts';
import type { Params } from '../../state/say.ts';

/** The title of an Undo names what it took back, by that entry's own message. */
export function titleParams({ title }: Pick<ActivityEntry, 'title'>): Params {
  return { ...title.params, what: say(String(title.params['title'] ?? ''), title.params) };
}

/** The title as plain text. */
export function titleOf(entry: Pick<ActivityEntry, 'title'>): string {
  return say(entry.title.key, titleParams(entry));
}

/** All that an entry shows, for the search. */
export function textsOf(entry: ActivityEntry): string[] {
  const { failure, subject } = entry;
  return [
    titleOf(entry), say(`activity.${entry.state}`), ...entry.commands, ...entry.steps.map(({ step }) => say(step.key, step.params)),
    ...(failure ? [say(`failure.${failure.code}`, failure.params), failure.cause] : []), ...(subject ? [subject.context, subject.namespace, subject.pod] : []),
  ];
}
