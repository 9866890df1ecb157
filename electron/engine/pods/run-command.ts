// Runs one command in a container, as `kubectl exec POD -- COMMAND` does.
import { Failure } from '../../../shared/contract/failures.ts';
import { splitWords } from '../../../shared/kubernetes/command-words.ts';
import { execInPod } from '../../clients/cluster/exec.ts';
import type { Action } from '../activity/activity.ts';
import { kubectl } from '../activity/shell-line.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { livePod, type PodRef } from './pod-ref.ts';

export interface CommandOutput {
  stdout: string;
  stderr: string;
  exitCode: number;
  truncated: boolean;
  milliseconds: number;
}

/** @throws Failure REQUEST_INVALID for an empty command; POD_GONE, POD_REPLACED, POD_NOT_RUNNING, CONTAINER_NOT_FOUND, COMMAND_NOT_IN_IMAGE when it runs. */
export function runCommandAction(session: ClusterSession, ref: PodRef & { container: string; command: string }): Action<CommandOutput> {
  // A command may change anything in the pod, so it is a change like any other.
  session.requireChanges();
  const words = splitWords(ref.command);
  if (words === undefined) throw new Failure('REQUEST_INVALID', { field: 'command' }, 'a quote is opened and not closed, or the line ends with a backslash');
  if (words.length === 0) throw new Failure('REQUEST_INVALID', { field: 'command' }, 'the command is empty');
  const at = { context: session.context, namespace: ref.namespace };
  return {
    title: { key: 'activity.run-command', params: { pod: ref.name, command: ref.command } },
    commands: [kubectl(at, 'exec', ref.name, '-c', ref.container, '--', ...words)],
    subject: { ...at, pod: ref.name },
    endsWithCaller: true,
    async run(tell, signal) {
      tell.step('step.run-command', { container: ref.container });
      await livePod(session, ref, signal);
      const startedAt = performance.now();
      const output = await execInPod(await session.client(), { namespace: ref.namespace, pod: ref.name, container: ref.container, command: words, signal });
      return { result: { ...output, milliseconds: Math.round(performance.now() - startedAt) } };
    },
  };
}
