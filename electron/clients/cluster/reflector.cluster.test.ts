import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { contexts, newNamespace } from '../../../test/fixtures/command-line.ts';
import { type ClusterConnection, openConnection } from './connection.ts';
import { type Kubeconfig, loadKubeconfig } from './kubeconfig.ts';
import { applyPod, deletePod } from './pods-api.ts';
import { type Batch, reflect } from './reflector.ts';
import { kubeconfigFor } from './test-api-server.ts';
import { happenings } from './test-happenings.ts';
import { cuttableProxy } from './test-proxies.ts';

const kubeconfig = await loadKubeconfig();
const pod = (name: string, labels: Record<string, string> = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { nodeSelector: { no: 'where' }, containers: [{ name: 'c', image: 'nowhere:1' }] },
});

/** The context's cluster by another address. */
function at(context: string, server: (was: URL) => string): Kubeconfig {
  const { cluster } = kubeconfig.contexts.find((one) => one.name === context)!;
  const entry = kubeconfig.clusters.get(cluster)!;
  return { ...kubeconfig, clusters: new Map([[cluster, { ...entry, server: server(new URL(entry.server)) }]]) };
}
const serverOf = (context: string) => new URL(kubeconfig.clusters.get(kubeconfig.contexts.find((one) => one.name === context)!.cluster)!.server);

function follow(connection: ClusterConnection, namespace: string, pageSize = 2) {
  const known = new Map<string, Pod>();
  const states = happenings<string>();
  const changes = happenings<Batch<Pod>>();
  const stop = new AbortController();
  const done = reflect<Pod>({
    connection, path: `/api/v1/namespaces/${namespace}/pods`, signal: stop.signal, pageSize,
    onState: ({ state }) => states.push(state),
    onChange(batch) {
      if (batch.type === 'snapshot') known.clear();
      else for (const gone of batch.deleted) known.delete(gone.metadata.uid!);
      for (const one of batch.type === 'snapshot' ? batch.items : batch.upserted) known.set(one.metadata.uid!, one);
      changes.push(batch);
    },
  });
  return {
    known, states, changes,
    async [Symbol.asyncDispose]() { stop.abort(); await done; },
  };
}
const versions = (pods: Iterable<Pod>) => [...pods].map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).toSorted();
async function truth(connection: ClusterConnection, namespace: string): Promise<string[]> {
  return versions((await connection.request<{ items: Pod[] }>({ path: `/api/v1/namespaces/${namespace}/pods` })).json.items);
}

/** Until it knows what the server has, which is asked anew each time: the scheduler writes into these pods, too, to say that it finds no node for them. */
const caughtUp = ({ known }: { readonly known: ReadonlyMap<string, Pod> }, connection: ClusterConnection, namespace: string) =>
  vi.waitFor(async () => expect(versions(known.values())).toEqual(await truth(connection, namespace)), { timeout: 240_000, interval: 100 });

/**
 * A resource that the server serves only from now on. Its watch cache begins with the version of this moment, so that version 1 is too old from the
 * first request on; that of pods goes back to the server's start, or as far as there is room (apiserver pkg/storage/cacher/watch_cache.go).
 */
async function youngResource(connection: ClusterConnection): Promise<AsyncDisposable & { readonly path: string }> {
  const group = `reflector-${Date.now()}.example.com`;
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await connection.request({
    method: 'POST', path: definitions,
    body: {
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `things.${group}` },
      spec: {
        group, scope: 'Namespaced', names: { plural: 'things', singular: 'thing', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
  });
  const path = `/apis/${group}/v1/things`;
  // Served a moment after it was accepted.
  await vi.waitFor(() => connection.request({ path }), { timeout: 240_000, interval: 200 });
  return { path, [Symbol.asyncDispose]: async () => { await connection.request({ method: 'DELETE', path: `${definitions}/things.${group}` }); } };
}

describe.each(contexts)('%s', (context) => {
  test('the connection is cut: reconnecting, live again, and no change is lost', async () => {
    await using proxy = await cuttableProxy(serverOf(context));
    await using direct = await openConnection(kubeconfig, context);
    await using through = await openConnection(at(context, () => `https://127.0.0.1:${proxy.port}`), context);
    await using namespace = await newNamespace(context, 'reflect');
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await applyPod(direct, namespace.name, pod(name));
    await using seen = follow(through, namespace.name);
    expect([await seen.states.next(), await seen.states.next()]).toEqual(['connecting', 'live']);
    expect([...seen.known.values()].map(({ kind, apiVersion, metadata }) => `${apiVersion} ${kind} ${metadata.name} ${typeof metadata.managedFields}`).toSorted()).toEqual(names.map((name) => `v1 Pod ${name} undefined`));

    for (let round = 0; round < 3; round += 1) {
      proxy.cut();
      expect(await seen.states.next()).toBe('reconnecting');
      await applyPod(direct, namespace.name, pod(`new-${round}`));
      await applyPod(direct, namespace.name, pod('a', { round: String(round) }), { force: true });
      await deletePod(direct, namespace.name, names[round + 1]!, { gracePeriodSeconds: 0 });
      proxy.mend();
      // Its cause may be told before it is live again.
      let state = await seen.states.next();
      while (state === 'reconnecting') state = await seen.states.next();
      expect(state).toBe('live');
      await caughtUp(seen, direct, namespace.name);
    }
  });

  test('a cluster that stays away is stale, and live when it comes back', async () => {
    await using proxy = await cuttableProxy(serverOf(context));
    await using through = await openConnection(at(context, () => `https://127.0.0.1:${proxy.port}`), context);
    await using seen = follow(through, 'default');
    expect([await seen.states.next(), await seen.states.next()]).toEqual(['connecting', 'live']);
    proxy.cut();
    const told = [await seen.states.next()];
    while (told.at(-1) === 'reconnecting') told.push(await seen.states.next());
    expect(told.at(-1)).toBe('stale');
    proxy.mend();
    let state = await seen.states.next();
    while (state === 'stale') state = await seen.states.next();
    expect(state).toBe('live');
  });

  test('a version that is too old, by the server\'s own word: listed anew', async () => {
    await using direct = await openConnection(kubeconfig, context);
    await using namespace = await newNamespace(context, 'expired');
    await applyPod(direct, namespace.name, pod('a'));
    // A relay that asks for version 1 in the place of the first watch's: of a resource whose history the server has not known for so long.
    await using young = await youngResource(direct);
    let watches = 0;
    let firstAnswer = '';
    const versionsAsked = happenings<number>();
    const open = new Set<ServerResponse>();
    const noteWatch = (asked: string | null) => {
      watches += 1;
      versionsAsked.push(Number(asked));
    };
    const relay = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://relay');
      const asked = url.searchParams.get('resourceVersion');
      const isWatch = url.searchParams.has('watch');
      // Until the server has said something of version 1: a watch that did not reach it, or that it ended without a word, is asked once more.
      const isFirstWatch = isWatch && firstAnswer === '';
      if (isFirstWatch) {
        url.pathname = young.path;
        url.searchParams.set('resourceVersion', '1');
      }
      open.add(response);
      direct.stream({ path: url.pathname, query: Object.fromEntries(url.searchParams) }).then(async (stream) => {
        if (isWatch && !isFirstWatch) noteWatch(asked);
        response.writeHead(stream.status, { 'content-type': 'application/json' }).flushHeaders();
        for await (const bytes of stream) {
          if (isFirstWatch) {
            if (firstAnswer === '') noteWatch(asked);
            firstAnswer += Buffer.from(bytes).toString();
          }
          response.write(bytes);
        }
        response.end();
      }).catch((error: { status?: number; body?: unknown }) => {
        if (error.status) response.writeHead(error.status, { 'content-type': 'application/json' }).end(JSON.stringify(error.body));
        else response.destroy();
      });
    });
    await new Promise<void>((resolve) => { relay.listen(0, '127.0.0.1', resolve); });
    {
      await using relayed = await openConnection(kubeconfigFor(`http://127.0.0.1:${(relay.address() as AddressInfo).port}`), 'test');
      await using seen = follow(relayed, namespace.name);
      const asked = [await versionsAsked.next(), await versionsAsked.next()];
      const lists = [(await seen.changes.next()).type, (await seen.changes.next()).type];
      expect(JSON.parse(firstAnswer)).toMatchObject({ type: 'ERROR', object: { reason: 'Expired', code: 410 } });
      expect({ watches, lists, anew: asked[1]! >= asked[0]! && asked[0]! > 1 }).toEqual({ watches: 2, lists: ['snapshot', 'snapshot'], anew: true });
      await applyPod(direct, namespace.name, pod('b'));
      await caughtUp(seen, direct, namespace.name);
    }
    for (const response of open) response.destroy();
    relay.close();
  });

  test('not allowed and not known are states', async () => {
    const user = kubeconfig.contexts.find((one) => one.name === context)!.user;
    const entry = kubeconfig.users.get(user)!;
    for (const [changed, state] of [
      [{ ...entry, impersonate: { user: 'eve', groups: [], extra: {} } }, 'forbidden'],
      [{ name: user, file: entry.file, token: 'expired' }, 'unauthorized'],
    ] as const) {
      await using connection = await openConnection({ ...kubeconfig, users: new Map([[user, changed]]) }, context);
      await using seen = follow(connection, 'default');
      expect([await seen.states.next(), await seen.states.next()]).toEqual(['connecting', state]);
    }
  });
});
