// What is done to several pods at once, from the selection or from a finding.
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import type { FailedPod } from '../../../shared/contract/pods.ts';
import { change } from '../../actions/change.ts';
import { engine } from '../../state/engine.ts';
import { setPodRun } from '../../state/pod-runs.svelte.ts';
import { run } from '../../state/running.svelte.ts';
import type { Running } from '../../state/running.svelte.ts';
import { say } from '../../state/say.ts';

export interface Several {
  readonly context: string;
  readonly pods: readonly { readonly namespace: string; readonly name: string; readonly uid: string }[];
}
interface ManyResult {
  readonly failed: readonly FailedPod[];
}

/** Shown above the table until it is dismissed or the next one begins. */
let latest = $state.raw<{ context: string; running: Running<ManyResult> }>();

export const manyWork = {
  get latest() {
    return latest;
  },
  dismiss(): void {
    latest = undefined;
  },
  /** @param commands the lines that do the same, for the question where one is asked */
  recreate: async (several: Several, how: { policy?: PullPolicy | undefined; load: boolean }, commands: readonly string[] = []): Promise<void> => {
    const { context } = several;
    const pods = plain(several);
    const { load, policy } = how;
    await begin(several, 'pods.many.recreate.label', commands, (label) =>
      run(label, (signal) => engine.pods.recreateMany({ context, pods, load, ...(policy === undefined ? {} : { policy }) }, { signal }), { cancellable: load }),
    );
  },
  delete: async (several: Several): Promise<void> => {
    const { context } = several;
    const pods = plain(several);
    await begin(several, 'pods.many.delete.label', [], (label) => run(label, (signal) => engine.pods.deleteMany({ context, pods }, { signal })));
  },
};

/** Only what the call takes. */
const plain = ({ pods }: Several) => pods.map(({ namespace, name, uid }) => ({ namespace, name, uid }));

async function begin({ context, pods }: Several, key: string, commands: readonly string[], start: (label: { key: string; params: { count: number } }) => Running<ManyResult>): Promise<void> {
  const label = { key, params: { count: pods.length } };
  const question = { title: say('pods.many.ask', { action: say(key, label.params), pods: pods.map(({ name }) => name).join(', ') }), commands, danger: 'y' } as const;
  const running = await change(question, () => start(label));
  if (!running) return;
  latest = { context, running };
  // Each pod's own detail shows it, too, and lets nothing else begin.
  for (const { namespace, name } of pods) setPodRun(context, namespace, name, running);
}
