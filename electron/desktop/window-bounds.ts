// Where the window stood the last time. The file is only a memory: whatever is wrong with it, the window opens.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface WindowPlace {
  readonly bounds?: Bounds;
  readonly maximized: boolean;
}

/** The least size at which the pods table and the detail can be read. */
export const smallest = { width: 900, height: 600 } as const;
export const usual = { width: 1280, height: 800 } as const;

/** Reads the place; a missing or damaged file, or a screen that is no longer there, gives one without bounds. */
export function readWindowPlace(file: string, workAreas: readonly Bounds[]): WindowPlace {
  try {
    const saved: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof saved !== 'object' || saved === null) return { maximized: false };
    const maximized = 'maximized' in saved && saved.maximized === true;
    const bounds = 'bounds' in saved && isBounds(saved.bounds) ? visible(saved.bounds, workAreas) : undefined;
    return bounds ? { bounds, maximized } : { maximized };
  } catch {
    return { maximized: false };
  }
}

/** Writes the place; a disk that cannot be written costs only the memory. */
export function writeWindowPlace(file: string, place: WindowPlace): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(place));
  } catch (error) {
    console.error(`The window's place could not be saved in ${file}:`, error);
  }
}

function isBounds(value: unknown): value is Bounds {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Record<string, unknown>;
  return [x, y, width, height].every(Number.isSafeInteger) && Number(width) >= smallest.width && Number(height) >= smallest.height;
}

/** The bounds, no larger than a screen that shows at least the window's title bar; undefined if none does. */
function visible(bounds: Bounds, workAreas: readonly Bounds[]): Bounds | undefined {
  const grip = { width: 120, height: 40 };
  const screen = workAreas.find((area) => {
    const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
    return across >= grip.width && bounds.y >= area.y && bounds.y + grip.height <= area.y + area.height;
  });
  return screen && { ...bounds, width: Math.min(bounds.width, screen.width), height: Math.min(bounds.height, screen.height) };
}
