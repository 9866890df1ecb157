// Pods and an image for the cases of what comes before a container runs.
import { putOnNode } from '../fixtures/command-line.ts';
import { buildImage } from './images.ts';
import type { Here } from './live-case.ts';

/** Where dockershim and containerd say it differently. */
export const both = ['docker-desktop', 'kind-kind'] as const;

export interface Written {
  readonly image?: string;
  /** Fields of the pod's spec, in flow style. */
  readonly spec?: string;
}

/** The pod `p` with one container `app`; `container` are its fields in flow style. */
export function podOf(container: string, { image = 'catalogue-ok:1', spec }: Written = {}): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  {terminationGracePeriodSeconds: 1, containers: [{name: app, image: "${image}"${container && `, ${container}`}}]${spec === undefined ? '' : `, ${spec}`}}
`;
}

const PROGRAMS = 'catalogue-programs:1';

/** An image with programs that cannot be run, each in its own way. */
export async function programs({ context }: Pick<Here, 'context'>): Promise<string> {
  const foreign = Buffer.alloc(64);
  // An ELF header for a machine that no node is: EM_S390.
  foreign.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 22, 0, 1, 0, 0, 0]);
  await buildImage(PROGRAMS, [
    'FROM scratch', 'COPY busybox /bin/busybox', 'COPY busybox /bin/sh', 'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
    'COPY foreign plain.sh bash.sh windows.sh locked.sh /app/',
    'RUN chmod 644 /app/locked.sh && chmod 755 /app/foreign /app/plain.sh /app/bash.sh /app/windows.sh',
    'CMD ["/bin/busybox", "httpd", "-f", "-p", "8080"]', '',
  ].join('\n'), {
    foreign, 'plain.sh': 'exec sleep 3600\n', 'bash.sh': '#!/bin/bash\nexec sleep 3600\n',
    'windows.sh': '#!/bin/sh\r\nexec sleep 3600\r\n', 'locked.sh': '#!/bin/sh\nexec sleep 3600\n',
  });
  await putOnNode(context, PROGRAMS);
  return PROGRAMS;
}

const NO_USER = 'catalogue-no-user:1';

/** An image whose USER is a name that it does not know. */
export async function noUser({ context }: Pick<Here, 'context'>): Promise<string> {
  await buildImage(NO_USER, 'FROM scratch\nCOPY busybox /bin/busybox\nUSER web\nCMD ["/bin/busybox", "sleep", "3600"]\n');
  await putOnNode(context, NO_USER);
  return NO_USER;
}
