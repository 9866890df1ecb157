// The contract's calls for port forwards.
import { randomUUID } from 'node:crypto';
import type { ForwardRow } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { openTunnel } from '../../clients/cluster/tunnel.ts';
import type { Activity } from '../activity/activity.ts';
import { kubectl } from '../activity/shell-line.ts';
import type { EngineCalls } from '../calls.ts';
import type { ClusterSession } from '../cluster/session.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { LiveTable } from '../cluster/live-table.ts';
import { createTopic } from '../topic.ts';
import { openForward, type Dialled, type Forward, type ForwardTarget } from './forward.ts';

export interface Forwards extends AsyncDisposable {
  readonly calls: EngineCalls['forwards'];
  /** @throws Failure FORWARD_GONE */
  row(id: string): ForwardRow;
  /** Ends them all; new ones may be started. */
  stopAll(): Promise<void>;
}

export function openForwards(sessions: Sessions, activity: Activity): Forwards {
  const rows = createTopic<readonly ForwardRow[]>([]);
  const open = new Map<string, { forward: Forward; held: DisposableStack }>();

  const start = async (input: ForwardTarget & { localPort: number }): Promise<ForwardRow> => {
    if (!isPort(input.podPort) || input.podPort === 0) throw new Failure('PORT_INVALID', { port: String(input.podPort) }, 'a port is a number from 1 to 65535');
    if (!isPort(input.localPort)) throw new Failure('PORT_INVALID', { port: String(input.localPort) }, 'a port is a number from 0 to 65535');
    using held = new DisposableStack();
    const { session } = held.use(sessions.hold(input.context));
    const { localPort, ...target } = input;
    const id = randomUUID();
    const forward = await openForward(id, target, localPort, (signal) => dial(session, target, signal));
    const scope = await session.scope(target.namespace, AbortSignal.timeout(SCOPE_MS)).catch(() => undefined);
    const look = ({ items }: LiveTable<Pod>) => {
      if (items !== 'unknown') forward.podRunning([...items.values()].some((pod) => isRunning(pod, target)));
    };
    if (scope) {
      held.defer(scope.pods.subscribe(look));
      look(scope.pods.value);
    }
    held.defer(forward.row.subscribe((row) => rows.set(rows.value.map((other) => (other.id === id ? row : other)))));
    open.set(id, { forward, held: held.move() });
    rows.set([...rows.value, forward.row.value]);
    return forward.row.value;
  };
  const stop = async (id: string) => {
    const entry = open.get(id);
    if (!entry) throw new Failure('FORWARD_GONE', { id }, 'no forward of this id is open');
    open.delete(id);
    await entry.forward.close();
    entry.held.dispose();
    rows.set(rows.value.filter((row) => row.id !== id));
  };
  const stopAll = async () => void (await Promise.all([...open.keys()].map(stop)));
  const line = ({ context, namespace, pod, podPort }: ForwardTarget, localPort: number) =>
    kubectl({ context, namespace }, 'port-forward', `pod/${pod}`, `${localPort === 0 ? '' : localPort}:${podPort}`);

  return {
    row(id) {
      const entry = open.get(id);
      if (!entry) throw new Failure('FORWARD_GONE', { id }, 'no forward of this id is open');
      return entry.forward.row.value;
    },
    calls: {
      async *watch(_, signal) {
        for await (const value of rows.watch(signal)) yield { rows: [...value] };
      },
      start: (input, signal) =>
        activity.settle(
          {
            title: { key: 'activity.forward', params: { pod: input.pod, port: input.podPort } },
            commands: [line(input, input.localPort)],
            subject: { context: input.context, namespace: input.namespace, pod: input.pod },
            endsWithCaller: false,
            run: async (tell) => {
              tell.step('step.listen', { port: input.localPort });
              return { result: await start(input) };
            },
          },
          signal,
        ),
      stop: async ({ id }) => {
        await stop(id);
        return {};
      },
    },
    stopAll,
    [Symbol.asyncDispose]: stopAll,
  };
}

const SCOPE_MS = 5_000;

async function dial(session: ClusterSession, { namespace, pod, podPort }: ForwardTarget, signal: AbortSignal): Promise<Dialled> {
  // Who serves is what the watch knows now; the tunnel itself names nobody.
  const scope = await session.scope(namespace, signal);
  const tunnel = await openTunnel(await session.client(), { namespace, pod, port: podPort, signal });
  const items = scope.pods.value.items;
  const serving = items === 'unknown' ? undefined : [...items.values()].find(({ metadata }) => metadata.name === pod && metadata.namespace === namespace);
  return { tunnel, pod: { name: pod, uid: serving?.metadata.uid ?? '' } };
}

function isRunning(pod: Pod, target: ForwardTarget): boolean {
  return (
    pod.metadata.name === target.pod &&
    pod.metadata.namespace === target.namespace &&
    pod.metadata.deletionTimestamp === undefined &&
    pod.status?.phase === 'Running'
  );
}

const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65_535;
