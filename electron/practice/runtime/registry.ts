// The registries of the practice: none is real, each answers by its mode in the words that Docker and containerd pass on (diagnosis 2.8).
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { manifestOf } from './image-manifest.ts';
import { familiarName, fullName, parseImageName } from './image-name.ts';
import type { Image, ImageStore, RegistryMode, Runtime } from './runtime.ts';

export interface Registry {
  /** undefined: no host of that name. */
  modeOf(host: string): RegistryMode | undefined;
  setMode(host: string, mode: RegistryMode): void;
  /** The image that a registry which has it gives for a full name, by tag or digest. */
  imageOf(full: string): Promise<Image | undefined>;
  /** Whether it has the repository under any tag. */
  knows(full: string): boolean;
}

export interface RegistryOptions {
  /** By host; over the practice's own. */
  readonly modes?: Readonly<Record<string, RegistryMode>>;
  /** What `docker.io` has, by full name. */
  readonly images: ReadonlyMap<string, Image>;
  /** What a registry that has everything gives for a path: `team/http-server`. */
  readonly anything: (path: string) => Image;
}

const practiceModes: Readonly<Record<string, RegistryMode>> = {
  'docker.io': 'has',
  'has.practice.test': 'has',
  'not-found.practice.test': 'not-found',
  'denied.practice.test': 'denied',
  'rate-limit.practice.test': 'rate-limit',
  'unreachable.practice.test': 'unreachable',
};

export function createRegistry({ modes = {}, images, anything }: RegistryOptions): Registry {
  const known = new Map(Object.entries({ ...practiceModes, ...modes }));
  const repository = (full: string) => `${parseImageName(full).domain}/${parseImageName(full).path}`;
  const inRepository = (full: string) => [...images].filter(([name]) => repository(name) === repository(full)).map(([, image]) => image);
  return {
    modeOf: (host) => known.get(host),
    setMode: (host, mode) => void known.set(host, mode),
    async imageOf(full) {
      const { domain, path, digest } = parseImageName(full);
      if (digest === undefined) return domain === 'docker.io' ? images.get(full) : anything(path);
      for (const image of domain === 'docker.io' ? inRepository(full) : [anything(path)]) {
        if ((await manifestOf(image)).digest === digest) return image;
      }
      return undefined;
    },
    knows: (full) => parseImageName(full).domain !== 'docker.io' || inRepository(full).length > 0,
  };
}

interface Puller {
  readonly kind: Runtime['kind'];
  readonly version: string;
  readonly images: ImageStore;
  readonly registry: Registry;
  readonly clock: Clock;
}

/** Bytes that come in a second. */
const bandwidth = 40 * 1024 * 1024;

/** Asks the image's registry, as the node's runtime does, and puts what it gives into the store. @throws Error with the runtime's words. */
export async function pullWith(puller: Puller, reference: string): Promise<{ image: Image; bytes: number }> {
  const { images, registry, clock, kind } = puller;
  const name = parseImageName(reference);
  const full = fullName(reference);
  const mode = registry.modeOf(name.domain) ?? 'unreachable';
  const words = kind === 'docker' ? dockerWords : containerdWords;
  await clock.sleep(mode === 'unreachable' ? 60 : 350);
  if (mode !== 'has') throw new Error(words(mode, full));
  const image = await registry.imageOf(full);
  // Docker Hub does not say whether a repository is missing or private.
  if (image === undefined) throw new Error(words(registry.knows(full) ? 'not-found' : 'denied', full));
  const { digest } = await manifestOf(image);
  const here = images.find(image.id) !== undefined;
  if (!here) await clock.sleep((image.size / bandwidth) * 1000);
  else await setImmediate();
  images.add(image, name.digest === undefined ? [full] : [], 'pull', [`${name.domain}/${name.path}@${digest}`]);
  return { image, bytes: here ? 0 : image.size };
}

type Failing = Exclude<RegistryMode, 'has'>;

/** Docker Hub's own words at its limit. */
const limit =
  'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit';

function dockerWords(mode: Failing, full: string): string {
  return `Error response from daemon: ${dockerReason(mode, full)}`;
}

function dockerReason(mode: Failing, full: string): string {
  const short = familiarName(full);
  const { domain, path } = parseImageName(full);
  switch (mode) {
    case 'not-found':
      return `manifest for ${short} not found: manifest unknown: manifest unknown`;
    case 'denied':
      return `pull access denied for ${familiarName(`${domain}/${path}`)}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`;
    case 'rate-limit':
      return limit;
    case 'unreachable':
      return `Get "${endpoint(domain)}/v2/": dial tcp${dialFailure(domain)}`;
  }
}

function containerdWords(mode: Failing, full: string): string {
  const unpack = `failed to pull and unpack image ${JSON.stringify(full)}: `;
  const resolve = `${unpack}failed to resolve reference ${JSON.stringify(full)}: `;
  const { domain, path, tag, digest } = parseImageName(full);
  const manifest = `${endpoint(domain)}/v2/${path}/manifests/${digest ?? tag ?? 'latest'}`;
  switch (mode) {
    case 'not-found':
      // The one of these that carries a code of its own.
      return `rpc error: code = NotFound desc = ${resolve}${full}: not found`;
    case 'denied':
      return `${resolve}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
    case 'rate-limit':
      return `${unpack}failed to copy: httpReadSeeker: failed open: unexpected status code ${manifest}: 429 Too Many Requests - Server message: ${limit}`;
    case 'unreachable':
      return `${resolve}failed to do request: Head "${manifest}": dial tcp${dialFailure(domain)}`;
  }
}

const isLocal = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+)$/.test(host);

/** Both runtimes speak plain HTTP to the computer itself. */
function endpoint(domain: string): string {
  if (domain === 'docker.io') return 'https://registry-1.docker.io';
  return `${isLocal(domain.split(':')[0]!) ? 'http' : 'https'}://${domain}`;
}

/** What Go says when it cannot connect: addresses refuse, names are not found. */
function dialFailure(domain: string): string {
  const [host = '', port] = domain === 'docker.io' ? ['registry-1.docker.io'] : domain.split(':');
  if (isLocal(host)) return ` ${host === 'localhost' ? '127.0.0.1' : host}:${port ?? '80'}: connect: connection refused`;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return ` ${host}:${port ?? '443'}: i/o timeout`;
  return `: lookup ${host} on 192.168.65.7:53: no such host`;
}
