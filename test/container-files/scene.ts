// Containers whose files are read and written: one with busybox's programs by their names, as root and as a plain user, one with busybox alone, one
// without tar, one without any program.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, kubectl, kubectlInput, newNamespace, putOnNode, type TestContext } from '../fixtures/command-line.ts';

const FULL = 'podlab-files:full';
const NO_TAR = 'podlab-files:no-tar';
const BARE = 'podlab-files:bare';
const NO_SHELL = 'podlab-files:no-shell';

const dockerfiles: Readonly<Record<string, string>> = {
  [FULL]: 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "mkdir", "-p", "/tmp", "/data", "/work"]\nRUN ["/bin/busybox", "chmod", "1777", "/tmp"]\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n',
  // busybox under the name of its shell: it looks at the name by which it is called.
  [NO_TAR]: `FROM ${FULL}\nRUN ["/bin/busybox", "sh", "-c", "rm -f /bin/tar /bin/sh && cp /bin/busybox /bin/sh && for each in sleep cat stat head wc mv rm ls readlink chmod chown dd; do ln -sf sh /bin/$each; done; rm /bin/busybox"]\n`,
  [BARE]: 'FROM scratch\nCOPY busybox /bin/busybox\n',
  // A program that is no shell: it only waits.
  [NO_SHELL]: 'FROM scratch\nCOPY busybox /sleep\n',
};

export async function filesImages(context: TestContext): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'podlab-files-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  for (const [name, dockerfile] of Object.entries(dockerfiles)) {
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    await docker('build', '-q', '-t', name, folder);
  }
  await rm(folder, { recursive: true });
  await putOnNode(context, FULL, NO_TAR, BARE, NO_SHELL);
}

/** What lies in the folder /data of the first container. */
const MAKE = `
cd /data
printf 'plain' > plain.txt
printf 'h\\303\\251llo \\355\\225\\234\\352\\265\\255\\354\\226\\264\\n' > '한국어 파일.txt'
printf 'a' > ' two  blanks '; printf 'b' > "quote'\\"\\$(id).txt"; printf 'c' > '-rf'; printf 'd' > '--help'; printf 'e' > '*'
printf 'f' > "line
end"
printf 'g' > '.hidden'; printf 'h' > '..dots'
printf '\\000\\001\\377' > binary
: > empty
mkdir folder; printf 'in' > folder/inner.txt
ln -s plain.txt link; ln -s folder to-folder; ln -s nowhere dangling
mkfifo pipe
mkdir closed; printf 'secret' > closed/secret; chmod 700 closed
printf 'secret' > secret.txt; chmod 600 secret.txt
dd if=/dev/urandom of=large bs=1M count=50 2>/dev/null
dd if=/dev/zero of=huge bs=1M count=0 seek=100 2>/dev/null
i=0; mkdir many; while [ $i -lt 2100 ]; do : > many/f$i; i=$((i+1)); done
printf 'go' > ready
exec sleep 3600
`;

export interface FilesScene extends AsyncDisposable {
  readonly namespace: string;
  readonly pod: { readonly context: string; readonly namespace: string; readonly name: string; readonly uid: string };
  /** Runs a shell line in one of its containers, by kubectl. */
  shell(container: string, line: string): Promise<string>;
}

/** @param more further containers of the pod */
export async function filesScene(context: TestContext, prefix: string): Promise<FilesScene> {
  await filesImages(context);
  const made = await newNamespace(context, prefix);
  const at = ['-n', made.name] as const;
  const data = { name: 'data', mountPath: '/data' };
  const container = (name: string, image: string, command: readonly string[], more: object = {}) => ({ name, image, imagePullPolicy: 'Never', command, ...more });
  const pod = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'files' },
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'data', emptyDir: {} }, { name: 'fixed', configMap: { name: 'fixed' } }],
      containers: [
        container('app', FULL, ['sh', '-c', MAKE], { volumeMounts: [data, { name: 'fixed', mountPath: '/fixed', readOnly: true }] }),
        container('user', FULL, ['sleep', '3600'], { volumeMounts: [data], securityContext: { runAsUser: 1000 } }),
        container('no-tar', NO_TAR, ['sleep', '3600'], { volumeMounts: [data] }),
        container('bare', BARE, ['busybox', 'sleep', '3600'], { volumeMounts: [data] }),
        container('no-shell', NO_SHELL, ['/sleep', '3600'], { volumeMounts: [data] }),
        container('fixed', FULL, ['sleep', '3600'], { securityContext: { readOnlyRootFilesystem: true } }),
      ],
    },
  };
  await kubectlInput(context, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fixed' }, data: { key: 'value' } }), ...at, 'create', '-f', '-');
  await kubectlInput(context, JSON.stringify(pod), ...at, 'create', '-f', '-');
  await kubectl(context, ...at, 'wait', 'pod/files', '--for=condition=Ready', '--timeout=240s');
  const shell = (name: string, line: string) => kubectl(context, ...at, 'exec', 'files', '-c', name, '--', 'sh', '-c', line);
  await shell('app', 'while [ ! -e /data/ready ]; do sleep 0.2; done');
  const uid = await kubectl(context, ...at, 'get', 'pod', 'files', '-o', 'jsonpath={.metadata.uid}');
  return { namespace: made.name, pod: { context, namespace: made.name, name: 'files', uid }, shell, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
}
