// The runtime of one node: sandboxes with addresses, containers in them, images and where they are pulled from.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type ContainerSurroundings, createContainer } from './container.ts';
import { familiarName } from './image-name.ts';
import type { Network } from './network.ts';
import { createNetwork } from './network.ts';
import type { PodSocket } from './pod-socket.ts';
import { socketError } from './pod-socket.ts';
import type { Program } from './program.ts';
import { programs as ownPrograms } from './programs/table.ts';
import { pullWith, type Registry } from './registry.ts';
import type { Image, ImageStore, Runtime, RuntimeContainer, Sandbox } from './runtime.ts';
import { noImage } from './runtime-words.ts';

export interface RuntimeOptions {
  readonly kind: Runtime['kind'];
  /** As the node says it: docker://27.3.1. */
  readonly version: string;
  readonly images: ImageStore;
  readonly registry: Registry;
  readonly clock: Clock;
  /** The first two numbers of the pods' addresses; 10.244 without it. */
  readonly subnet?: string;
  /** Programs beside those of the catalogue. */
  readonly programs?: ReadonlyMap<string, Program>;
  readonly services?: ServiceLookup;
}

/** What cluster DNS and kube-proxy do on a node. */
export interface ServiceLookup {
  /** The address of a name as seen from a namespace: `web`, `web.shop`, `web.shop.svc.cluster.local`. */
  resolve(host: string, namespace: string): string | undefined;
  /** Where a Service's address leads; undefined when it is none; `refused` when it has no ready endpoint. */
  route(ip: string, port: number): { ip: string; port: number } | 'refused' | undefined;
}

export interface NodeRuntime extends Runtime {
  /** For other hosts on the pods' network. */
  readonly network: Network;
  /** Ends all that runs. */
  close(): void;
}

export function createRuntime(options: RuntimeOptions): NodeRuntime {
  const { kind, version, images, clock, registry, services } = options;
  const subnet = options.subnet ?? '10.244';
  const network = createNetwork();
  const programs = options.programs === undefined ? ownPrograms : new Map([...ownPrograms, ...options.programs]);
  const sandboxes = new Map<string, Sandbox>();
  const containers = new Map<string, RuntimeContainer>();
  const used = new Set<string>();
  const listeners = new Set<(container: RuntimeContainer, action: 'create' | 'start' | 'die' | 'destroy') => void>();
  /** The node itself has .1, as a bridge has. */
  const nodeIp = `${subnet}.0.1`;
  let lastAddress = 1;

  const changed: ContainerSurroundings['changed'] = (container, action) => {
    for (const listener of listeners) listener(container, action);
  };

  /** The next one that is free, in turn, so that an address is used again as late as can be. */
  const address = (): string => {
    for (let tries = 0; tries < 65_536; tries += 1) {
      lastAddress = lastAddress >= 65_533 ? 2 : lastAddress + 1;
      const ip = `${subnet}.${String(lastAddress >> 8)}.${String(lastAddress & 255)}`;
      if (!used.has(ip)) return ip;
    }
    throw new Error('failed to allocate for range 0: no IP addresses available in range set');
  };

  return {
    kind,
    version,
    images,
    network,

    imageStatus(image: Image) {
      const found = images.find(image.id);
      const name = found?.names[0] ?? found?.digests[0] ?? image.id;
      const digest = found?.digests[0];
      if (kind === 'containerd') return { image: name, imageID: digest ?? image.id };
      return { image: familiarName(name), imageID: digest === undefined ? `docker://${image.id}` : `docker-pullable://${familiarName(digest)}` };
    },

    pull: (reference) => pullWith({ kind, version, images, registry, clock }, reference),

    runSandbox(pod, hostname) {
      const ip = address();
      const sandbox: Sandbox = { id: randomBytes(32).toString('hex'), pod, ip, hostname, createdAt: clock.now() };
      used.add(ip);
      network.addHost(ip);
      sandboxes.set(sandbox.id, sandbox);
      return sandbox;
    },

    removeSandbox(id) {
      const sandbox = sandboxes.get(id);
      if (sandbox === undefined) return;
      for (const container of [...containers.values()]) if (container.sandbox.id === id) container.remove();
      sandboxes.delete(id);
      used.delete(sandbox.ip);
      network.removeHost(sandbox.ip);
    },

    createContainer(sandbox, config) {
      try {
        if (!sandboxes.has(sandbox.id)) throw new Error(`failed to find sandbox id ${JSON.stringify(sandbox.id)}: not found`);
        const image = images.find(config.image)?.image;
        if (image === undefined) throw noImage(kind, config.image);
        const container = createContainer(sandbox, config, image, {
          kind,
          version,
          clock,
          network,
          programs,
          changed,
          removed: (id) => containers.delete(id),
          resolve: (host) => services?.resolve(host, sandbox.pod.namespace),
          route: (ip, port) => services?.route(ip, port),
        });
        containers.set(container.id, container);
        changed(container, 'create');
        return Promise.resolve(container);
      } catch (error) {
        return Promise.reject(error);
      }
    },

    containers: () => [...containers.values()],
    container: (id) => containers.get(id),

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async connect(ip, port, from): Promise<PodSocket> {
      // As over a wire: an error is no sooner there than the caller waits for it.
      await Promise.resolve();
      if (from === 'inside' && !used.has(ip)) throw socketError('EHOSTUNREACH', 'connect', { ip, port });
      return from === 'inside' ? network.connect(ip, { ip: '127.0.0.1', port }) : network.connect(nodeIp, { ip, port });
    },

    close() {
      for (const container of containers.values()) container.remove();
      for (const sandbox of sandboxes.values()) network.removeHost(sandbox.ip);
      sandboxes.clear();
    },
  };
}
