// The Engine API's calls about images. https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Image
import { pipeline } from 'node:stream/promises';
import { ArchiveError } from '../runtime/archive-files.ts';
import { historyOf, sha256 } from '../runtime/image-manifest.ts';
import { familiarName, fullName, parseImageName } from '../runtime/image-name.ts';
import type { StoredImage } from '../runtime/runtime.ts';
import { matches } from '../runtime/shell/glob.ts';
import { dockerContainers } from './containers.ts';
import { DockerError, notBuilt } from './docker-error.ts';
import { filtersOf, isTrue, labelled, sendJson } from './docker-route.ts';
import type { Docker } from './docker-parts.ts';
import type { Call, Route } from './docker-route.ts';
import { imageDetails, imageSummary, unixSeconds } from './image-json.ts';
import { removeImage } from './remove-image.ts';

export function imageRoutes(docker: Docker): Route[] {
  const { images, host } = docker;
  return [
    { method: 'GET', path: /^\/images\/json$/, answer: (call) => sendJson(call.response, 200, listed(docker, call)) },
    { method: 'GET', path: /^\/images\/search$/, answer: () => { throw notBuilt('has no registry that could be searched'); } },
    { method: 'GET', path: /^\/images\/get$/, answer: (call) => save(docker, call, call.query.getAll('names')) },
    { method: 'GET', path: /^\/images\/(.+)\/get$/, answer: (call) => save(docker, call, call.names) },
    { method: 'GET', path: /^\/images\/(.+)\/json$/, answer: ({ names: [name = ''], response, api }) => sendJson(response, 200, imageDetails(imageOf(docker, name), host, api)) },
    {
      method: 'GET',
      path: /^\/images\/(.+)\/history$/,
      answer({ names: [name = ''], response }) {
        const stored = imageOf(docker, name);
        const sizes = stored.image.layers.map(({ size }) => size);
        const steps = historyOf(stored.image).map((step) => ({
          Id: '<missing>',
          Created: unixSeconds(step.created ?? stored.image.created),
          CreatedBy: step.created_by ?? '',
          Tags: null as readonly string[] | null,
          Size: step.empty_layer ? 0 : (sizes.shift() ?? 0),
          Comment: step.comment ?? '',
        }));
        const top = steps.at(-1);
        if (top) Object.assign(top, { Id: stored.image.id, Tags: stored.names.length > 0 ? stored.names.map(familiarName) : null });
        sendJson(response, 200, steps.toReversed());
      },
    },
    {
      method: 'POST',
      path: /^\/images\/(.+)\/tag$/,
      answer({ names: [name = ''], query, response }) {
        const { image } = imageOf(docker, name);
        const repo = query.get('repo') ?? '';
        const tag = query.get('tag') ?? '';
        const { tag: tagOfRepo, digest } = named(repo);
        if (digest) throw new DockerError(400, 'refusing to create a tag with a digest reference');
        if (tag && !/^\w[\w.-]{0,127}$/.test(tag)) throw new DockerError(400, 'invalid tag format');
        images.add(image, [fullName(tag ? `${tagOfRepo ? repo.slice(0, -tagOfRepo.length - 1) : repo}:${tag}` : repo)], 'tag');
        response.writeHead(201).end();
      },
    },
    {
      method: 'DELETE',
      path: /^\/images\/(.+)$/,
      answer: ({ names: [name = ''], query, response }) =>
        sendJson(response, 200, removeImage(docker, name, imageOf(docker, name), { force: isTrue(query, 'force') })),
    },
    { method: 'POST', path: /^\/images\/load$/, answer: (call) => load(docker, call) },
    { method: 'POST', path: /^\/images\/create$/, answer: (call) => pull(docker, call) },
    {
      method: 'POST',
      path: /^\/images\/prune$/,
      answer({ query, response }) {
        const filters = filtersOf(query, ['dangling', 'label', 'label!', 'until']);
        const all = ['false', '0'].includes(filters.get('dangling')?.[0] ?? 'true');
        const used = new Set(dockerContainers(host).map(({ imageId }) => imageId));
        const unused = images.list().filter(({ image, names, digests }) =>
          !used.has(image.id) && (all || (names.length === 0 && digests.length === 0)) && labelled(image.config.Labels ?? {}, filters.get('label')));
        const removed = unused.flatMap((stored) => removeImage(docker, stored.image.id, stored, { force: true }));
        const reclaimed = unused.reduce((sum, { image }) => sum + image.size, 0);
        sendJson(response, 200, { ImagesDeleted: removed.length > 0 ? removed : null, SpaceReclaimed: reclaimed });
      },
    },
    { method: 'POST', path: /^\/images\/(.+)\/push$/, answer: () => { throw notBuilt('pushes no images: its registry only gives them out'); } },
  ];
}

/** @throws DockerError 400 in the words of Docker's reference parser */
function named(reference: string): ReturnType<typeof parseImageName> {
  try {
    return parseImageName(reference);
  } catch (error) {
    throw new DockerError(400, (error as Error).message);
  }
}

/** @throws DockerError 404, 400 for what is no name */
export function imageOf({ images }: Docker, reference: string): StoredImage {
  const found = images.find(reference);
  if (found) return found;
  if (!/^(?:sha256:)?[0-9a-f]{1,64}$/.test(reference)) {
    const { tag, digest } = named(reference);
    throw new DockerError(404, `No such image: ${familiarName(reference)}${tag || digest ? '' : ':latest'}`);
  }
  throw new DockerError(404, `No such image: ${reference}${reference.includes(':') || reference.length === 64 ? '' : ':latest'}`);
}

const LIST_FILTERS = ['dangling', 'label', 'before', 'since', 'reference', 'until'];

function listed(docker: Docker, { query, api }: Call): object[] {
  const filters = filtersOf(query, LIST_FILTERS);
  const dangling = filters.get('dangling')?.[0];
  const time = (name: string) => (filters.get(name) ?? []).map((reference) => Date.parse(imageOf(docker, reference).image.created));
  const before = Math.min(...time('before'));
  const since = Math.max(...time('since'));
  const patterns = (filters.get('reference') ?? []).map(referencePattern);
  const containers = dockerContainers(docker.host);
  return docker.images
    .list()
    .flatMap((stored) => {
      const { image, names, digests } = stored;
      const created = Date.parse(image.created);
      if (created >= before || created <= since || !labelled(image.config.Labels ?? {}, filters.get('label'))) return [];
      if (dangling !== undefined && ['true', '1'].includes(dangling) !== (names.length === 0 && digests.length === 0)) return [];
      if (patterns.length === 0) return [stored];
      const matching = names.filter((name) => patterns.some((matches) => matches(familiarName(name))));
      return matching.length > 0 ? [{ image, names: matching, digests }] : [];
    })
    .toSorted((a, b) => Date.parse(b.image.created) - Date.parse(a.image.created))
    .map((stored) => imageSummary(stored, { api, sharedSize: isTrue(query, 'shared-size'), containers }));
}

/** `nginx`, `nginx:1.*`, `*\/web` against a familiar name, with and without its tag (reference.FamiliarMatch). */
function referencePattern(pattern: string): (name: string) => boolean {
  // Part by part, as path.Match never lets a `*` go over a slash; no regular expression, so that no pattern takes long.
  const parts = pattern.replace(/^docker\.io\/(library\/)?/, '').split('/');
  const fits = (name: string) => {
    const given = name.split('/');
    return given.length === parts.length && parts.every((part, index) => matches(part, given[index] ?? ''));
  };
  return (name) => fits(name) || fits(name.replace(/:[^/:]*$/, ''));
}

async function save(docker: Docker, { response, signal }: Call, references: readonly string[]): Promise<void> {
  for (const reference of references) imageOf(docker, reference);
  const archive = docker.images.save(references);
  response.writeHead(200, { 'Content-Type': 'application/x-tar' });
  await pipeline(archive, response, { signal });
}

async function load(docker: Docker, { request, response }: Call): Promise<void> {
  // What is wrong with the archive is said in the answer's stream, as Docker does.
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const line = (value: object) => response.write(`${JSON.stringify(value)}\r\n`);
  try {
    for (const name of await docker.images.load(request)) {
      line({ stream: name.startsWith('sha256:') ? `Loaded image ID: ${name}\n` : `Loaded image: ${familiarName(name)}\n` });
    }
  } catch (error) {
    const words = (error as Error).message;
    const message = error instanceof ArchiveError && error.fault === 'tar' ? `Error processing tar file(exit status 1): ${words}` : words;
    line({ errorDetail: { message }, error: message });
  }
  response.end();
}

async function pull({ images, host }: Docker, { query, response }: Call): Promise<void> {
  const from = query.get('fromImage') ?? '';
  if (!from) throw notBuilt('imports no file systems');
  const tag = query.get('tag') ?? '';
  const { tag: tagOfName, digest } = named(from);
  const reference = tagOfName || digest || !tag ? from : `${from}${tag.includes(':') ? '@' : ':'}${tag}`;
  const full = fullName(named(reference) && reference);
  const before = images.find(full)?.image.id;
  let pulled: Awaited<ReturnType<typeof host.runtime.pull>>;
  try {
    pulled = await host.runtime.pull(full);
  } catch (error) {
    const message = (error as Error).message.replace(/^rpc error: code = \w+ desc = /, '').replace(/^Error response from daemon: /, '');
    throw new DockerError(/not found|access denied|manifest unknown/.test(message) ? 404 : 500, message);
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const line = (value: object) => response.write(`${JSON.stringify(value)}\r\n`);
  const { path, tag: pulledTag, digest: pulledDigest } = parseImageName(full);
  line({ status: `Pulling from ${path}`, id: pulledTag ?? pulledDigest });
  for (const layer of pulled.image.layers) {
    const id = layer.diffId.slice(7, 19);
    const total = layer.size;
    if (before === pulled.image.id) line({ status: 'Already exists', progressDetail: {}, id });
    else {
      line({ status: 'Pulling fs layer', progressDetail: {}, id });
      line({ status: 'Downloading', progressDetail: { current: total, total }, progress: '[==================================================>]', id });
      line({ status: 'Pull complete', progressDetail: {}, id });
    }
  }
  const stored = images.find(full);
  const repository = full.replace(/(?:@|:(?=[^/]*$)).*$/, '');
  const known = stored?.digests.find((one) => one.startsWith(`${repository}@`));
  line({ status: `Digest: ${known?.slice(repository.length + 1) ?? sha256(pulled.image.configJson)}` });
  const what = before === pulled.image.id ? 'Image is up to date' : 'Downloaded newer image';
  line({ status: `Status: ${what} for ${familiarName(full)}` });
  response.end();
}
