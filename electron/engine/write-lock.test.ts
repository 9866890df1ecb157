// The lock of clusters that are not local: every call of the contract is in this table, and each that changes a cluster is refused, with nothing sent.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { contract } from '../../shared/contract/contract.ts';
import { json, startApiServer, type TestApiServer } from '../clients/cluster/test-api-server.ts';
import { openJournal } from './activity/journal.ts';
import type { Call, Input, Subject } from './calls.ts';
import { openEngine, type Engine } from './engine.ts';

const context = 'far';
const pod = { context, namespace: 'default', name: 'web', uid: 'u' };
const ref = { namespace: 'default', name: 'web', uid: 'u' };
const manifest = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: "x:1"}]}\n';

/**
 * `reads`: asks. `computer`: changes this computer, and no cluster that is not on it. `running`: belongs to a change that runs, and so was allowed. Else
 * what is sent to it, or what makes that.
 */
type Kind<I> = 'reads' | 'computer' | 'running' | { readonly changes: I | (() => Promise<I>) };
const table: { [S in Subject]: { [C in Call<S>]: Kind<Input<S, C>> } } = {
  environment: { watch: 'reads', watchCluster: 'reads', watchAccess: 'reads', allowChanges: 'computer', startPractice: 'computer', stopPractice: 'computer' },
  // What kind and minikube make is on this computer.
  clusters: { watch: 'reads', watchContexts: 'reads', create: 'computer', start: 'computer', stop: 'computer', remove: 'computer' },
  pods: {
    watch: 'reads', watchDetail: 'reads', dependents: 'reads',
    create: { changes: { context, namespace: 'default', manifest } },
    recreate: { changes: { ...pod, load: false } },
    recreateMany: { changes: { context, pods: [ref], load: false } },
    restart: { changes: pod },
    applyFix: { changes: { ...pod, finding: 'CRA-01', key: 'F11.more' } },
    loadImages: { changes: pod },
    delete: { changes: pod },
    deleteMany: { changes: { context, pods: [ref] } },
    deleteOwner: { changes: { ...pod, confirm: 'web' } },
    forceDelete: { changes: { ...pod, confirm: 'web' } },
    removeFinalizer: { changes: { ...pod, confirm: 'web', finalizer: 'f/f' } },
    runCommand: { changes: { ...pod, container: 'c', command: 'true' } },
  },
  workloads: {
    watch: 'reads', watchDetail: 'reads',
    applyFix: { changes: { ...pod, apiVersion: 'apps/v1', kind: 'Deployment', finding: 'OWN-01', key: 'F11.add-requests' } },
  },
  health: { watch: 'reads' },
  events: { watch: 'reads' },
  objects: {
    watch: 'reads', schema: 'reads', check: 'reads',
    apply: { changes: { context, namespace: 'default', text: manifest } },
  },
  images: {
    watch: 'reads', inspect: 'reads', watchPrediction: 'reads', tag: 'computer',
    load: { changes: { context, image: 'x:1' } },
    remove: { changes: { context, copies: [{ key: 'x:1', place: { node: 'n' } }] } },
  },
  builds: {
    listFolder: 'reads', checkContext: 'reads', watchRecent: 'reads', build: 'computer',
    buildLoadRecreate: { changes: { context, folder: '/', image: 'x:1' } },
  },
  // A forward is a port of this computer: what passes through it is up to who connects.
  forwards: {
    watch: 'reads', watchTargets: 'reads', watchLog: 'reads', start: 'computer', startAgain: 'computer', stop: 'computer', remove: 'computer', startAll: 'computer',
    stopAll: 'computer', change: 'computer',
  },
  // GET, HEAD and OPTIONS ask; what else is sent may change something in the pod. Comparing never does: it refuses the rest on any cluster.
  http: {
    send: {
      changes: {
        target: { via: 'pod', context, namespace: 'default', pod: 'web', port: 80 }, scheme: 'http', method: 'POST', path: '/', headers: [], body: { kind: 'none' },
        auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: false, verifyCertificate: true,
      },
    },
    compare: 'reads',
  },
  requests: { watchHistory: 'reads', forgetHistory: 'computer', watchCollection: 'reads', save: 'computer', saveVariables: 'computer' },
  // As the HTTP tester. What is sent into a connection is refused too, but no call knows it before one is open: live/calls.test.ts.
  live: {
    open: {
      changes: {
        id: 'one', protocol: 'event-stream', subprotocols: [], target: { via: 'pod', context, namespace: 'default', pod: 'web', port: 80 },
        request: {
          scheme: 'http', method: 'POST', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: false,
          verifyCertificate: true,
        },
      },
    },
    send: 'running', close: 'running',
  },
  // As the HTTP tester.
  repeat: {
    run: {
      changes: {
        target: { via: 'pod', context, namespace: 'default', pod: 'web', port: 80 }, requests: 1, concurrency: 1, isConfirmed: false,
        request: {
          scheme: 'http', method: 'POST', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: false,
          verifyCertificate: true,
        },
      },
    },
  },
  logs: { open: 'reads', filter: 'reads', read: 'reads', rowOf: 'reads', find: 'reads', line: 'reads', text: 'reads' },
  // Whoever is in a terminal may change anything. What is typed into one is refused too, but no call knows it before one is open: terminals/calls.test.ts.
  terminals: {
    watch: 'reads', choices: 'reads', output: 'reads', acknowledge: 'computer', resize: 'computer', write: 'running', endInput: 'running', close: 'running',
    open: { changes: { context, namespace: 'default', pod: 'web', uid: 'u', container: 'c', id: 'one', way: { kind: 'shell' }, columns: 80, rows: 24 } },
  },
  // Each of them runs a program in the container.
  containerFiles: {
    list: { changes: { ...pod, container: 'c', path: '/' } },
    view: { changes: { ...pod, container: 'c', path: '/a' } },
    download: { changes: { ...pod, container: 'c', path: '/a' } },
    upload: { changes: { ...pod, container: 'c', path: '/a', id: 'one', bytes: 1, overwrite: false } },
    uploadPart: 'running',
  },
  files: { list: 'reads', watch: 'reads', remember: 'computer', watchOrigin: 'reads', planFix: 'reads', writeFix: 'computer', toYaml: 'reads' },
  activity: {
    watch: 'reads', watchUnfinished: 'reads', stopNow: 'running',
    undo: { changes: createdBefore },
    settleUnfinished: { changes: leftUnfinished },
  },
};

let folder: string;
let server: TestApiServer;
let engine: Engine;
const url = () => `http://127.0.0.1:${server.port}`;
beforeAll(async () => {
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  folder = await mkdtemp(join(tmpdir(), 'podlab-lock-'));
  server = await startApiServer(({ method, url: asked, body }, response) => {
    if (asked.includes('watch=true')) return void response.writeHead(200).write('\n');
    if (method === 'PATCH') {
      const object = JSON.parse(body) as { metadata: object };
      return json(response, 201, { ...object, metadata: { ...object.metadata, namespace: 'default', uid: 'u' } });
    }
    if (method === 'GET') return json(response, 200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] });
    return json(response, 500, {});
  });
  // A loopback server under a certificate of another name is a tunnel to somewhere.
  const kubeconfig = {
    apiVersion: 'v1', kind: 'Config', 'current-context': context,
    clusters: [{ name: 'c', cluster: { server: url(), 'tls-server-name': 'far.example.com' } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(join(folder, 'config'), JSON.stringify(kubeconfig));
  engine = await openEngine({ kubeconfig: join(folder, 'config'), stateDirectory: folder });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A change that was made while changes were allowed, and can be undone. */
async function createdBefore(): Promise<{ id: string }> {
  const { signal } = new AbortController();
  await engine.calls.environment.allowChanges({ context, allow: true }, signal);
  let id = '';
  for await (const event of engine.calls.pods.create({ context, namespace: 'default', manifest }, signal)) if (event.type === 'done') id = event.activityId;
  await engine.calls.environment.allowChanges({ context, allow: false }, signal);
  return { id };
}

async function leftUnfinished(): Promise<{ id: string; how: 'restore' }> {
  using journal = openJournal(folder);
  const restore = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' }, spec: { containers: [] } };
  await journal.leave(await journal.write({ change: 'delete', context, server: url(), namespace: 'default', pod: 'web', uid: 'u', restore }));
  return { id: journal.unfinished.value[0]?.id ?? '', how: 'restore' };
}

const rows = Object.entries(table).flatMap(([subject, calls]) => Object.entries(calls).map(([call, kind]) => [`${subject}.${call}`, kind as Kind<unknown>] as const));

test('every call of the contract is in the table', () => {
  const declared = Object.entries(contract).flatMap(([subject, calls]) => Object.keys(calls).map((call) => `${subject}.${call}`));
  expect(rows.map(([name]) => name).sort()).toEqual(declared.sort());
});

const changing = rows.flatMap(([name, kind]) => (typeof kind === 'object' ? [[name, kind.changes] as const] : []));
test.each(changing)('%s is refused while changes are locked', async (name, changes) => {
  const input = typeof changes === 'function' ? await (changes as () => Promise<unknown>)() : changes;
  const before = server.asked.length;
  const code = await outcome(name, input);
  expect({ code, sent: server.asked.slice(before).filter(({ method }) => method !== 'GET').map((asked) => `${asked.method} ${asked.url}`) }).toEqual({ code: 'CHANGES_LOCKED', sent: [] });
});

test('a request from inside the pod runs a program there, so it is refused whatever its method; another GET is not', async () => {
  const request = {
    scheme: 'http', method: 'GET', path: '/', headers: [], body: { kind: 'none' }, auth: { kind: 'none' }, timeoutMilliseconds: 1000, followRedirects: false, verifyCertificate: true,
  };
  const before = server.asked.length;
  expect(await outcome('http.send', { ...request, target: { via: 'inside', context, namespace: 'default', pod: 'web', container: '', port: 80 } })).toBe('CHANGES_LOCKED');
  expect(server.asked.slice(before).filter(({ url: asked }) => asked.includes('/exec'))).toEqual([]);
  expect(await outcome('http.send', { ...request, target: { via: 'pod', context, namespace: 'default', pod: 'web', port: 80 } })).not.toBe('CHANGES_LOCKED');
});

/** Whether the refusal is the lock's, and not some other of this cluster that has nothing. */
test('what is allowed gets further', async () => {
  const { signal } = new AbortController();
  await engine.calls.environment.allowChanges({ context, allow: true }, signal);
  const codes = await Promise.all(changing.filter(([name]) => name === 'pods.delete' || name === 'pods.create').map(([name, input]) => outcome(name, input)));
  await engine.calls.environment.allowChanges({ context, allow: false }, signal);
  expect(codes).not.toContain('CHANGES_LOCKED');
});

async function outcome(name: string, input: unknown): Promise<string | undefined> {
  const [subject = '', call = ''] = name.split('.');
  const handler = (engine.calls as unknown as Record<string, Record<string, (input: unknown, signal: AbortSignal) => unknown>>)[subject]?.[call];
  try {
    const answer = await handler?.(input, AbortSignal.timeout(4000));
    if (answer && Symbol.asyncIterator in Object(answer)) for await (const _ of answer as AsyncIterable<unknown>) void _;
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
