// Numbers and times for people, the same in every view.
import { ageSince } from '../../shared/kubernetes/age.ts';
import { clock } from './clock.svelte.ts';

/** kubectl's AGE, ticking: `94s`, `2h10m`; `<unknown>` where the server tells no time, as kubectl prints it. */
export function age(at: string | undefined): string {
  return ageSince(at, clock());
}

/** `14:03:09`, on this computer's clock. */
export function timeOfDay(at: string): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
/** Decimal units, as `docker images` prints sizes: `182 MB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** The first twelve digits of an image ID, as Docker shows it. */
export function shortId(imageId: string): string {
  return imageId.replace(/^sha256:/, '').slice(0, 12);
}
