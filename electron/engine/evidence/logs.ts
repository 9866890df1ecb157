// The last words of containers that crashed, and of those that run and do not get ready.
import type { LogTail } from '../../../shared/diagnosis/world.ts';
import { containersOf, type LocatedContainer } from '../../../shared/kubernetes/containers.ts';
import { logTail } from '../../clients/cluster/log-tail.ts';
import type { Asker } from './related.ts';

/** A running container goes on writing; of one that has ended nothing new comes. */
const RUNNING_FRESH_MS = 30_000;

/** By container name, what is known. A crash-looping container is read once for each of its restarts. */
export function logsOf({ answers, pod, urgent }: Asker): Readonly<Record<string, LogTail>> {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const logs: Record<string, LogTail> = {};
  for (const located of containersOf(pod)) {
    const run = runToRead(located);
    if (!run) continue;
    const container = located.container.name;
    const tail = answers.ask<LogTail>({
      subject: uid, key: `log ${uid} ${container}`, version: run.version, freshMs: run.isOver ? Infinity : RUNNING_FRESH_MS, urgent,
      async read(connection, signal) {
        const text = await logTail(connection, { namespace, pod: name, container, previous: run.previous, signal });
        return text === undefined ? undefined : { text, previous: run.previous };
      },
    });
    if (tail) logs[container] = tail;
  }
  return logs;
}

interface Run {
  readonly previous: boolean;
  readonly isOver: boolean;
  readonly version: string;
}

/** Which run of a container has the words; undefined where none is of interest. */
export function runToRead({ init, status }: LocatedContainer): Run | undefined {
  if (!status) return undefined;
  const { state = {}, lastState = {}, restartCount = 0, containerID = '' } = status;
  const run = (previous: boolean, isOver: boolean): Run => ({ previous, isOver, version: [previous, restartCount, containerID].join(' ') });
  // Ended and not begun again: the run that the status shows is not yet "previous" (pkg/kubelet/kubelet_pods.go, validateContainerLogStatus).
  if (state.terminated) return init && (state.terminated.exitCode ?? 0) === 0 ? undefined : run(false, true);
  if (lastState.terminated) return run(true, true);
  return state.running && !status.ready && !(init && status.started === true) ? run(false, false) : undefined;
}
