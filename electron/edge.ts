// The engine's side of the wire: the one file here that knows oRPC. It binds the contract's calls to the engine's functions and
// turns a known failure into the typed error of its call; everything else stays what it is, a bug.
import { implement, ORPCError } from '@orpc/server';
import { RPCHandler as MessagePortHandler } from '@orpc/server/message-port';
import { RPCHandler as WebSocketHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import { contract } from '../shared/contract/contract.ts';
import type { Failure } from '../shared/contract/failures.ts';
import { failureOf } from './clients/cluster/api-error.ts';
import type { EngineCalls } from './engine/calls.ts';

type Port = Parameters<MessagePortHandler<Record<never, never>>['upgrade']>[0];
type PlainHandler = (input: unknown, signal: AbortSignal) => Promise<unknown> | AsyncGenerator<unknown>;

/** Serves the contract on one WebSocket, until it closes. */
export function serveWebSocket(engine: { calls: EngineCalls }, socket: WebSocket): void {
  void new WebSocketHandler(routerOf(engine.calls)).upgrade(socket);
}

/** Serves the contract on one MessagePort (Electron's MessagePortMain, or Node's), until it closes. */
export function serveMessagePort(engine: { calls: EngineCalls }, port: Port): void {
  new MessagePortHandler(routerOf(engine.calls)).upgrade(port);
}

const routers = new WeakMap<EngineCalls, ReturnType<typeof buildRouter>>();

function routerOf(calls: EngineCalls) {
  let router = routers.get(calls);
  if (!router) routers.set(calls, (router = buildRouter(calls)));
  return router;
}

function buildRouter(calls: EngineCalls) {
  const os = implement(contract);
  const bound: Record<string, Record<string, unknown>> = {};
  for (const [subject, handlers] of Object.entries(calls)) {
    const procedures = os[subject as keyof typeof os] as unknown as Record<string, { handler(run: unknown): unknown }>;
    bound[subject] = {};
    for (const [call, handle] of Object.entries(handlers as Record<string, PlainHandler>)) {
      bound[subject][call] = procedures[call]?.handler(async ({ input, signal }: { input: unknown; signal?: AbortSignal }) => {
        const given = signal ?? new AbortController().signal;
        try {
          const answer = handle(input, given);
          return Symbol.asyncIterator in answer ? typedErrors(answer, given) : await answer;
        } catch (error) {
          throw typedError(error, given);
        }
      });
    }
  }
  return os.router(bound as unknown as Parameters<typeof os.router>[0]);
}

async function* typedErrors(events: AsyncGenerator<unknown>, signal: AbortSignal): AsyncGenerator<unknown> {
  try {
    yield* events;
  } catch (error) {
    throw typedError(error, signal);
  }
}

function typedError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return error;
  const failure: Failure | undefined = failureOf(error);
  if (failure) return new ORPCError(failure.code, { defined: true, data: { ...failure.parameters, cause: failure.raw }, message: failure.message });
  // A bug of ours: its text goes to the screen as the raw cause, its stack to the log.
  console.error(error);
  return new ORPCError('INTERNAL_SERVER_ERROR', { message: error instanceof Error ? error.message : String(error), cause: error });
}
