// Removing copies of images. First everything is looked up and what cannot come back by a name alone is kept on disk; only then is anything
// deleted. What fails half-way is brought back, so that a refusal leaves all as it was.
import type { ImageCopy } from '../../../shared/contract/images.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { comparable, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import { archiveIdentity } from '../../clients/nodes/archive-identity.ts';
import type { Teller } from '../activity/activity.ts';
import { whyNotKept } from './not-kept.ts';
import { shortName, type ImagePlace, type PlacedImage } from './image-places.ts';
import type { KeptCopies, KeptCopy } from './kept-copies.ts';

export type PlaceOf = (copy: ImageCopy) => ImagePlace;

interface Planned {
  readonly copy: ImageCopy;
  readonly place: ImagePlace;
  readonly image: PlacedImage;
  /** Its name goes, and with it the image. */
  readonly isLast: boolean;
}

interface Removed extends Planned {
  /** What brings it back; absent where it still has another name there, or it cannot be had. */
  readonly kept: KeptCopy | undefined;
  /** No copy can be had: what is removed so does not come back. */
  readonly isLost: boolean;
}

/** A store that is slow, or an image of many GB. */
const REMOVE_MS = 30 * 60_000;

export interface WayBack {
  /** Brings back what was removed. It may be called again after it failed. */
  bringBack(tell: Teller, placeOf: PlaceOf): Promise<void>;
  /** It will not be called any more: what is kept goes, but for what a failure has named. */
  forget(): void;
}

export interface Removal {
  readonly copies: readonly ImageCopy[];
  /** An image of which no copy can be kept goes all the same. */
  readonly withoutCopy: boolean;
}

/**
 * @returns undefined where something went of which no copy could be kept.
 * @throws Failure IMAGE_NAME_INVALID, IMAGE_NOT_IN_DOCKER, IMAGE_IN_USE, IMAGE_NOT_REMOVED, IMAGE_NOT_KEPT, IMAGE_NOT_RESTORED, and those of a place
 */
export async function removeCopies(
  { copies, withoutCopy }: Removal, placeOf: PlaceOf, keptCopies: KeptCopies, tell: Teller,
): Promise<WayBack | undefined> {
  const signal = AbortSignal.timeout(REMOVE_MS);
  tell.step('step.check-images', { count: copies.length });
  const plan = await planOf(copies, placeOf, signal);
  const ready: Removed[] = [];
  try {
    for (const planned of plan) ready.push({ ...planned, ...(await keep(planned, withoutCopy, keptCopies, tell, signal)) });
  } catch (error) {
    for (const { kept } of ready) await kept?.discard();
    throw error;
  }

  // What cannot come back goes last, when nothing else can fail any more.
  ready.sort((a, b) => Number(a.isLost) - Number(b.isLost));
  const removed: Removed[] = [];
  for (const next of ready) {
    const { place, copy } = next;
    tell.step('step.remove-image', { image: shortName(copy.key), place: place.name });
    try {
      await stillTheSame(next, signal);
      await place.remove(copy.key, signal);
      removed.push(next);
      tell.command(place.removeLine(copy.key));
    } catch (error) {
      // A store may have taken it away and lost only the answer: so it is brought back, too.
      await bringBackAll([...removed, next], tell);
      for (const { kept } of ready) await kept?.discard();
      throw notRemoved(next, error);
    }
  }
  if (removed.some(({ isLost }) => isLost)) {
    for (const { kept } of removed) await kept?.discard();
    return undefined;
  }
  return {
    async bringBack(undoTell, placeNow) {
      await bringBackAll(removed.map((each) => ({ ...each, place: placeNow(each.copy) })), undoTell);
      for (const { kept } of removed) await kept?.discard();
    },
    forget() {
      for (const { kept } of removed) void kept?.forget();
    },
  };
}

async function planOf(copies: readonly ImageCopy[], placeOf: PlaceOf, signal: AbortSignal): Promise<Planned[]> {
  const places = new Map<string, ImagePlace>();
  const plan: Planned[] = [];
  // What goes with the last name is known only by full names, as a place gives them.
  const full = copies.map((copy): ImageCopy => ({ ...copy, key: fullKey(copy.key) }));
  const different = new Map(full.map((copy) => [JSON.stringify([copy.key, copy.place]), copy]));
  for (const copy of different.values()) {
    const where = JSON.stringify(copy.place);
    const place = places.get(where) ?? placeOf(copy);
    places.set(where, place);
    const image = await place.find(copy.key, signal);
    if (!image) throw absent(copy, place);
    const going = [...plan.filter((other) => other.place === place && other.image.id === image.id).map((other) => other.copy.key), copy.key];
    const isLast = copy.key === image.id || image.names.every((name) => going.includes(name));
    const users = isLast ? place.usersOf(image) : [];
    if (users.length > 0) throw new Failure('IMAGE_IN_USE', { image: shortName(copy.key) }, users.join(', '));
    plan.push({ copy, place, image, isLast });
  }
  return plan;
}

/** The full form of a name; an ID as it is. */
function fullKey(key: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(key)) return key;
  const name = parseImageReference(key);
  if (!name.ok) throw new Failure('IMAGE_NAME_INVALID', { image: key, reason: name.reason }, `${key}: ${name.reason}`);
  return comparable(name);
}

async function keep(
  { copy, place, image, isLast }: Planned, withoutCopy: boolean, keptCopies: KeptCopies, tell: Teller, signal: AbortSignal,
): Promise<Pick<Removed, 'kept' | 'isLost'>> {
  // Where a name can be given back, one archive of an image does for all its names: it is kept with the last of them.
  if (place.tag && !isLast) return { kept: undefined, isLost: false };
  tell.step('step.keep-image', { image: shortName(copy.key), place: place.name });
  try {
    const saved = archiveIdentity(await place.save(image, copy.key, signal));
    const kept = await keptCopies.keep(saved.archive, (bytes) => tell.bytes(bytes));
    const id = await saved.imageId();
    // Docker was asked by the image's ID. A node is asked by a name, which may have gone to another build since.
    if (id !== undefined && (place.tag || id === image.id)) return { kept, isLost: false };
    await kept.discard();
    throw new Error(`the archive of ${copy.key} that ${place.name} gave has ${id === undefined ? 'no image in it' : `the image ${id}`}`);
  } catch (error) {
    const why = whyNotKept(error);
    if (why === undefined) throw notRemoved({ copy, place }, error);
    if (!withoutCopy) throw new Failure('IMAGE_NOT_KEPT', { image: shortName(copy.key), place: place.name, why }, error);
    tell.stepFailed();
    return { kept: undefined, isLost: true };
  }
}

/** An archive of GBs takes its time. @throws Error where the name has gone to another build, or what was not kept would be deleted with it. */
async function stillTheSame({ copy, place, image, kept, isLost }: Removed, signal: AbortSignal): Promise<void> {
  const now = await place.find(copy.key, signal);
  const rests = now?.names.some((name) => name !== copy.key);
  if (now?.id === image.id && (kept || rests || isLost)) return;
  throw new Error(`${copy.key} was changed meanwhile in ${place.name}: it was ${image.id}, it is ${now?.id ?? 'gone'} now`);
}

/** Brings back what can be; then throws the first reason why something could not. What is there already stays as it is. */
async function bringBackAll(removed: readonly Removed[], tell: Teller): Promise<void> {
  const signal = AbortSignal.timeout(REMOVE_MS);
  const failed: unknown[] = [];
  // The last name first: it brings the image, which the others name.
  for (const each of removed.toReversed()) {
    const { copy, place, kept } = each;
    const params = { image: shortName(copy.key), place: place.name };
    try {
      if (await isBack(each, signal)) continue;
      tell.step('step.restore-image', params);
      await bringBack(each, signal);
    } catch (error) {
      failed.push(new Failure('IMAGE_NOT_RESTORED', { ...params, file: (await kept?.rescue()) ?? 'none' }, failureOf(error)?.raw ?? error));
    }
  }
  if (failed.length > 0) throw failed[0];
}

async function bringBack(each: Removed, signal: AbortSignal): Promise<void> {
  const { copy, place, image, kept } = each;
  if (kept) await place.bringBack(kept.read(), signal);
  for (const name of copy.key === image.id ? image.names : [copy.key]) await place.tag?.(image.id, name, signal);
  if (!(await isBack(each, signal))) throw new Error(`${place.name} does not have ${image.id} under ${copy.key}`);
}

/** Whether the very image is there under its name. @throws Error where another one has the name by now: it is not taken from that. */
async function isBack({ copy, place, image }: Removed, signal: AbortSignal): Promise<boolean> {
  const now = await place.find(copy.key, signal);
  if (now && now.id !== image.id) throw new Error(`${shortName(copy.key)} is the name of another image by now (${now.id}); this one was ${image.id}`);
  return now !== undefined;
}

function absent({ key, place: where }: ImageCopy, place: ImagePlace): Failure {
  const image = shortName(key);
  if ('docker' in where) return new Failure('IMAGE_NOT_IN_DOCKER', { image }, `no image ${key}`);
  return new Failure('IMAGE_NOT_REMOVED', { image, place: place.name }, `no image ${key}`);
}

function notRemoved({ copy, place }: Pick<Planned, 'copy' | 'place'>, error: unknown): Failure {
  const known = failureOf(error);
  if (known && known.code !== 'DOCKER_ERROR') return known;
  return new Failure('IMAGE_NOT_REMOVED', { image: shortName(copy.key), place: place.name }, known?.raw ?? error);
}
