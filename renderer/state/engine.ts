// The engine, as typed calls. The only file of the screen that knows oRPC: no view knows which transport carries it.
import { createORPCClient, ORPCError } from '@orpc/client';
import type { ClientContext, ClientOptions } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { contract } from '../../shared/contract/contract.ts';
import type { FailureData } from '../../shared/contract/failures.ts';
import { setEngineLink } from './engine-link.svelte.ts';
import { openTransport } from './transport.ts';
import type { Transport } from './transport.ts';

type Link = PortLink<ClientContext> | SocketLink<ClientContext>;

class EngineLost extends Error {
  override readonly name = 'EngineLost';
}

let opened = Promise.withResolvers<Link>();
let isLost = false;

/** Resolves when calls go through (at once while they do); rejects when `signal` aborts. */
export async function whenOpen(signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  await Promise.race([opened.promise, aborted]);
}

/** All calls of the contract, e.g. `engine.pods.watch({ context, namespace }, { signal })`. While the engine is lost they fail at once. */
export const engine: ContractRouterClient<typeof contract> = createORPCClient({
  async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>) {
    if (isLost) throw new EngineLost('The connection to the engine is closed.');
    const link = await opened.promise;
    return link.call(path, input, options);
  },
});

/** Keeps a connection for as long as the page lives: tried again at once, then ever more slowly, up to every 5 s. */
export async function keepConnected(): Promise<never> {
  for (let pause = 250; ; pause = Math.min(pause * 2, 5000)) {
    const transport = await openTransport().catch(() => undefined);
    if (transport) {
      isLost = false;
      setEngineLink('open');
      opened.resolve(linkOver(transport));
      await transport.closed;
      pause = 125;
      opened = Promise.withResolvers();
    }
    isLost = true;
    setEngineLink('lost');
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function linkOver({ channel }: Transport): Link {
  return channel.kind === 'port' ? new PortLink({ port: channel.port }) : new SocketLink({ websocket: channel.socket });
}

/**
 * What a caught error is, as the data that FailureNote shows. A declared failure keeps its code and parameters;
 * ENGINE_LOST means that nobody answered; UNEXPECTED is a bug of ours.
 */
export function toFailure(error: unknown): FailureData {
  if (isLost || error instanceof EngineLost) return { code: 'ENGINE_LOST', params: {}, cause: '' };
  if (error instanceof ORPCError && error.defined) {
    const { cause, ...params } = error.data as FailureData['params'] & { cause: string };
    return { code: error.code, params, cause };
  }
  return { code: 'UNEXPECTED', params: {}, cause: textOf(error) };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
