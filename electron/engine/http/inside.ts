// From inside: a program of the container asks localhost, so no network lies between. Which program, is what the image has.
import { Duplex } from 'node:stream';
import type { HttpRequest, HttpResponse, HttpTarget } from '../../../shared/contract/http.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { execForBytes, execInPod } from '../../clients/cluster/exec.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { listensOn, refusedOf } from '../forwards/listens-on.ts';
import { readyPod } from '../forwards/ready-pod.ts';
import { exchange } from './exchange.ts';
import { answerOf, choose, commandOf, MOST_BODY_BYTES, nameOf, probe, programs, type Program } from './inside-programs.ts';
import { bytesOf } from './request-body.ts';

type Inside = Extract<HttpTarget, { via: 'inside' }>;

/** A body up to 1 MiB, and its headers. */
const KEPT_BYTES = 1024 * 1024 + 256 * 1024;
const KNOWN_CONTAINERS = 200;
/** By the container's ID: its image does not change. */
const known = new WeakMap<ClusterSession, Map<string, readonly Program[]>>();

/**
 * @throws Failure as `exchange`; NO_HTTP_PROGRAM, NOT_FROM_INSIDE; POD_GONE, POD_NOT_RUNNING, CONTAINER_NOT_FOUND; PORT_REFUSED_LISTENS where it is known on what the
 *   pod listens instead
 */
export async function askInside(session: ClusterSession, target: Inside, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const { namespace, pod: name, port } = target;
  const pod = await podOf(session, target, signal);
  const container = target.container || (pod.spec?.containers?.[0]?.name ?? '');
  const id = pod.status?.containerStatuses?.find((status) => status.name === container)?.containerID ?? '';
  const connection = await session.client(signal);
  const at = { namespace, pod: name, container };
  const found = await programsIn(session, connection, at, id, signal);
  if (found.length === 0) throw new Failure('NO_HTTP_PROGRAM', { pod: name, container }, 'none of curl, bash, nc, wget is in the image');

  let used: Program | undefined;
  let isCut = false;
  try {
    const response = await exchange(request, {
      origin: `${request.scheme}://localhost:${port}`,
      async dial(phases, until, asked) {
        const body = asked.body && (await bytesOf(asked.body, MOST_BODY_BYTES));
        if (asked.body && !body) throw new Failure('NOT_FROM_INSIDE', { program: nameOf(found[0]!), what: 'body' }, `a body of ${asked.body.length} bytes is no argument of a command`);
        const program = choose(found, asked, body);
        if (typeof program === 'object') throw new Failure('NOT_FROM_INSIDE', { program: nameOf(program.program), what: program.cannot }, `${found.map(nameOf).join(', ')} cannot send this`);
        used = program;
        const limits = { seconds: Math.max(1, Math.ceil(request.timeoutMilliseconds / 1000)), verifyCertificate: request.verifyCertificate };
        const command = commandOf(program, asked, body, limits);
        const printed = await phases.during('exec', () => execForBytes(connection, { ...at, command, signal: until, outputLimit: KEPT_BYTES }));
        isCut ||= printed.truncated;
        // TLS was spoken in there.
        return { socket: replayed(answerOf(program, printed, asked, { pod: name, port, milliseconds: request.timeoutMilliseconds })), isSecure: true };
      },
    }, signal);
    const { incomplete, ...whole } = response;
    const phases = response.phases.filter(({ phase }) => phase === 'exec');
    // Cut by us, not broken off by the program.
    return { ...whole, ...(incomplete && !isCut ? { incomplete } : {}), truncated: response.truncated || isCut, phases, ...(used ? { program: nameOf(used) } : {}) };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'PORT_REFUSED_IN_POD') throw error;
    const serving = { name, uid: pod.metadata.uid ?? '', port };
    throw refusedOf(error, serving, await listensOn(session, namespace, serving));
  }
}

/** The pod as it is known. Fails as `readyPod`. */
async function podOf(session: ClusterSession, { namespace, pod: name, port }: Inside, signal: AbortSignal): Promise<Pod> {
  const { uid } = await readyPod(session, namespace, { kind: 'Pod', name, port: String(port) }, signal);
  const { items } = (await session.scope(namespace, signal)).pods.value;
  const pod = items === 'unknown' ? undefined : items.get(uid);
  if (!pod) throw new Failure('POD_GONE', { pod: name }, 'no pod of this name');
  return pod;
}

interface At {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

async function programsIn(session: ClusterSession, connection: ClusterConnection, at: At, id: string, signal: AbortSignal): Promise<readonly Program[]> {
  const cache = known.get(session) ?? new Map<string, readonly Program[]>();
  known.set(session, cache);
  const before = cache.get(id);
  if (before) return before;
  const found = await look(connection, at, signal);
  if (cache.size >= KNOWN_CONTAINERS) cache.clear();
  if (id !== '') cache.set(id, found);
  return found;
}

async function look(connection: ClusterConnection, at: At, signal: AbortSignal): Promise<readonly Program[]> {
  const run = (command: readonly string[]) => execInPod(connection, { ...at, command, signal }).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'COMMAND_NOT_IN_IMAGE') return undefined;
    throw error;
  });
  const listed = await run(probe);
  if (listed) {
    const words = listed.stdout.split('\n');
    return programs.filter((program) => words.includes(program));
  }
  // Without a shell: whether it starts at all.
  if (await run(['curl', '--version'])) return ['curl'];
  const wget = await run(['wget', '--version']);
  if (!wget) return [];
  return [wget.stdout.startsWith('GNU Wget') ? 'gnu-wget' : 'wget'];
}

/** A connection on which the answer has come already; what is said into it was said by the program. */
export function replayed(bytes: Buffer): Duplex {
  let rest: Buffer | undefined = bytes;
  return new Duplex({
    read() {
      if (!rest) return;
      this.push(rest);
      rest = undefined;
      // Not in the same turn: what a broken answer brought is read before it is heard that it broke off.
      setImmediate(() => this.push(null));
    },
    write: (_chunk, _encoding, done) => done(),
  });
}
