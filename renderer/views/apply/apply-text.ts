// Applies a text: the question where one is asked, then the engine's apply. Run and Create from YAML both end here.
import { change } from '../../actions/change.ts';
import type { Applied } from '../../../shared/contract/objects.ts';
import { engine } from '../../state/engine.ts';
import { run } from '../../state/running.svelte.ts';
import type { Running } from '../../state/running.svelte.ts';
import { say } from '../../state/say.ts';

export interface ToApply {
  readonly context: string;
  readonly namespace: string;
  readonly text: string;
  /** For the equivalent line. */
  readonly fileName?: string;
  /** Fields that other managers own are taken. */
  readonly takeOver?: boolean;
  /** A pod of which a fixed field changes is deleted and made anew. */
  readonly replace?: boolean;
  /** What the edit of one live object began with. */
  readonly base?: string;
}
export type ApplyRun = Running<{ objects: Applied[] }>;

/** undefined: the person cancelled. `label` is the button's message. */
export async function applyText(input: ToApply, label: string): Promise<ApplyRun | undefined> {
  const { context, namespace, fileName = 'manifest.yaml', takeOver = false, replace = false } = input;
  const line = `kubectl --context ${context} -n ${namespace} ${replace ? 'replace --force' : `apply --server-side --field-manager=podlab${takeOver ? ' --force-conflicts' : ''}`} -f ${fileName}`;
  return change(
    { title: say('apply.ask', { namespace, context }), commands: [line], danger: replace ? 'y' : 'g' },
    () => run(label, (signal) => engine.objects.apply(input, { signal })),
  );
}

/** The pod to show afterwards, where one was made. */
export function podOf(running: ApplyRun): { namespace: string; name: string; uid: string } | undefined {
  const pod = running.result?.objects.find(({ object }) => object.kind === 'Pod' && object.apiVersion === 'v1');
  return pod && { namespace: pod.object.namespace ?? '', name: pod.object.name, uid: pod.uid };
}
