// The proof for a finding of the image family: the manifest's line, the policy and its origin, Kubernetes' own words, and the images.
import type { Evidence, Message } from '../contract/findings.ts';
import { eventCount, eventMessage, eventTime } from '../kubernetes/events.ts';
import { imageSize } from '../kubernetes/image-size.ts';
import { originKey, selectable } from './image-case.ts';
import type { ImageCase } from './image-case.ts';
import { failedPull } from './pull-cause.ts';
import type { NodeImage } from './world.ts';

type Params = Message['params'];

/** All evidence, in the order in which it is to be read. */
export function imageEvidence(c: ImageCase): Evidence[] {
  return [manifest(c), policy(c), ...owner(c), status(c), ...event(c), ...remembered(c), hostImage(c), nodeImages(c), ...store(c), ...nearNames(c)];
}

/** The proof that two builds differ: the IDs of what runs, of what the node has and of what Docker has, with their times. */
export function buildEvidence(c: ImageCase): Evidence[] {
  return [manifest(c), policy(c), ...owner(c), ...running(c), hostImage(c), nodeImages(c), ...store(c)];
}

/** Which pull secrets the pod brings along; never what is in them. */
export function credentialsEvidence(c: ImageCase): Evidence {
  const names = (c.world.pod.spec?.imagePullSecrets ?? []).flatMap((s) => s.name ?? []);
  return {
    kind: 'credentials',
    message: names.length === 0 ? message('evidence.credentials.none') : message('evidence.credentials.named', { names: names.join(', '), count: names.length }),
    object: podRef(c), path: 'spec.imagePullSecrets', value: names.join(', '),
  };
}

function manifest(c: ImageCase): Evidence {
  const image = c.located.container.image ?? '';
  const { tag, digest } = c.reference;
  const written = digest !== undefined ? 'digest' : image.endsWith(`:${tag}`) ? 'tag' : 'no-tag';
  return { kind: 'manifest', message: message(`evidence.manifest.${written}`, { image }), object: podRef(c), path: `${c.located.path}.image`, value: image };
}

function policy(c: ImageCase): Evidence {
  const { policy: value, object, path } = c.policy;
  return {
    kind: 'policy',
    message: message(`evidence.policy.${originKey(c.policy)}`, { policy: value, image: c.image, kind: object.kind, name: object.name }),
    object: { ...object, ...namespaceOf(c) }, path, value,
  };
}

function owner(c: ImageCase): Evidence[] {
  if (!c.controller) return [];
  const { kind, name } = c.controller;
  return [{
    kind: 'manifest', message: message('evidence.owned', { kind, name }), object: { kind, name, ...namespaceOf(c) },
    path: `metadata.ownerReferences[${c.world.pod.metadata.ownerReferences?.indexOf(c.controller) ?? 0}]`, value: name,
  }];
}

function status(c: ImageCase): Evidence {
  const list = c.located.init ? 'initContainerStatuses' : 'containerStatuses';
  const index = c.world.pod.status?.[list]?.indexOf(c.status) ?? 0;
  const { reason = '', message: text } = c.status.state?.waiting ?? {};
  return {
    kind: 'status', message: message('evidence.status', { reason, container: c.located.container.name }),
    object: podRef(c), path: `status.${list}[${index}].state.waiting`, value: text ?? reason,
  };
}

/** What runs, or ran last; its ID as the runtime wrote it, which may be a manifest's digest. */
function running(c: ImageCase): Evidence[] {
  const list = c.located.init ? 'initContainerStatuses' : 'containerStatuses';
  const index = c.world.pod.status?.[list]?.indexOf(c.status) ?? 0;
  const { imageID = '', state, lastState } = c.status;
  const startedAt = state?.running?.startedAt ?? lastState?.terminated?.startedAt;
  if (imageID === '' || !startedAt) return [];
  const params = { container: c.located.container.name, id: shortId(imageID.replace(/^.*(?=sha256:)/, '')), started: Date.parse(startedAt) };
  return [{ kind: 'status', message: message('evidence.runs', params), object: podRef(c), path: `status.${list}[${index}].imageID`, value: imageID, at: startedAt }];
}

function event(c: ImageCase): Evidence[] {
  const failed = failedPull(c.world, c.located.container.name);
  if (!failed) return [];
  const at = eventTime(failed);
  return [{
    kind: 'event', message: message('evidence.event', { reason: failed.reason ?? '', count: eventCount(failed) }),
    object: { kind: 'Event', name: failed.metadata.name ?? '', ...namespaceOf(c) }, path: 'message', value: eventMessage(failed), ...(at && { at }),
  }];
}

function remembered({ cause }: ImageCase): Evidence[] {
  if (cause?.source !== 'memory') return [];
  return [{ kind: 'status', message: message('evidence.remembered'), value: cause.message, ...(cause.at && { at: cause.at }) }];
}

function hostImage(c: ImageCase): Evidence {
  const { hostImage: image } = c.presence;
  if (image) {
    const params = { image: c.image, id: shortId(image.Id), created: image.Created * 1000, size: imageSize(image.Size) };
    return { kind: 'host-image', message: message('evidence.host-image.present', params), value: image.Id, at: new Date(image.Created * 1000).toISOString() };
  }
  if (c.world.hostImages === 'unknown') return { kind: 'host-image', message: message('evidence.host-image.unknown') };
  return { kind: 'host-image', message: message('evidence.host-image.absent', { image: c.image, count: c.world.hostImages.length }) };
}

function nodeImages(c: ImageCase): Evidence {
  const { presence, node } = c;
  const at = presence.read?.at;
  const common = { object: { kind: 'Node', name: node }, ...(at && { at }) };
  const image: Pick<NodeImage, 'id' | 'size' | 'createdAt'> | undefined = presence.nodeImage ?? (presence.known === 'shared-docker' && presence.hostImage
    ? { id: presence.hostImage.Id, size: presence.hostImage.Size } : undefined);
  if (presence.onNode === 'yes' && image) {
    const key = `evidence.node-image.${presence.presence === 'older-build' ? 'older-build' : 'present'}`;
    const params = { image: c.image, node, id: shortId(image.id) || 'none', size: imageSize(image.size) };
    const built = image.createdAt === undefined ? undefined : Date.parse(image.createdAt);
    return { kind: 'node-image', message: built === undefined ? message(key, params) : message(`${key}-built`, { ...params, created: built }), value: image.id, ...common };
  }
  if (presence.onNode === 'no') {
    return { kind: 'node-image', message: message('evidence.node-image.absent', { image: c.image, node, count: presence.read?.count ?? 0 }), ...common };
  }
  return { kind: 'node-image', message: message('evidence.node-image.unknown', { node }), ...common };
}

function store({ presence, node }: ImageCase): Evidence[] {
  if (!presence.store) return [];
  const { sharesDocker, known, kind } = presence.store;
  const params = { node, known: selectable(known), kind: selectable(kind) };
  return [{ kind: 'store', message: message(`evidence.store.${sharesDocker}`, params), object: { kind: 'Node', name: node }, value: sharesDocker }];
}

function nearNames({ near }: ImageCase): Evidence[] {
  if (near.length === 0) return [];
  const names = near.map((n) => n.name).join(', ');
  return [{ kind: 'near-names', message: message('evidence.near-names', { names, count: near.length }), value: names }];
}

function message(key: string, params: Params = {}): Message {
  return { key, params };
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

function namespaceOf(c: ImageCase): { namespace?: string } {
  const { namespace } = c.world.pod.metadata;
  return namespace === undefined ? {} : { namespace };
}

function podRef(c: ImageCase): NonNullable<Evidence['object']> {
  return { kind: 'Pod', name: c.world.pod.metadata.name ?? '', ...namespaceOf(c) };
}
