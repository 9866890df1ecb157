// Registries of a case's own, and images under their names in Docker and on the node, which are gone again at the end.
import { buildImage } from './images.ts';
import type { Here } from './live-case.ts';
import { docker, nodeContainer, putOnNode } from '../fixtures/command-line.ts';
import { bridgeAddress } from '../registry/bridge-address.ts';
import { contentOf, type ImageContent } from '../registry/image-content.ts';
import { ownCertificate } from '../registry/certificate.ts';
import { registryOnNode } from '../registry/on-node.ts';
import { startRegistry, type Answer, type Registry, type RegistryOptions } from '../registry/registry.ts';

type Place = Pick<Here, 'context' | 'namespace'>;

/** On the node's own 127.0.0.1, over HTTP. `app` answers as said. Gives it; what it has given to the node is removed at the end. */
export async function registryOf({ context }: Place, opened: AsyncDisposableStack, answer: Answer, options: RegistryOptions = {}): Promise<Registry> {
  const registry = opened.use(await registryOnNode(context, options));
  registry.serve('app', answer);
  opened.defer(() => forget(context, `${registry.host}/app:1`));
  return registry;
}

/** On an address of the node that is not its loopback: there a runtime insists on HTTPS. The name of its image. */
export async function registryBeside(opened: AsyncDisposableStack, certificate?: (address: string) => string): Promise<string> {
  const bridge = bridgeAddress();
  const tls = certificate && await ownCertificate(certificate(bridge));
  const registry = opened.use(await startRegistry({ hosts: [bridge], ...(tls && { tls }) }));
  return `${bridge}:${registry.port}/app:1`;
}

/** `catalogue-ok:1` under another name, in Docker and on the node or in Docker alone. */
export async function named({ context }: Place, opened: AsyncDisposableStack, name: string, where: 'node' | 'docker' = 'node'): Promise<void> {
  await docker('tag', 'catalogue-ok:1', name);
  opened.defer(() => forget(context, name));
  if (where === 'node') await putOnNode(context, name);
}

/** An image of this case alone that serves as `catalogue-ok` does, with a layer that no node has. In Docker it is gone before this ends. */
export async function contentOfItsOwn({ namespace }: Place): Promise<ImageContent> {
  const name = `case-${namespace}:1`;
  // Bytes that do not shrink: it takes its time where a registry is slow.
  await buildImage(name, 'FROM catalogue-ok:1\nCOPY own /own\n', { own: crypto.getRandomValues(new Uint8Array(4096)) });
  try {
    return await contentOf(name);
  } finally {
    await docker('rmi', '-f', name);
  }
}

/** Neither Docker nor the node has the name any more. containerd keeps it with its tag and, after a pull, with its digest. */
export async function forget(context: Here['context'], name: string): Promise<void> {
  await docker('rmi', '-f', name).catch(() => '');
  const container = nodeContainer[context];
  if (!container) return;
  const full = /^[^/]*[.:][^/]*\//.test(name) ? name : `docker.io/library/${name}`;
  const names = (await docker('exec', container, 'ctr', '-n', 'k8s.io', 'images', 'ls', '-q')).split('\n').filter((each) => each.startsWith(full.replace(/:[^:/]*$/, '')));
  if (names.length > 0) await docker('exec', container, 'ctr', '-n', 'k8s.io', 'images', 'rm', ...names).catch(() => '');
}
