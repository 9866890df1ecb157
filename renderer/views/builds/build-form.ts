// What the build form makes of what a person wrote and of what is known. Pure.
import type { BuildContext, RecentBuild } from '../../../shared/contract/builds.ts';
import { familiarName, parseImageReference } from '../../../shared/kubernetes/image-reference.ts';

/** One build argument. `own`: added by the person, not named by the Dockerfile. */
export interface Argument {
  readonly name: string;
  readonly value: string;
  readonly own: boolean;
}

/** What the Dockerfile calls an argument it is sent as, unless it was left empty; an own one is sent with an empty value, too. */
export function argumentsToSend(values: readonly Argument[]): Record<string, string> | undefined {
  const wanted = values.map(({ name, value, own }) => ({ name: name.trim(), value, own })).filter(({ name, value, own }) => name !== '' && (own || value !== ''));
  return wanted.length === 0 ? undefined : Object.fromEntries(wanted.map(({ name, value }) => [name, value]));
}

/** The arguments that the form shows below those of the Dockerfile: own ones, and those of another Dockerfile that would still be sent. */
export function furtherArguments(values: readonly Argument[], declared: BuildContext['arguments']): { readonly argument: Argument; readonly index: number }[] {
  return values
    .map((argument, index) => ({ argument, index }))
    .filter(({ argument: { name, value, own } }) => own || (value !== '' && !declared.some((known) => known.name === name)));
}

/** A value for one of the Dockerfile's arguments, among the others. */
export function withArgument(values: readonly Argument[], name: string, value: string): Argument[] {
  const at = values.findIndex((known) => !known.own && known.name === name);
  const next = { name, value, own: false };
  return at < 0 ? [...values, next] : values.with(at, next);
}

/** A name for the image of a folder, as Docker would take it: `Spring Server` is `spring-server`; '' where nothing is left. */
export function nameForFolder(folder: string): string {
  const last = folder.replace(/[\\/]+$/, '').split(/[\\/]/).pop() ?? '';
  const name = last.toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/\.{2,}|_{3,}|[._-]*[._][._-]+/g, '-').replace(/^[._-]+|[._-]+$/g, '');
  return parseImageReference(name).ok ? name : '';
}

/** As Docker shows it: `spring-server:latest`; what is no name stays as it was written. */
export function shownName(image: string): string {
  const reference = parseImageReference(image.trim());
  return reference.ok ? familiarName(reference) : image.trim();
}

/** A dropped folder is built; of a dropped file the folder that it is in, with the file as its Dockerfile. */
export function droppedFolder(path: string, isFile: boolean): { folder: string; dockerfile: string } {
  if (!isFile) return { folder: path, dockerfile: '' };
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  const name = path.slice(cut + 1);
  return { folder: path.slice(0, Math.max(cut, 1)), dockerfile: name === 'Dockerfile' ? '' : name };
}

/**
 * The words of each chip: the last folder tells two builds of one name apart; where that does not, what else was chosen.
 */
export function chipsOf(builds: readonly RecentBuild[]): { recent: RecentBuild; image: string; place: string }[] {
  const short = builds.map((recent) => ({
    recent,
    image: shownName(recent.image).replace(/:latest$/, ''),
    place: recent.folder.replace(/[\\/]+$/, '').split(/[\\/]/).pop() || recent.folder,
  }));
  const isTwice = (one: (typeof short)[number]) => short.some((other) => other !== one && other.image === one.image && other.place === one.place);
  return short.map((chip) => {
    const { dockerfile, target, arguments: values = {} } = chip.recent;
    const chosen = [dockerfile, target, ...Object.entries(values).map(([name, value]) => `${name}=${value}`)].filter((each) => each !== undefined);
    return isTwice(chip) && chosen.length > 0 ? { ...chip, place: chosen.join(' ') } : chip;
  });
}

/** What an earlier build puts into the form. An empty value was an own one: no other is sent empty. */
export function argumentsOf({ arguments: values = {} }: RecentBuild): Argument[] {
  return Object.entries(values).map(([name, value]) => ({ name, value, own: value === '' }));
}

/** From this size on the send is worth a word: a beginner's folder with sources is far smaller. */
export const LARGE_BYTES = 50_000_000;

/** Whole parts of the biggest entry, from 0 to 1, for its bar. */
export function shareOf(bytes: number, biggest: BuildContext['biggest']): number {
  const most = Math.max(...biggest.map((entry) => entry.bytes), 1);
  return bytes / most;
}

/** `0.4 s`, `12 s`, `2m05s`: as short as it is useful. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}
