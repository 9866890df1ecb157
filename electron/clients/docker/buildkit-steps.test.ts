// Status messages in the order in which a real BuildKit sends them; the wire form is written here by protobufjs from its field numbers.
import protobuf from 'protobufjs/minimal.js';
import { expect, test } from 'vitest';
import type { BuildStep } from '../../../shared/contract/build-step.ts';
import { solveSteps } from './buildkit-steps.ts';
import type { SolveVertex } from './buildkit-steps.ts';
import { decodeTrace } from './buildkit-trace.ts';

const vertex = (digest: string, name: string, more: Partial<SolveVertex> = {}): SolveVertex => ({ digest, name, cached: false, error: '', ...more });

function follow(...messages: readonly { vertexes?: readonly SolveVertex[]; logs?: readonly { vertex: string; data: Uint8Array }[]; warnings?: readonly string[] }[]) {
  const told: BuildStep[] = [];
  let log = '';
  const steps = solveSteps(step => told.push(step), text => { log += text; });
  for (const message of messages) steps.read({ vertexes: [], logs: [], warnings: [], ...message });
  return { told, log, failed: steps.failed() };
}

test('a step waits, runs and is done; its place is left out of its words', () => {
  const name = '[build 2/4] RUN make';
  expect(follow(
    { vertexes: [vertex('a', name)] }, { vertexes: [vertex('a', name)] }, { vertexes: [vertex('a', name, { started: 1000 })] },
    { vertexes: [vertex('a', name, { started: 1000, completed: 3500 })] },
  )).toEqual({
    told: [
      { id: 'a', instruction: 'RUN make', state: 'waiting' }, { id: 'a', instruction: 'RUN make', state: 'running' },
      { id: 'a', instruction: 'RUN make', state: 'done', milliseconds: 2500 },
    ],
    log: '#1 [build 2/4] RUN make\n#1 DONE 2.5s\n', failed: undefined,
  });
});

test('BuildKit\'s own steps keep their words, and add up when they are worked on twice', () => {
  const name = '[internal] load build context';
  const { told } = follow(
    { vertexes: [vertex('a', name, { started: 0, completed: 10 })] }, { vertexes: [vertex('a', name, { started: 20 })] },
    { vertexes: [vertex('a', name, { started: 20, completed: 50 })] },
  );
  expect(told.at(-1)).toEqual({ id: 'a', instruction: name, state: 'done', milliseconds: 40 });
});

test('the step that failed is told, not those that were stopped because of it', () => {
  const { told, failed, log } = follow({ vertexes: [
    vertex('a', '[1/2] RUN a', { started: 0, completed: 5, error: 'process "a" did not complete: context canceled' }),
    vertex('b', '[2/2] RUN b', { started: 0, completed: 5, error: 'exit code: 1' }), vertex('c', '[3/3] COPY c', { started: 0, completed: 0, cached: true }),
  ] });
  expect(told.map(({ state }) => state)).toEqual(['waiting', 'failed', 'cached']);
  expect(failed).toEqual({ step: 'RUN b', error: 'exit code: 1' });
  expect(log).toContain('#2 ERROR: exit code: 1\n');
});

test('lines of steps that run at once are told apart, and characters cut between messages are whole', () => {
  const word = Buffer.from('größe 완료\n');
  expect(follow(
    { vertexes: [vertex('a', 'A', { started: 0 }), vertex('b', 'B', { started: 0 })] },
    { logs: [{ vertex: 'a', data: word.subarray(0, 3) }] }, { logs: [{ vertex: 'b', data: Buffer.from('half') }] }, { logs: [{ vertex: 'a', data: word.subarray(3) }] },
    { warnings: ['old syntax'] },
  ).log).toBe('#1 A\n#2 B\n#1 ...\ngr\n#2 ...\nhalf\n#1 ...\nöße 완료\nWARNING: old syntax\n');
});

test('the protobuf of the Engine API', () => {
  const time = (milliseconds: number) => protobuf.Writer.create().uint32(8).int64(Math.floor(milliseconds / 1000)).uint32(16).int32((milliseconds % 1000) * 1e6).finish();
  const first = protobuf.Writer.create().uint32(10).string('sha256:a').uint32(18).string('sha256:input').uint32(26).string('[1/2] RUN größe').uint32(32).bool(true)
    .uint32(42).bytes(time(1_700_000_000_250)).uint32(50).bytes(time(1_700_000_001_000)).uint32(58).string('exit code: 1').finish();
  const log = protobuf.Writer.create().uint32(10).string('sha256:a').uint32(18).bytes(time(0)).uint32(24).int64(1).uint32(34).bytes(Buffer.from('완')).finish();
  const warning = protobuf.Writer.create().uint32(10).string('sha256:a').uint32(26).bytes(Buffer.from('old syntax')).finish();
  const message = protobuf.Writer.create().uint32(10).bytes(first).uint32(18).bytes(Buffer.alloc(0)).uint32(26).bytes(log).uint32(34).bytes(warning).finish();
  const { vertexes, logs, warnings } = decodeTrace(Buffer.from(message).toString('base64'));
  expect(vertexes).toEqual([{ digest: 'sha256:a', name: '[1/2] RUN größe', cached: true, error: 'exit code: 1', started: 1_700_000_000_250, completed: 1_700_000_001_000 }]);
  expect(logs.map(({ vertex: of, data }) => [of, Buffer.from(data).toString()])).toEqual([['sha256:a', '완']]);
  expect(warnings).toEqual(['old syntax']);
  expect(() => decodeTrace(Buffer.from([10, 200]).toString('base64'))).toThrow(RangeError);
});
