// Makes one fix of a finding of a pod, and looks whether the finding goes.
import { Failure } from '../../../shared/contract/failures.ts';
import type { Finding, Fix } from '../../../shared/contract/findings.ts';
import { diagnose } from '../../../shared/diagnosis/diagnose.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';
import { controllerOf } from '../cluster/owners.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { stayingPod, type PodRef } from '../pods/pod-ref.ts';
import { holdPodsView, type PodsView } from '../pods/view.ts';
import { worldOf, type WorldSources } from '../pods/world.ts';
import { waitFor } from '../topic.ts';
import { makeParts } from './parts.ts';
import { runSeconds, watchFinding } from './watch-finding.ts';

export interface FixInput extends PodRef {
  readonly finding: string;
  readonly container?: string | undefined;
  readonly key: string;
}
type ChangeFix = Extract<Fix, { action: 'change' }>;
interface FixedPod {
  namespace: string;
  name?: string;
  uid?: string;
}

/** What a diagnosis looks at may still be on its way. */
const KNOWN_MS = 10_000;

/** @throws Failure CHANGES_LOCKED at once; FINDING_GONE, POD_GONE, POD_REPLACED, POD_ENDING, and those of makeParts when it runs */
export function applyFixAction(parts: ChangeParts, input: FixInput): SessionAction<FixedPod> {
  const { session } = parts;
  session.requireChanges();
  return {
    title: { key: 'activity.fix', params: { pod: input.name, finding: input.finding } },
    commands: [],
    subject: { context: session.context, namespace: input.namespace, pod: input.name },
    endsWithCaller: false,
    async run(tell) {
      tell.step('step.check-finding', { pod: input.name });
      const pod = await stayingPod(session, input);
      const sources: WorldSources = { session, docker: parts.docker, scope: await session.scope(input.namespace, AbortSignal.timeout(KNOWN_MS)) };
      // Held to the end: what the diagnosis knows by now is not read anew for the look afterwards.
      using held = holdPodsView(sources);
      // What was read of it because somebody looks at it (its log, what listens) is part of why the fix is offered.
      using _looked = held.look(input.namespace, input.name);
      await waitFor(held.view, (view) => seenFix(view, input) !== undefined, AbortSignal.timeout(KNOWN_MS)).catch(() => {});
      const found = fixIn(diagnose(worldOf(sources, pod, new Date(), 'watched')), input);
      if (!found) throw new Failure('FINDING_GONE', { pod: input.name, finding: input.finding }, `${input.finding} with ${input.key} is not among the pod's findings now`);
      const run = runSeconds(found.finding, pod);
      const root = rootOf(sources, pod);
      const { ways, created, isLater } = await makeParts(parts, pod, found.fix.parts, tell);
      if (isLater) return { result: { namespace: input.namespace }, ways };
      const uid = created?.uid ?? input.uid;
      await watchFinding(sources, { finding: found.finding, root, uid, name: created?.name ?? input.name, runSeconds: run }, tell);
      return { result: created ?? { namespace: input.namespace, name: input.name, uid: input.uid }, ways };
    },
  };
}

function seenFix({ entries }: PodsView, input: FixInput): ChangeFix | undefined {
  const entry = entries === 'unknown' ? undefined : entries.get(input.uid);
  return entry && fixIn(entry.findings, input)?.fix;
}

function fixIn(findings: readonly Finding[], { finding: id, container, key }: FixInput): { finding: Finding; fix: ChangeFix } | undefined {
  const finding = findings.find((each) => each.id === id && each.container === container);
  const fix = finding?.fixes.find((each): each is ChangeFix => each.action === 'change' && each.key === key);
  return finding && fix && { finding, fix };
}

/** The uid of what makes the pod; undefined for a bare one. */
function rootOf({ session }: WorldSources, pod: Pod): string | undefined {
  const controller = controllerOf(pod);
  const chain = controller ? session.owners.of(pod) : [];
  return chain === 'unknown' ? controller?.uid : (chain.at(-1)?.metadata.uid ?? controller?.uid);
}
