// The pull secrets that a pod brings along, and whether one of them has a login for a registry. Their contents are never looked at beyond
// the registries' names.
import type { Fix } from '../contract/findings.ts';
import { podCase, podFix, writeFix } from './cause.ts';
import type { ImageCase } from './image-case.ts';

/** What is known of a pull secret for one registry. */
export type SecretState = 'missing' | 'wrong-type' | 'other-registry' | 'matches' | 'unknown';

/** The types that the kubelet takes; it passes over others without a word (pkg/credentialprovider/secrets/secrets.go). */
const pullTypes: readonly string[] = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

/** The names in the pod; the service account's are among them, since admission copies those where the pod has none. */
export function namedSecrets({ world: { pod } }: ImageCase): readonly string[] {
  return (pod.spec?.imagePullSecrets ?? []).flatMap(({ name }) => name || []);
}

export function secretState({ world, reference }: ImageCase, name: string): SecretState {
  const secret = world.pullSecrets?.[name];
  if (secret === undefined) {
    const object = world.related?.[`Secret/${name}`];
    if (object === 'missing') return 'missing';
    const type = object?.['type'];
    return typeof type === 'string' && !pullTypes.includes(type) ? 'wrong-type' : 'unknown';
  }
  if (secret === 'missing') return 'missing';
  if (!pullTypes.includes(secret.type)) return 'wrong-type';
  return secret.hosts.some((host) => isFor(host, `${reference.domain || 'docker.io'}/${reference.path}`)) ? 'matches' : 'other-registry';
}

/**
 * Whether the key of a login is for this repository: the host with its port, parts of it as `*`, and the beginning of the path
 * (pkg/credentialprovider/keyring.go, URLsMatch). Docker Hub has several names.
 */
export function isFor(key: string, repository: string): boolean {
  const [host = '', ...path] = key.replace(/^https?:\/\//, '').replace(/\/+$/, '').split('/');
  const [registry = '', ...wanted] = repository.split('/');
  // What `docker login` writes for the API's versions is no part of a name.
  const prefix = /^v[12]$/.test(path[0] ?? '') ? path.slice(1) : path;
  if (!prefix.every((part, index) => part === wanted[index])) return false;
  const [a, b] = [hubName(host), hubName(registry)];
  if (a === b) return true;
  const [parts, others] = [a.split('.'), b.split('.')];
  return parts.length === others.length && parts.every((part, index) => part === others[index] || (/^[^*]*\*[^*]*$/.test(part) && matches(part, others[index] ?? '')));
}

function hubName(host: string): string {
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function matches(pattern: string, text: string): boolean {
  const [before = '', after = ''] = pattern.split('*');
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

/** F9: a pull secret is begun; name and password are for the person to write. `name`: what the pod calls it already. */
export function beginSecret(c: ImageCase, name: string = freeName(c)): Fix {
  const registry = c.reference.domain || 'docker.io';
  // The key that `docker login` uses for Docker Hub.
  const key = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  return writeFix('F9.secret', {
    manifest: {
      apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: c.world.pod.metadata.namespace ?? 'default' },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify({ auths: { [key]: { username: '', password: '' } } }) },
    },
  }, { danger: 'g', params: { registry, secret: name } });
}

/** F9: a secret that has a login for this registry and that the pod does not name is added to it. */
export function attachSecret(c: ImageCase): Fix[] {
  const named = namedSecrets(c);
  const found = Object.keys(c.world.pullSecrets ?? {}).find((name) => !named.includes(name) && secretState(c, name) === 'matches');
  if (found === undefined) return [];
  const value = [...named, found].map((name) => ({ name }));
  const params = { registry: c.reference.domain || 'docker.io', secret: found };
  return podFix(podCase(c.world), 'F9.attach', [{ path: ['spec', 'imagePullSecrets'], value }], { recommended: true, params });
}

function freeName({ reference, world }: ImageCase): string {
  const base = `pull-${(reference.domain || 'docker.io').toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')}`;
  const isTaken = (name: string) => name in (world.pullSecrets ?? {}) || name in Object.fromEntries((world.pod.spec?.imagePullSecrets ?? []).map((each) => [each.name ?? '', true]));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(name)) return name;
  }
}
