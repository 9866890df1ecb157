// Makes one fix of a workload's or Service's own finding, and looks whether the finding goes.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Finding, Fix } from '../../../shared/contract/findings.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import type { Teller } from '../activity/activity.ts';
import { makeParts } from '../fixes/parts.ts';
import { WATCH_SECONDS } from '../fixes/watch-finding.ts';
import type { WorldSources } from '../pods/world.ts';
import { waitFor, type Topic } from '../topic.ts';
import { isOwnChange } from './change-offers.ts';
import { entryIn, holdWorkloadsView, type WorkloadsView } from './view.ts';

export interface WorkloadFixInput {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly finding: string;
  readonly key: string;
}

/** What a diagnosis looks at may still be on its way. */
const KNOWN_MS = 10_000;

/** @throws Failure CHANGES_LOCKED at once; FINDING_GONE, OBJECT_GONE, OBJECT_REPLACED, and those of makeParts when it runs */
export function applyWorkloadFixAction(parts: ChangeParts, input: WorkloadFixInput): SessionAction<{ namespace: string; name: string }> {
  const { session, docker } = parts;
  const { namespace, kind, name, finding: id } = input;
  session.requireChanges();
  return {
    title: { key: 'activity.fix-workload', params: { kind, name, finding: id } },
    commands: [],
    endsWithCaller: false,
    async run(tell) {
      tell.step('step.check-workload-finding', { kind, name });
      const sources: WorldSources = { session, docker, scope: await session.scope(namespace, AbortSignal.timeout(KNOWN_MS)) };
      using held = holdWorkloadsView(sources);
      await waitFor(held.view, (view) => fixIn(view, input) !== undefined, AbortSignal.timeout(KNOWN_MS)).catch(() => {});
      const entry = entryIn(held.view.value, input);
      if (!entry) throw new Failure('OBJECT_GONE', { kind, name }, 'it is not among the objects of its namespace');
      if (entry.row.uid !== input.uid) throw new Failure('OBJECT_REPLACED', { kind, name }, `${kind} ${name} has uid ${entry.row.uid} now, not ${input.uid}`);
      const fix = fixIn(held.view.value, input);
      if (!fix) throw new Failure('FINDING_GONE', { pod: name, finding: id }, `${id} with ${input.key} is not among the findings of ${kind} ${name} now`);
      const { ways } = await makeParts(parts, { metadata: { namespace, name } }, fix.parts, tell);
      await watchGone(held.view, input, tell);
      return { result: { namespace, name }, ways };
    },
  };
}

function fixIn(view: WorkloadsView, input: WorkloadFixInput): Extract<Fix, { action: 'change' }> | undefined {
  return findingIn(view, input)?.fixes.filter(isOwnChange).find(({ key }) => key === input.key);
}

function findingIn(view: WorkloadsView, input: WorkloadFixInput): Finding | undefined {
  return entryIn(view, input)?.findings.find(({ finding, pod }) => finding.id === input.finding && pod === undefined)?.finding;
}

/** A controller that begins anew says nothing for a moment. */
const SETTLED_MS = 3_000;

/** Until it has not been said for a while, or until the time is up; never fails. What it says then is what was seen. */
async function watchGone(view: Topic<WorkloadsView>, input: WorkloadFixInput, tell: Teller): Promise<void> {
  const { kind, name } = input;
  const seconds = WATCH_SECONDS;
  tell.step('step.watch-workload-finding', { kind, name, seconds });
  const end = AbortSignal.timeout(seconds * 1000);
  const isGone = (seen: WorkloadsView) => entryIn(seen, input) !== undefined && findingIn(seen, input) === undefined;
  const comes = async (accept: (seen: WorkloadsView) => boolean, signal: AbortSignal) => waitFor(view, accept, signal).then(() => true, () => false);
  while (await comes(isGone, end)) {
    const returned = await comes((seen) => !isGone(seen), AbortSignal.any([end, AbortSignal.timeout(SETTLED_MS)]));
    if (!returned) return tell.step('step.workload-finding-gone', { kind, name });
  }
  const finding = findingIn(view.value, input);
  if (!finding) return tell.step('step.workload-unseen', { kind, name, seconds });
  tell.step('step.workload-finding-stays', { kind, name, seconds });
  tell.step(finding.message.key, finding.message.params);
  tell.stepFailed();
}
