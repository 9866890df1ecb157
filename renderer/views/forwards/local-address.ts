// Where a forward is reached on this computer.
import type { ForwardRow } from '../../../shared/contract/forwards.ts';

type Listening = Pick<ForwardRow, 'address' | 'localPort'>;

/**
 * The host to ask. What listens on all addresses is asked on the loopback one of its family: `localhost` may be the other family's, and there somebody
 * else may listen. (RFC 6761 6.3: localhost is always a loopback address.)
 */
function hostOf(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

/** As people write it: `localhost:12345`. */
export function hostAndPort({ address, localPort }: Listening): string {
  return `${hostOf(address)}:${localPort}`;
}

/** To be opened in a browser: `http://localhost:12345/`. */
export function urlOf(row: Listening): string {
  return `http://${hostAndPort(row)}/`;
}

/** Whether only programs of this computer reach it: 127.0.0.0/8 (RFC 1122 3.2.1.3) and ::1 (RFC 4291 2.5.3). */
export function isOnlyHere(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}
