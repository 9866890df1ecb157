import { expect, test } from 'vitest';
import { Failure } from '../../../shared/contract/failures.ts';
import { activityOfOne, createActivity, type Action } from './activity.ts';

const at = new Date('2026-11-24T10:00:00Z');
const quiet = () => new AbortController().signal;

async function all<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const list: Event[] = [];
  for await (const event of events) list.push(event);
  return list;
}

const action = <Result>(run: Action<Result>['run'], endsWithCaller = false): Action<Result> => ({
  title: { key: 'activity.delete', params: { pod: 'p' } },
  commands: ['kubectl delete pod p'],
  endsWithCaller,
  run,
});

test('the stream tells each step as it begins and ends, and the entry keeps them', async () => {
  const activity = createActivity(() => at);
  const events = await all(
    activity.run(
      action(async (tell) => {
        tell.step('step.check-pod', { pod: 'p' });
        tell.log('line');
        tell.step('step.delete-pod', { pod: 'p' });
        tell.command('kubectl get pod p');
        tell.command('kind load docker-image i', 'first');
        return { result: 7 };
      }),
      quiet(),
    ),
  );
  const check = { key: 'step.check-pod', params: { pod: 'p' } };
  const remove = { key: 'step.delete-pod', params: { pod: 'p' } };
  const [entry] = activity.entries.value;
  expect(events).toEqual([
    { type: 'step', step: check, state: 'running' },
    { type: 'log', text: 'line' },
    { type: 'step', step: check, state: 'done' },
    { type: 'step', step: remove, state: 'running' },
    { type: 'step', step: remove, state: 'done' },
    { type: 'done', activityId: entry?.id, result: 7 },
  ]);
  expect(entry).toEqual({
    id: entry?.id,
    startedAt: at.toISOString(),
    finishedAt: at.toISOString(),
    title: { key: 'activity.delete', params: { pod: 'p' } },
    commands: ['kind load docker-image i', 'kubectl delete pod p', 'kubectl get pod p'],
    state: 'done',
    steps: [
      { step: check, state: 'done' },
      { step: remove, state: 'done' },
    ],
    undo: 'none',
  });
});

test('a failure ends the stream and stays in the entry with its code and the raw cause', async () => {
  const activity = createActivity(() => at);
  const failing = activity.run(
    action(async (tell) => {
      tell.step('step.check-pod');
      throw new Failure('POD_GONE', { pod: 'p' }, 'pods "p" not found');
    }),
    quiet(),
  );
  await expect(all(failing)).rejects.toThrow('pods "p" not found');
  expect(activity.entries.value[0]).toMatchObject({
    state: 'failed',
    failure: { code: 'POD_GONE', params: { pod: 'p' }, cause: 'pods "p" not found' },
    steps: [{ state: 'failed' }],
  });
});

test('an action that must not stop half-way goes on when its caller leaves', async () => {
  const activity = createActivity();
  const caller = new AbortController();
  const middle = Promise.withResolvers<void>();
  const stream = activity.run(
    action(async (tell, signal) => {
      tell.step('step.delete-pod');
      await middle.promise;
      return { result: signal.aborted };
    }),
    caller.signal,
  );
  await stream.next();
  caller.abort();
  expect(await all(stream)).toEqual([]);
  expect(activity.entries.value[0]?.state).toBe('running');
  middle.resolve();
  await expect.poll(() => activity.entries.value[0]?.state).toBe('done');
});

test('an action that ends with its caller is cancelled, not failed', async () => {
  const activity = createActivity();
  const caller = new AbortController();
  const stream = activity.run(
    action(
      (tell, signal) =>
        new Promise<never>((_, reject) => {
          tell.step('step.build');
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      true,
    ),
    caller.signal,
  );
  await stream.next();
  caller.abort();
  await all(stream);
  await expect.poll(() => activity.entries.value[0]?.state).toBe('cancelled');
  expect(activity.entries.value[0]?.failure).toBeUndefined();
});

test('a cancelled action that left something behind says what', async () => {
  const activity = createActivity();
  const caller = new AbortController();
  const stream = activity.run(
    action(async (tell, signal) => {
      tell.step('step.build');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      tell.leftBehind();
      throw new Failure('CLUSTER_NOT_TAKEN_BACK', { tool: 'kind', name: 'dev' }, 'no');
    }, true),
    caller.signal,
  );
  await stream.next();
  caller.abort();
  await all(stream);
  await expect.poll(() => activity.entries.value[0]).toMatchObject({ state: 'failed', failure: { code: 'CLUSTER_NOT_TAKEN_BACK', cause: 'no' } });
});

test('undo runs the way back once; a way back that failed is offered again', async () => {
  const activity = createActivity();
  let fails = true;
  const run = activity.run(
    action(async () => ({
      result: 'x',
      undo: async (tell) => {
        tell.step('step.create-pod', { pod: 'p' });
        if (fails) throw new Failure('POD_EXISTS', { pod: 'p', namespace: 'n' }, 'exists');
      },
    })),
    quiet(),
  );
  await all(run);
  const id = activity.entries.value[0]?.id ?? '';
  expect(activity.entries.value[0]?.undo).toBe('offered');
  await expect(all(activity.undo(id, quiet()))).rejects.toThrow('exists');
  expect(activity.entries.value[0]?.undo).toBe('offered');
  fails = false;
  await all(activity.undo(id, quiet()));
  expect(activity.entries.value.map(({ undo, state }) => [undo, state])).toEqual([
    ['undone', 'done'],
    ['none', 'failed'],
    ['none', 'done'],
  ]);
  await expect(all(activity.undo(id, quiet()))).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
});

test('those who share the log see all of it, and undo only what is their own', async () => {
  const log = createActivity(() => at);
  const [one, other] = [activityOfOne(log), activityOfOne(log)];
  let undone = 0;
  await all(one.run(action(async () => ({ result: 1, undo: async () => void undone++ })), quiet()));
  const offers = () => [one, other].map(({ entries }) => entries.value.map(({ undo }) => undo));
  expect(offers()).toEqual([['offered'], ['none']]);
  const id = log.entries.value[0]?.id ?? '';
  expect(() => other.undo(id, quiet())).toThrow(expect.objectContaining({ code: 'NOTHING_TO_UNDO' }));
  await all(one.undo(id, quiet()));
  expect([undone, ...offers()]).toEqual([1, ['undone', 'none'], ['undone', 'none']]);
});

test('a step that failed is told so, though the action goes on', async () => {
  const activity = createActivity(() => at);
  await all(
    activity.run(
      action(async (tell) => {
        tell.step('step.delete-pod', { pod: 'one' });
        tell.stepFailed();
        tell.step('step.delete-pod', { pod: 'two' });
        return { result: {} };
      }),
      quiet(),
    ),
  );
  expect(activity.entries.value[0]).toMatchObject({ state: 'done', steps: [{ state: 'failed' }, { state: 'done' }] });
});

test('each change of a build step is told, and its time in between at most once a frame', async () => {
  const activity = createActivity(() => at);
  const step = { id: '1', instruction: 'RUN make' };
  const events = await all(
    activity.run(
      action(async (tell) => {
        for (let milliseconds = 0; milliseconds < 500; milliseconds++) tell.buildStep({ ...step, state: 'running', milliseconds });
        tell.buildStep({ ...step, state: 'done', milliseconds: 500 });
        return { result: {} };
      }),
      quiet(),
    ),
  );
  const told = events.flatMap((event) => (event.type === 'build-step' ? [event.buildStep] : []));
  expect(told.length).toBeLessThan(400);
  expect([told[0], told.at(-1)]).toEqual([{ ...step, state: 'running', milliseconds: 0 }, { ...step, state: 'done', milliseconds: 500 }]);
});

test('what ends with its caller goes on to its end once it says so', async () => {
  const activity = createActivity(() => at);
  const gone = new AbortController();
  const half = Promise.withResolvers<void>();
  const stream = activity.run(
    action(async (tell, own) => {
      tell.goesOn();
      await half.promise;
      return { result: own.aborted };
    }, true),
    gone.signal,
  );
  expect(await stream.next()).toEqual({ done: false, value: { type: 'goes-on' } });
  expect(activity.changing()).toBe(true);
  gone.abort();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(activity.entries.value[0]?.state).toBe('running');
  half.resolve();
  await activity.idle();
  expect(activity.entries.value[0]?.state).toBe('done');
});

test('who left before that point has ended it', async () => {
  const activity = createActivity(() => at);
  const gone = new AbortController();
  const half = Promise.withResolvers<void>();
  const stream = activity.run(
    action(async (tell) => {
      tell.step('step.build', { image: 'i' });
      await half.promise;
      tell.goesOn();
      return { result: {} };
    }, true),
    gone.signal,
  );
  await stream.next();
  gone.abort();
  half.resolve();
  await stream.next();
  await expect.poll(() => activity.entries.value[0]?.state).toBe('cancelled');
  expect(activity.changing()).toBe(false);
});

test('what was kept for an undo is given up when nobody can ask for it any more, and not before', async () => {
  const activity = createActivity(() => at);
  const forgotten: string[] = [];
  const change = (name: string, undo = async () => {}) => ({ result: name, undo, forget: () => void forgotten.push(name) });
  const push = async (count: number) => {
    for (let i = 0; i < count; i += 1) await activity.settle(action(async () => ({ result: {} })), quiet());
  };
  const slow = Promise.withResolvers<void>();
  const running = activity.settle(action(async () => {
    await slow.promise;
    return change('ended later');
  }), quiet());
  await activity.settle(action(async () => change('offered')), quiet());
  await activity.settle(action(async () => change('undone')), quiet());
  const stuck = Promise.withResolvers<void>();
  await activity.settle(action(async () => change('undone in vain', () => stuck.promise)), quiet());
  await all(activity.undo(activity.entries.value[2]?.id ?? '', quiet()));
  const vain = all(activity.undo(activity.entries.value[3]?.id ?? '', quiet()));
  await push(195);
  expect([activity.entries.value.length, forgotten]).toEqual([200, []]);
  await push(4);
  expect(forgotten).toEqual(['offered']);
  stuck.reject(new Failure('NOTHING_TO_UNDO', { id: '' }, 'no'));
  await expect(vain).rejects.toThrow('no');
  slow.resolve();
  await running;
  expect(forgotten).toEqual(['offered', 'undone in vain', 'ended later']);
});

test('the wait for a pod to end is offered to be ended while it lasts, and no longer', async () => {
  const activity = createActivity();
  let stopped = 0;
  const over = Promise.withResolvers<void>();
  const stream = activity.run(
    action(async (tell) => {
      {
        using _ = tell.canStopNow(async () => void (stopped += 1, over.resolve()));
        await over.promise;
      }
      return { result: {} };
    }),
    quiet(),
  );
  const { value } = await stream.next();
  const id = activity.entries.value[0]?.id ?? '';
  expect([value, activity.entries.value[0]?.canStopNow]).toEqual([{ type: 'waits', activityId: id }, true]);
  await activity.stopNow(id);
  await all(stream);
  expect([stopped, activity.entries.value[0]?.canStopNow]).toEqual([1, false]);
  await expect(activity.stopNow(id)).rejects.toMatchObject({ code: 'NOTHING_TO_STOP' });
});

test('what an earlier Podlab did stands before all else, and is undone where it was made', async () => {
  const log = createActivity(() => at);
  const [one, other] = [activityOfOne(log), activityOfOne(log)];
  await one.settle(action(async () => ({ result: {} })), quiet());
  const [own] = log.entries.value;
  if (!own) throw new Error('no entry');
  let undone = 0;
  one.adopt([{ entry: { ...own, id: 'kept', undo: 'offered' }, undo: async () => void undone++ }, { entry: { ...own, id: 'done', undo: 'undone' } }]);
  expect(one.entries.value.map(({ id, undo }) => [id, undo])).toEqual([['kept', 'offered'], ['done', 'undone'], [own.id, 'none']]);
  expect(other.entries.value.map(({ undo }) => undo)).toEqual(['none', 'undone', 'none']);
  await all(one.undo('kept', quiet()));
  expect([undone, one.entries.value[0]?.undo]).toEqual([1, 'undone']);
});

test('an entry is kept as it is when it is done, before that is told', async () => {
  const activity = createActivity(() => at);
  const kept: unknown[] = [];
  await activity.settle(action(async (tell) => {
    tell.step('step.delete-pod', { pod: 'p' });
    return { result: {}, undo: async () => {}, keep: async (entry) => void kept.push(entry, activity.entries.value[0]?.state) };
  }), quiet());
  expect(kept).toEqual([activity.entries.value[0], 'running']);
});

test('what another Podlab took back meanwhile is not offered again', async () => {
  const activity = createActivity();
  await activity.settle(action(async () => ({ result: {}, undo: () => Promise.reject(new Failure('NOTHING_TO_UNDO', { id: '' }, 'taken back')) })), quiet());
  await expect(all(activity.undo(activity.entries.value[0]?.id ?? '', quiet()))).rejects.toThrow('taken back');
  expect(activity.entries.value[0]?.undo).toBe('none');
});
