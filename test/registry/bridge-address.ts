// This machine's address on Docker's bridge: it is the machine's alone. Containers on the bridge reach it, and nobody outside does.
import { networkInterfaces } from 'node:os';

/** As the interface has it: before its first restart a Docker does not name its gateway (`docker network inspect`, 20.10). @throws Error without a bridge */
export function bridgeAddress(): string {
  const address = networkInterfaces()['docker0']?.find(({ family }) => family === 'IPv4')?.address;
  if (address === undefined) throw new Error('there is no docker0 with an IPv4 address');
  return address;
}
