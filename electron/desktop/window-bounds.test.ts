import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readWindowPlace, writeWindowPlace } from './window-bounds.ts';
import type { WindowPlace } from './window-bounds.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'podlab-window-'));
afterAll(() => rmSync(directory, { recursive: true }));

const laptop = { x: 0, y: 0, width: 1440, height: 860 };
const inside = { x: 10, y: 20, width: 1200, height: 700 };
const beside = { x: 1500, y: 0, width: 1200, height: 700 };
const second = { x: 1440, y: 0, width: 1920, height: 1040 };

test.for<[string, unknown, WindowPlace]>([
  ['on the laptop', { bounds: inside, maximized: false }, { bounds: inside, maximized: false }],
  ['on the second screen', { bounds: beside, maximized: true }, { bounds: beside, maximized: true }],
  ['larger than the screen', { bounds: { ...laptop, width: 4000, height: 3000 }, maximized: false }, { bounds: laptop, maximized: false }],
  ['on a screen that is gone', { bounds: { x: 5000, y: 0, width: 1200, height: 700 }, maximized: true }, { maximized: true }],
  ['above the screen', { bounds: { x: 0, y: -300, width: 1200, height: 700 }, maximized: false }, { maximized: false }],
  ['too small', { bounds: { x: 0, y: 0, width: 10, height: 10 }, maximized: false }, { maximized: false }],
  ['not numbers', { bounds: { x: '0', y: 0, width: 1200, height: null }, maximized: 'yes' }, { maximized: false }],
  ['not an object', 7, { maximized: false }],
])('a window saved %s', ([name, saved, place]) => {
  const file = path.join(directory, `${name}.json`);
  writeFileSync(file, JSON.stringify(saved));
  expect(readWindowPlace(file, [laptop, second])).toEqual(place);
});

test('a missing and a damaged file are no memory', () => {
  const damaged = path.join(directory, 'damaged.json');
  writeFileSync(damaged, '{"bounds":');
  const missing = path.join(directory, 'none.json');
  expect([missing, damaged].map((file) => readWindowPlace(file, [laptop]))).toEqual([{ maximized: false }, { maximized: false }]);
});

test('what is written is read again', () => {
  const file = path.join(directory, 'new/place.json');
  const place = { bounds: { x: 100, y: 50, width: 1000, height: 800 }, maximized: false };
  writeWindowPlace(file, place);
  expect(readWindowPlace(file, [laptop])).toEqual(place);
});
