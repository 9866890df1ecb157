// What the programs of a pod listen on, out of the kernel's own tables: https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt.

export interface Listener {
  /** '127.0.0.1', '0.0.0.0', '::' and the like. */
  readonly address: string;
  readonly port: number;
}

/** TCP_LISTEN of include/net/tcp_states.h. */
const LISTEN = '0A';
const row = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /;

/**
 * The sockets that wait for connections, each once, in order of their port.
 * @param text `cat /proc/net/tcp /proc/net/tcp6`; other lines are passed over. Addresses are read as a little-endian machine writes them.
 */
export function listenersOf(text: string): Listener[] {
  const found = new Map<string, Listener>();
  for (const line of text.split('\n')) {
    const [, address = '', port = '', state] = row.exec(line) ?? [];
    if (state !== LISTEN) continue;
    const one = { address: addressOf(address), port: Number.parseInt(port, 16) };
    found.set(`${one.address} ${one.port}`, one);
  }
  return [...found.values()].toSorted((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
}

/** Whether the tables were there at all: their head says so. Without it, an empty list would be no proof of anything. */
export function hasSocketTable(text: string): boolean {
  return /^\s*sl\s+local_address/m.test(text);
}

/** Words of 32 bits, each with its lowest byte first. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed());
  if (bytes.length === 4) return bytes.join('.');
  // An IPv4 address of a socket that takes both.
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255) return bytes.slice(12).join('.');
  return shortened(Array.from({ length: 8 }, (_, at) => ((bytes[2 * at]! << 8) | bytes[2 * at + 1]!).toString(16)));
}

/** RFC 5952: the longest run of zeros, the first of equal ones, is `::`. */
function shortened(groups: readonly string[]): string {
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.toSorted((a, b) => b.replace(/^:/, '').length - a.replace(/^:/, '').length)[0];
  return longest === undefined ? text : text.replace(longest, '::').replace(/:{3}/, '::');
}

/** Whether only the pod itself reaches it. */
export function isLoopback({ address }: Listener): boolean {
  return /^(?:127\.|::1$|::ffff:127\.)/i.test(address);
}
