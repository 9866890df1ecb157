// The contract's calls for port forwards.
import { randomUUID } from 'node:crypto';
import type { ForwardRow, ForwardSettings } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Activity } from '../activity/activity.ts';
import { kubectl } from '../activity/shell-line.ts';
import type { EngineCalls, Input } from '../calls.ts';
import type { Sessions } from '../cluster/sessions.ts';
import { createTopic } from '../topic.ts';
import { watchChoices } from './choices.ts';
import { createForward, type Forward } from './forward.ts';
import type { KeptForward, KeptForwards } from './kept-forwards.ts';
import { openWay } from './way.ts';

export interface Forwards extends AsyncDisposable {
  readonly calls: EngineCalls['forwards'];
  /** @throws Failure FORWARD_GONE */
  row(id: string): ForwardRow;
  /** Frees all their ports. */
  stopAll(): Promise<void>;
}

interface Open {
  readonly forward: Forward;
  readonly since: string;
  readonly unwatch: () => void;
}

/** @param kept where they outlive Podlab; left out where nothing does */
export function openForwards(sessions: Sessions, activity: Activity, kept?: KeptForwards): Forwards {
  const rows = createTopic<readonly ForwardRow[]>([]);
  const open = new Map<string, Open>();
  /** Of an earlier Podlab, to listen again when somebody looks at their cluster. */
  const toRestore = new Set<string>();
  let isClosed = false;

  const show = () => rows.set([...open.values()].map(({ forward }) => forward.row.value));
  const add = (id: string, settings: ForwardSettings, since: string): Forward => {
    const forward = createForward(id, settings);
    open.set(id, { forward, since, unwatch: forward.row.subscribe(show) });
    show();
    return forward;
  };
  const get = (id: string): Open => {
    const entry = open.get(id);
    if (!entry) throw new Failure('FORWARD_GONE', { id }, 'no forward of this id is here');
    return entry;
  };
  const keep = async (id: string, isOn: boolean) => {
    const entry = open.get(id);
    if (entry && kept) await kept.put(id, { settings: entry.forward.settings, isOn, since: entry.since });
  };
  const start = async (id: string, localPort?: number): Promise<ForwardRow> => {
    const { forward } = get(id);
    await forward.start(() => openWay(sessions, forward.settings), localPort);
    await keep(id, true);
    return forward.row.value;
  };
  const stop = async (id: string) => {
    toRestore.delete(id);
    await get(id).forward.stop();
    await keep(id, false);
  };
  const remove = async (id: string) => {
    const { forward, unwatch } = get(id);
    toRestore.delete(id);
    await forward.stop();
    unwatch();
    open.delete(id);
    show();
    await kept?.drop(id);
  };
  const of = (context: string) => [...open].filter(([, { forward }]) => forward.settings.context === context).map(([id]) => id);

  const restore = (context: string) => {
    for (const id of of(context)) if (toRestore.delete(id)) start(id).catch(() => {}); // its row says why
  };
  const stopListening = sessions.onOpen((context) => queueMicrotask(() => restore(context)));
  const reading = kept?.read().then((found: ReadonlyMap<string, KeptForward>) => {
    if (isClosed) return;
    const contexts = new Set<string>();
    for (const [id, { settings, isOn, since }] of found) {
      if (open.has(id)) continue;
      add(id, settings, since);
      if (!isOn) continue;
      toRestore.add(id);
      contexts.add(settings.context);
    }
    for (const context of contexts) if (sessions.isOpen(context)) restore(context);
  });

  const begin = async (input: Input<'forwards', 'start'>): Promise<ForwardRow> => {
    const { address = 'localhost', strategy = 'sticky', httpLog = false, ...rest } = input;
    const id = randomUUID();
    add(id, { ...rest, address, strategy, httpLog }, new Date().toISOString());
    try {
      return await start(id);
    } catch (error) {
      // What never listened is no forward: the person is told, and nothing has changed.
      await remove(id);
      throw error;
    }
  };
  const inTurn = async (context: string, work: (id: string) => Promise<unknown>) => {
    await Promise.all(of(context).map((id) => work(id).catch(() => {}))); // the rows say what failed
    return {};
  };

  return {
    row: (id) => get(id).forward.row.value,
    calls: {
      async *watch(_, signal) {
        await reading;
        for await (const value of rows.watch(signal)) yield { rows: [...value] };
      },
      async *watchTargets({ context, namespace }, signal) {
        using held = sessions.hold(context);
        yield* watchChoices(held.session, namespace, signal);
      },
      async *watchLog({ id }, signal) {
        for await (const requests of get(id).forward.log.requests.watch(signal)) yield { requests: [...requests] };
      },
      start: (input, signal) =>
        activity.settle(
          {
            title: { key: 'activity.forward', params: { pod: input.target.name, port: input.target.port } },
            commands: [portForwardLine(input)],
            ...(input.target.kind === 'Pod' ? { subject: { context: input.context, namespace: input.namespace, pod: input.target.name } } : {}),
            endsWithCaller: false,
            run: async (tell) => {
              tell.step('step.listen', { port: input.localPort });
              return { result: await begin(input) };
            },
          },
          signal,
        ),
      startAgain: ({ id, localPort }) => start(id, localPort),
      async stop({ id }) {
        await stop(id);
        return {};
      },
      async remove({ id }) {
        await remove(id);
        return {};
      },
      startAll: ({ context }) => inTurn(context, (id) => start(id)),
      stopAll: ({ context }) => inTurn(context, stop),
      async change({ id, strategy, httpLog }) {
        const { forward } = get(id);
        forward.change({ ...(strategy ? { strategy } : {}), ...(httpLog === undefined ? {} : { httpLog }) });
        await keep(id, forward.row.value.state !== 'stopped');
        return {};
      },
    },
    async stopAll() {
      await Promise.all([...open.values()].map(({ forward }) => forward.stop()));
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      stopListening();
      toRestore.clear();
      await Promise.all([...open.values()].map(({ forward }) => forward.stop()));
      open.clear();
      // A forward that was restored just now is written once more.
      await kept?.idle();
    },
  };
}

/** kubectl listens on localhost unless it is told otherwise. */
function portForwardLine({ context, namespace, target, localPort, address = 'localhost' }: Input<'forwards', 'start'>): string {
  const ports = `${localPort === 0 ? '' : localPort}:${target.port}`;
  return kubectl({ context, namespace }, 'port-forward', `${target.kind.toLowerCase()}/${target.name}`, ports, ...(address === 'localhost' ? [] : ['--address', address]));
}
