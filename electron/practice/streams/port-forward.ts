// pods/NAME/portforward over a WebSocket: for the n-th port channel 2n carries data and 2n+1 an error; each begins with the port
// (k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go). Each port is one connection, made at once.
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { badRequest } from '../api/api-error.ts';
import type { SubresourceHandler } from '../api/subresources.ts';
import type { Runtime, Sandbox } from '../runtime/runtime.ts';
import { acceptChannels, isWebSocket, refuse } from './channels.ts';
import type { Channels } from './channels.ts';
import { writeTo } from './flow.ts';
import { kubeletOf, podFullName, podOf } from './pod-target.ts';
import type { StreamParts } from './pod-target.ts';

const PROTOCOLS = ['', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];
/** The pod has ended its side: so long what the client still sends is passed on (socat -t; containerd, sandbox_portforward_linux.go). */
const LAST_WORDS_MS = { docker: 500, containerd: 1000 };
const MOST_PORTS = 100;

export function portForwardHandler(parts: StreamParts): SubresourceHandler {
  return async (request, answer, { namespace, name, query }) => {
    const ports = portsOf(query);
    const pod = podOf(parts, namespace, name);
    const kubelet = kubeletOf(parts, pod);
    const { runtime } = kubelet;
    if (answer.kind === 'response') throw badRequest('Upgrade request required');
    if (!isWebSocket(request)) throw badRequest(`unable to upgrade: this server speaks WebSocket only, not ${request.headers.upgrade}`);
    const { socket, head } = answer;
    if (ports.length === 0) return refuse(socket, 400, 'query parameter "port" is required');
    if (ports.includes(0)) return refuse(socket, 400, 'port "0" must be > 0');
    if (ports.length > MOST_PORTS) return refuse(socket, 400, `more than ${MOST_PORTS} ports`);
    const sandbox = kubelet.sandbox(pod.metadata.uid ?? '');
    if (!sandbox) return refuse(socket, 500, `pod not found ("${podFullName(pod)}")`);
    const channels = await acceptChannels(request, socket, head, PROTOCOLS);
    if (!channels) return;
    const forwards = ports.map((port, index) => createForward({ port, index, channels, runtime, sandbox }));
    channels.onMessage(async (channel, bytes) => {
      // Nothing is expected on the error channels.
      if (channel % 2 === 0) await forwards[channel / 2]?.take(bytes);
    });
    await Promise.all(forwards.map(({ ended }) => ended));
    channels.close();
  };
}

/** `ports=80&ports=81` or `ports=80,81`. @throws ApiError 400 */
function portsOf(query: URLSearchParams): number[] {
  return query.getAll('ports').flatMap((list) => list.split(',')).map((text) => {
    const wrong = (why: string) => badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`);
    if (!/^\d+$/.test(text)) throw wrong('invalid syntax');
    if (Number(text) > 65_535) throw wrong('value out of range');
    return Number(text);
  });
}

interface ForwardOptions {
  readonly port: number;
  readonly index: number;
  readonly channels: Channels;
  readonly runtime: Runtime;
  readonly sandbox: Sandbox;
}

interface Forward {
  /** Passes on what the client sent; resolves when there is room for more. */
  take(bytes: Buffer): Promise<void>;
  readonly ended: Promise<void>;
}

function createForward({ port, index, channels, runtime, sandbox }: ForwardOptions): Forward {
  const data = 2 * index;
  const portBytes = Buffer.alloc(2);
  portBytes.writeUInt16LE(port);
  const connecting = runtime.connect(sandbox.ip, port, 'inside');
  connecting.catch(() => {}); // told below

  async function serve(): Promise<void> {
    await channels.send(data, portBytes);
    await channels.send(data + 1, portBytes);
    let connection: Duplex;
    try {
      connection = await connecting;
    } catch (error) {
      await channels.send(data + 1, Buffer.from(refusal(error, port, runtime, sandbox)));
      return;
    }
    connection.on('error', () => {}); // its close ends the reading
    const leave = channels.gone.then(() => connection.destroy());
    try {
      for await (const chunk of connection as AsyncIterable<Buffer>) await channels.send(data, chunk);
      if (!connection.writableEnded) await Promise.race([delay(LAST_WORDS_MS[runtime.kind], undefined, { ref: false }), leave]);
    } catch {
      // reset by the pod: the channel ends as if it had closed
    }
    connection.destroy();
  }

  return {
    ended: serve(),
    async take(bytes) {
      const connection = await connecting.catch(() => undefined);
      if (connection) await writeTo(connection, bytes);
    },
  };
}

/** As socat says it for Docker, and containerd itself. */
function refusal(error: unknown, port: number, { kind }: Runtime, { id }: Sandbox): string {
  const refused = (error as { code?: string }).code !== 'EHOSTUNREACH';
  const forwarding = `error forwarding port ${port} to pod ${id}, uid : `;
  if (kind === 'docker') {
    const time = new Date().toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
    const pid = 1000 + (Number.parseInt(id.slice(0, 4), 16) % 30_000);
    return `${forwarding}exit status 1: ${time} socat[${pid}] E connect(5, AF=2 127.0.0.1:${port}, 16): ${refused ? 'Connection refused' : 'No route to host'}\n`;
  }
  const words = refused ? 'connection refused' : 'no route to host';
  const [a, b, c, d, e] = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)];
  return `${forwarding}failed to execute portforward in network namespace "/var/run/netns/cni-${a}-${b}-${c}-${d}-${e}": failed to connect to localhost:${port} inside namespace "${id}", IPv4: dial tcp4 127.0.0.1:${port}: connect: ${words} IPv6 dial tcp6 [::1]:${port}: connect: ${words} `;
}
