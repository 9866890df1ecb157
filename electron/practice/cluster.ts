// One cluster of the practice: its store, API server, controllers and the one node with its kubelet, put together.
import { createObjectsApi, type RestApi } from './api/rest.ts';
import { gitVersion, listenApi } from './api/server.ts';
import type { Certificate } from './certificate.ts';
import type { Clock } from './clock.ts';
import { startEndpoints } from './controllers/endpoints.ts';
import { startEventExpiry } from './controllers/event-expiry.ts';
import { startGarbageCollection } from './controllers/garbage-collection.ts';
import { startNamespaces } from './controllers/namespaces.ts';
import { startNodeTaints } from './controllers/node-taints.ts';
import { startPodCollection } from './controllers/pod-collection.ts';
import { startScheduler } from './controllers/scheduler.ts';
import { kinds as servedKinds } from './kinds/all-kinds.ts';
import { startKubelet } from './kubelet/kubelet.ts';
import { createRuntime, type NodeRuntime } from './runtime/create-runtime.ts';
import type { Registry } from './runtime/registry.ts';
import type { ImageStore } from './runtime/runtime.ts';
import { openSchema } from './schema/open-schema.ts';
import { serviceLookup } from './service-lookup.ts';
import { createStore, type Store } from './store/store.ts';
import { streamHandlers } from './streams/stream-handlers.ts';

export interface ClusterOptions {
  readonly clock: Clock;
  readonly minor: number;
  readonly certificate: Certificate;
  readonly token: string;
  readonly registry: Registry;
  readonly maxPods: number;
  readonly node: {
    readonly name: string;
    readonly ip: string;
    readonly runtime: 'docker' | 'containerd';
    /** As the node says it: docker://27.3.1. */
    readonly runtimeVersion: string;
    readonly images: ImageStore;
    /** The first two numbers of its pods' addresses. */
    readonly subnet: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly providerID?: string;
  };
  /** A fault of the practice cluster itself. */
  readonly report: (error: unknown) => void;
}

export interface PracticeCluster extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly api: RestApi;
  readonly runtime: NodeRuntime;
}

/** Resolves once it listens and its node is Ready. */
export async function startCluster({ clock, minor, certificate, token, registry, maxPods, node, report }: ClusterOptions): Promise<PracticeCluster> {
  const store = createStore();
  const schema = openSchema(minor);
  const kinds = servedKinds(minor);
  const context = { store, clock, minor };
  const api = createObjectsApi({ context, schema, kinds });
  const runtime = createRuntime({
    kind: node.runtime,
    version: node.runtimeVersion,
    images: node.images,
    registry,
    clock,
    subnet: node.subnet,
    services: serviceLookup(store),
  });
  const parts = { store, api, clock, minor, kinds, report };
  const kubeletOptions = {
    ...parts,
    runtime,
    nodeName: node.name,
    nodeIp: node.ip,
    maxPods,
    version: gitVersion(minor),
    ...(node.labels ? { labels: node.labels } : {}),
    ...(node.providerID ? { providerID: node.providerID } : {}),
  };
  // Namespaces first: nothing can be created without them.
  const controllers = [startNamespaces({ ...parts, certificate: certificate.cert }), startNodeTaints(parts), startEndpoints(parts), startEventExpiry(parts), startPodCollection(parts), startGarbageCollection(parts)];
  const kubelet = startKubelet(kubeletOptions);
  controllers.push(startScheduler(parts));
  const server = await listenApi({ context, schema, kinds, objects: api, tls: certificate, token, subresources: streamHandlers({ store, kubelet, clock, minor }) });
  return {
    url: server.url,
    port: server.port,
    store,
    api,
    runtime,
    async [Symbol.asyncDispose]() {
      await server.close();
      for (const controller of controllers.toReversed()) controller[Symbol.dispose]();
      await kubelet[Symbol.asyncDispose]();
      runtime.close();
    },
  };
}
