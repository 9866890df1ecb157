// Files of containers on real clusters: one whose kubelet speaks to Docker, one with containerd. Names that a shell would stumble over, sizes by checksum, and
// every reason for which a file is not read or written: a plain failure, nothing changed, nothing left behind.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import type { Failure } from '../../shared/contract/failures.ts';
import { PIECE } from '../../shared/container-files/limits.ts';
import { clustersOfRun } from '../fixtures/clusters-of-run.ts';
import { kubectl, kubectlInput } from '../fixtures/command-line.ts';
import { filesScene, type FilesScene } from './scene.ts';

const { signal } = new AbortController();
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each(clustersOfRun('kind-kind', 'docker-desktop'))('%s', (context) => {
  let scene: FilesScene;
  let state: string;
  let engine: Engine;
  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'podlab-files-state-'));
    engine = await openEngine({ stateDirectory: state });
    scene = await filesScene(context, 'files');
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
    await rm(state, { recursive: true });
  });

  const at = (path: string, container = 'app') => ({ ...scene.pod, container, path });
  const list = (path: string, container?: string) => engine.calls.containerFiles.list(at(path, container), signal);
  const view = (path: string, container?: string) => engine.calls.containerFiles.view(at(path, container), signal);
  /** The failure's code and parameters. */
  const why = async (asked: Promise<unknown>) => asked.then((value) => ({ value }), (error: Failure) => ({ code: error.code ?? String(error), ...error.parameters }));

  async function download(path: string, container?: string): Promise<{ bytes: Buffer; total: number | undefined }> {
    const pieces: Buffer[] = [];
    let total: number | undefined;
    for await (const piece of engine.calls.containerFiles.download(at(path, container), signal)) {
      pieces.push(Buffer.from(piece.base64, 'base64'));
      total = piece.total;
    }
    return { bytes: Buffer.concat(pieces), total };
  }

  let serial = 0;
  interface UploadOptions { readonly container?: string; readonly overwrite?: boolean; readonly announced?: number; readonly until?: AbortSignal; readonly onPiece?: (sent: number) => void }
  async function upload(path: string, content: Uint8Array, { container, overwrite = false, announced = content.length, until = signal, onPiece }: UploadOptions = {}, on: Engine = engine): Promise<string> {
    const id = `upload-${++serial}`;
    let activityId = '';
    let giving: Promise<void> | undefined;
    async function give() {
      for (let from = 0; from < content.length; from += PIECE) {
        await on.calls.containerFiles.uploadPart({ id, base64: Buffer.from(content.subarray(from, from + PIECE)).toString('base64') }, until);
        onPiece?.(from);
      }
    }
    for await (const event of on.calls.containerFiles.upload({ ...at(path, container), id, bytes: announced, overwrite }, until)) {
      giving ??= give().catch(() => {}); // why it ended is told by the upload
      if (event.type === 'done') ({ activityId } = event);
    }
    return activityId;
  }
  const undo = async (id: string) => { for await (const _ of engine.calls.activity.undo({ id }, signal)) void _; };
  const leftovers = async () => (await scene.shell('app', 'ls -a /data /tmp /dev/shm /work | grep podlab; true')).trim();

  test('lists names as they are, with kind, size, mode and where links lead', async () => {
    const { entries, isCut, path, command } = await list('/data//./folder/..');
    expect({ path, isCut }).toEqual({ path: '/data', isCut: false });
    expect(command).toContain('exec files -c app -- ls -la /data');
    const known = new Map(entries.map((entry) => [entry.name, entry]));
    expect([...known.keys()]).toEqual(expect.arrayContaining(['한국어 파일.txt', ' two  blanks ', 'quote\'"$(id).txt', '-rf', '--help', '*', 'line\nend', '.hidden', '..dots']));
    expect(known.get('plain.txt')).toMatchObject({ kind: 'file', size: 5, mode: 'rw-r--r--' });
    expect(Math.abs(Date.now() - Date.parse(known.get('plain.txt')?.modifiedAt ?? ''))).toBeLessThan(3600_000);
    expect(known.get('folder')).toMatchObject({ kind: 'directory' });
    expect(known.get('link')).toMatchObject({ kind: 'link', target: 'plain.txt', targetKind: 'file' });
    expect(known.get('to-folder')).toMatchObject({ kind: 'link', target: 'folder', targetKind: 'directory' });
    expect(known.get('dangling')).toMatchObject({ kind: 'link', target: 'nowhere', targetKind: 'none' });
    expect(known.get('pipe')).toMatchObject({ kind: 'other' });
    expect(entries.slice(0, 4).map(({ name }) => name)).toEqual(['closed', 'folder', 'many', 'to-folder']);
    // Not one more than the directory has, whatever is in the names.
    expect(entries.length).toBe(Number(await scene.shell('app', 'cd /data; set -- * .[!.]* ..?*; echo $#')));
  });

  test('a folder of more than 2 000 is told in part; root, an image without names for its programs, and one without tar are listed', async () => {
    const many = await list('/data/many');
    expect([many.entries.length, many.isCut, many.entries.every(({ size }) => size === 0)]).toEqual([2000, true, true]);
    expect((await list('/')).entries.map(({ name }) => name)).toEqual(expect.arrayContaining(['bin', 'data', 'proc']));
    for (const container of ['bare', 'no-tar']) expect((await list('/data', container)).entries.find(({ name }) => name === 'plain.txt')).toMatchObject({ kind: 'file', size: 5 });
    expect((await list('/proc/self')).entries.length).toBeGreaterThan(10);
  });

  test('shows text, and says of the rest how large it is', async () => {
    expect(await view('/data/한국어 파일.txt')).toMatchObject({ text: 'héllo 한국어\n', isCut: false, bytes: 20 - 3 });
    for (const [name, text] of [[' two  blanks ', 'a'], ['quote\'"$(id).txt', 'b'], ['-rf', 'c'], ['--help', 'd'], ['*', 'e'], ['line\nend', 'f'], ['link', 'plain'], ['empty', '']]) {
      expect([name, (await view(`/data/${name}`)).text]).toEqual([name, text]);
    }
    expect(await view('/data/binary')).toEqual({ path: '/data/binary', bytes: 3, isCut: false, command: expect.any(String) });
    expect(await view('/data/huge')).toMatchObject({ bytes: 100 * 1024 * 1024, isCut: true });
    // /proc says that its files are empty.
    expect((await view('/proc/self/status')).text).toMatch(/^Name:/);
    for (const container of ['bare', 'no-tar']) expect((await view('/data/--help', container)).text).toBe('d');
  });

  test('50 MB come whole', async () => {
    const began = performance.now();
    const { bytes, total } = await download('/data/large');
    console.log(`${context}: 50 MiB down in ${Math.round(performance.now() - began)} ms`);
    expect([total, sha(bytes)]).toEqual([50 * 1024 * 1024, (await scene.shell('app', 'sha256sum < /data/large')).slice(0, 64)]);
    expect((await download('/data/line\nend', 'no-tar')).bytes.toString()).toBe('f');
  });

  test('50 MB arrive whole; what is overwritten comes back, unless somebody changed the file', async () => {
    const content = randomBytes(50 * 1024 * 1024);
    const began = performance.now();
    await upload('/work/-up load 한.bin', content);
    console.log(`${context}: 50 MiB up in ${Math.round(performance.now() - began)} ms`);
    expect((await scene.shell('app', 'sha256sum < "/work/-up load 한.bin"')).slice(0, 64)).toBe(sha(content));
    await scene.shell('app', 'printf before > /work/file; chmod 640 /work/file; chown 1000:1000 /work/file');
    expect(await why(upload('/work/file', Buffer.from('after')))).toEqual({ code: 'FILE_IN_CONTAINER_EXISTS', path: '/work/file' });
    const id = await upload('/work/file', Buffer.from('after'), { overwrite: true });
    expect(await scene.shell('app', 'cat /work/file; stat -c " %a %u:%g" /work/file')).toBe('after 640 1000:1000\n');
    await undo(id);
    expect(await scene.shell('app', 'cat /work/file; stat -c " %a %u:%g" /work/file')).toBe('before 640 1000:1000\n');
    const second = await upload('/work/file', Buffer.from('again'), { overwrite: true });
    await scene.shell('app', 'printf "somebody else" > /work/file');
    expect(await why(undo(second))).toMatchObject({ code: 'FILE_IN_CONTAINER_CHANGED' });
    expect(await scene.shell('app', 'cat /work/file')).toBe('somebody else');
    // A file that was not there goes away again.
    const made = await upload('/work/new', Buffer.alloc(0));
    expect(await scene.shell('app', 'stat -c %s /work/new')).toBe('0\n');
    await undo(made);
    expect(await scene.shell('app', 'ls /work')).not.toContain('new');
    // By the programs of a busybox without names, too.
    await upload('/data/by-bare', Buffer.from('bare'), { container: 'bare' });
    expect(await scene.shell('app', 'cat /data/by-bare; rm /data/by-bare; ls -a /work | grep podlab; true')).toBe('bare');
  });

  test('what is too large, endless, or no file is refused before it is read', async () => {
    expect(await why(download('/data/huge'))).toEqual({ code: 'FILE_IN_CONTAINER_TOO_LARGE', path: '/data/huge', bytes: 100 * 1024 * 1024, limit: 64_000_000 });
    expect(await why(upload('/work/large', Buffer.alloc(1), { announced: 65 * 1024 * 1024 }))).toMatchObject({ code: 'FILE_IN_CONTAINER_TOO_LARGE' });
    for (const container of ['app', 'no-tar', 'bare']) expect(await why(view('/dev/zero', container))).toEqual({ code: 'FILE_IN_CONTAINER_NOT_A_FILE', path: '/dev/zero', kind: 'other' });
    expect(await why(download('/data/pipe'))).toMatchObject({ code: 'FILE_IN_CONTAINER_NOT_A_FILE', kind: 'other' });
    expect(await why(view('/data/folder'))).toEqual({ code: 'FILE_IN_CONTAINER_NOT_A_FILE', path: '/data/folder', kind: 'directory' });
    expect(await why(list('/data/plain.txt'))).toEqual({ code: 'FILE_IN_CONTAINER_NOT_A_FOLDER', path: '/data/plain.txt' });
    expect(await why(upload('/data/folder', Buffer.from('x'), { overwrite: true }))).toMatchObject({ code: 'FILE_IN_CONTAINER_NOT_A_FILE', kind: 'directory' });
    expect(await why(upload('/data/dangling', Buffer.from('x')))).toMatchObject({ code: 'FILE_IN_CONTAINER_NOT_A_FILE', kind: 'link' });
    for (const ask of [() => list('/nowhere'), () => view('/data/dangling'), () => view('/nowhere', 'no-tar'), () => upload('/nowhere/x', Buffer.from('x'))]) {
      expect(await why(ask())).toMatchObject({ code: 'FILE_IN_CONTAINER_MISSING' });
    }
  });

  test('what may not be read or written is told with the words of the container', async () => {
    expect(await why(list('/data/closed', 'user'))).toMatchObject({ code: 'FILE_IN_CONTAINER_DENIED', path: '/data/closed' });
    expect(await why(view('/data/secret.txt', 'user'))).toMatchObject({ code: 'FILE_IN_CONTAINER_DENIED' });
    expect(await why(upload('/work/x', Buffer.from('x'), { container: 'user' }))).toMatchObject({ code: 'FILE_IN_CONTAINER_DENIED' });
    expect(await why(upload('/work/x', Buffer.from('x'), { container: 'fixed' }))).toMatchObject({ code: 'FILE_IN_CONTAINER_READ_ONLY' });
    expect(await why(upload('/fixed/new', Buffer.from('x')))).toMatchObject({ code: 'FILE_IN_CONTAINER_READ_ONLY' });
    // 64 MiB of memory, as a container has it.
    await scene.shell('app', 'dd if=/dev/zero of=/dev/shm/filler bs=1M count=60 2>/dev/null');
    await scene.shell('app', 'printf kept > /dev/shm/file');
    expect(await why(upload('/dev/shm/file', randomBytes(8 * 1024 * 1024), { overwrite: true }))).toMatchObject({ code: 'FILE_IN_CONTAINER_NO_ROOM' });
    expect(await scene.shell('app', 'cat /dev/shm/file; rm /dev/shm/filler')).toBe('kept');
    expect(await leftovers()).toBe('');
  });

  test('an image without a shell and without tar', async () => {
    for (const ask of [() => list('/', 'no-shell'), () => view('/sleep', 'no-shell'), () => download('/sleep', 'no-shell'), () => upload('/x', Buffer.from('x'), { container: 'no-shell' })]) {
      expect(await why(ask())).toMatchObject({ code: 'CONTAINER_HAS_NO_TOOLS', container: 'no-shell' });
    }
  });

  test('an upload that is given up changes nothing and leaves nothing', async () => {
    await scene.shell('app', 'printf before > /work/given-up');
    const stop = new AbortController();
    await upload('/work/given-up', randomBytes(20 * 1024 * 1024), { overwrite: true, until: stop.signal, onPiece: (sent) => { if (sent > 4 * 1024 * 1024) stop.abort(); } });
    await expect.poll(() => scene.shell('app', 'ls -a /work | grep podlab; cat /work/given-up'), { timeout: 240_000, interval: 500 }).toBe('before');
    await expect.poll(() => scene.shell('app', 'ps | grep -c "[h]ead -c"; true'), { timeout: 240_000, interval: 500 }).toBe('0\n');
  });

  test('whoever may not run programs there is told so', async () => {
    const account = `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: reader}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader}\nrules: [{apiGroups: [""], resources: [pods], verbs: [get, list, watch]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: reader}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}\nsubjects: [{kind: ServiceAccount, name: reader, namespace: ${scene.namespace}}]\n`;
    await kubectlInput(context, account, '-n', scene.namespace, 'create', '-f', '-');
    const secret = await kubectl(context, '-n', scene.namespace, 'get', 'serviceaccount', 'reader', '-o', 'jsonpath={.secrets[0].name}');
    const token = Buffer.from(await kubectl(context, '-n', scene.namespace, 'get', 'secret', secret, '-o', 'jsonpath={.data.token}'), 'base64').toString();
    const config = JSON.parse(await kubectl(context, 'config', 'view', '--raw', '--minify', '--flatten', '-o', 'json')) as { contexts: { context: object }[] };
    const file = join(state, 'reader.json');
    await writeFile(file, JSON.stringify({ ...config, contexts: [{ name: context, context: { ...config.contexts[0]?.context, user: 'reader' } }], users: [{ name: 'reader', user: { token } }] }));
    await using reader = await openEngine({ kubeconfig: file, stateDirectory: await mkdtemp(join(state, 'reader-')) });
    expect(await why(reader.calls.containerFiles.list(at('/data'), signal))).toMatchObject({ code: 'NOT_ALLOWED', resource: 'pods/exec' });
    expect(await why(upload('/work/forbidden', Buffer.from('x'), {}, reader))).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await scene.shell('app', 'ls /work')).not.toContain('forbidden');
  });

  test('a pod that goes while it is written to, and one that is gone', async () => {
    let isDeleted: Promise<string> | undefined;
    const written = upload('/work/going', randomBytes(40 * 1024 * 1024), {
      onPiece: (sent) => { if (sent > 1024 * 1024) isDeleted ??= kubectl(context, '-n', scene.namespace, 'delete', 'pod', 'files', '--force', '--grace-period=0', '--wait=false'); },
    });
    // It may be faster than the kubelet; then it is done, and else it says why not.
    expect(await why(written)).toEqual(expect.toSatisfy((outcome: { code?: string; value?: string }) => outcome.value !== undefined || /^(?:POD_|CLUSTER_UNREACHABLE|FILE_IN_CONTAINER_|API_ERROR)/.test(outcome.code ?? '')));
    await isDeleted;
    await expect.poll(async () => (await why(list('/data'))) as { code?: string }, { timeout: 240_000, interval: 500 }).toMatchObject({ code: 'POD_GONE' });
  });
});
