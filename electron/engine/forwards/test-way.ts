// For the tests of this folder: small TCP servers on loopback in the place of pods, and a way that leads to them as a cluster's would.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { ForwardSettings } from '../../../shared/contract/forwards.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { createTopic } from '../topic.ts';
import type { TargetState } from './follow-target.ts';
import { createForward, type Forward, type Way } from './forward.ts';
import type { ServingPod } from './target-pods.ts';

export const settings: ForwardSettings = {
  context: 'c', namespace: 'n', target: { kind: 'Pod', name: 'p', port: '8080' }, localPort: 0, address: 'localhost', strategy: 'sticky', httpLog: false,
};

export const refused = (pod: ServingPod) => new Failure('PORT_REFUSED_IN_POD', { pod: pod.name, port: pod.port }, 'connection refused');

/** A server of one kind; its `port` is the pod's. */
export async function podServer(serve: (socket: Socket) => unknown): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    void serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

export const ready = (...pods: readonly (readonly [name: string, port: number])[]): TargetState => ({ pods: pods.map(([name, port]) => ({ name, uid: `uid-${name}`, port })) });

/** @param dial a plain connection to the pod's port where absent */
export function wayTo(initial: TargetState, dial: Way['dial'] = dialPort): Way & { readonly state: ReturnType<typeof createTopic<TargetState>> } {
  return { state: createTopic(initial), dial, explain: async (failure) => failure, [Symbol.dispose]() {} };
}

export async function dialPort({ port }: ServingPod): Promise<Duplex> {
  const tunnel = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(tunnel, 'connect');
  return tunnel;
}

export async function started(way: Way, part: Partial<ForwardSettings> = {}, holdMs?: number): Promise<Forward> {
  const forward = createForward('f', { ...settings, ...part }, holdMs);
  await forward.start(async () => way);
  onTestFinished(() => forward.stop());
  return forward;
}

/** Says something, ends, and reads the whole answer. */
export async function ask(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host, allowHalfOpen: true });
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
