// Programs for the cases of crashes and probes: shell lines, servers of busybox, and two programs that really fault.
import type { Pod } from '../../shared/kubernetes/objects.ts';
import { askServer } from '../fixtures/ask-server.ts';
import { docker, putOnNode } from '../fixtures/command-line.ts';
import { buildImage } from './images.ts';
import type { Here } from './live-case.ts';

/** A container's command in flow style: a line of the shell. */
export function sh(line: string): string {
  return `command: ${JSON.stringify(['sh', '-c', line])}`;
}

/** A server whose answer to /cgi-bin/x is made by this line. */
export function cgi(line: string): string {
  const script = `#!/bin/sh\n${line}\n`;
  return sh(`mkdir -p /www/cgi-bin; printf '%s' ${quoted(script)} > /www/cgi-bin/x; chmod 755 /www/cgi-bin/x; exec httpd -f -p 8080 -h /www`);
}

const quoted = (text: string) => `'${text.replaceAll('\'', String.raw`'\''`)}'`;

/**
 * A shell whose child gets the signal, and that ends with its code: what a shell cannot tell from its own end. The first program of a container ignores
 * what it sends to itself, so it can have no signal by itself. Of `$$` in a command Kubernetes makes `$` (its own escape for `$(NAME)`), so it stands twice.
 */
export function childGets(signal: string): string {
  return sh(`sh -c 'kill -${signal} $$$$'; exit $?`);
}

const FAULTS = 'catalogue-faults:1';

/** An image with /segv, which writes where it may not, and /ill, which has an instruction that no processor knows. */
export async function faults({ context }: Pick<Here, 'context'>): Promise<string> {
  const arm = process.arch === 'arm64';
  // xor eax,eax; mov [rax],eax; and mov x0,#0; str x0,[x0]
  const segv = arm ? [0x00, 0x00, 0x80, 0xd2, 0x00, 0x00, 0x00, 0xf9] : [0x31, 0xc0, 0x89, 0x00];
  // ud2; and udf
  const ill = arm ? [0, 0, 0, 0] : [0x0f, 0x0b];
  await buildImage(FAULTS, 'FROM scratch\nCOPY busybox /bin/busybox\nCOPY segv ill /\nRUN ["/bin/busybox", "chmod", "755", "/segv", "/ill"]\n', { segv: elf(segv, arm), ill: elf(ill, arm) });
  await putOnNode(context, FAULTS);
  return FAULTS;
}

/** The smallest ELF file: its header, one segment, and this code. */
function elf(code: readonly number[], arm: boolean): Uint8Array {
  const base = 0x40_00_00n;
  const size = 0x78 + code.length;
  const file = Buffer.alloc(size);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(arm ? 183 : 62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(base + 0x78n, 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(5, 68);
  file.writeBigUInt64LE(base, 80);
  file.writeBigUInt64LE(base, 88);
  file.writeBigUInt64LE(BigInt(size), 96);
  file.writeBigUInt64LE(BigInt(size), 104);
  file.writeBigUInt64LE(0x1000n, 112);
  file.set(code, 0x78);
  return file;
}

/** Kills the pod's program from outside, twice: the second time Kubernetes waits before it starts it again. */
export async function killTwice({ context, namespace }: Here): Promise<void> {
  let last = '';
  for (let kills = 0; kills < 2;) {
    const status = (await askServer<Pod>(context, `/api/v1/namespaces/${namespace}/pods/p`))?.status?.containerStatuses?.[0];
    const container = status?.state?.running ? /^docker:\/\/([0-9a-f]{64})$/.exec(status.containerID ?? '')?.[1] : undefined;
    if (container === undefined || container === last) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    await docker('kill', '--signal', 'KILL', container);
    last = container;
    kills += 1;
  }
}
