// node build/run.mjs draw-icons: draws build/icons anew from podlab.svg. The results are kept in the repository, because packaging must
// not need a browser; run it after the drawing was changed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { browserArguments, needBrowser } from './find-browser.ts';
import { root } from './setup.mjs';

const folder = path.join(root, 'build/icons');
const svg = readFileSync(path.join(folder, 'podlab.svg'), 'utf8');
const pngs = await draw([16, 24, 32, 48, 64, 128, 256, 512]);
const png = (size: number): Buffer => pngs.get(size) ?? Buffer.alloc(0);

mkdirSync(path.join(folder, 'linux'), { recursive: true });
for (const size of [16, 32, 48, 64, 128, 256]) writeFileSync(path.join(folder, `linux/${size}x${size}.png`), png(size));
writeFileSync(path.join(folder, 'icon.png'), png(512));
writeFileSync(path.join(folder, 'icon.ico'), ico([16, 24, 32, 48, 64, 256].map((size) => [size, png(size)])));
writeFileSync(path.join(folder, 'icon.icns'), icns([
  ['icp4', png(16)], ['icp5', png(32)], ['icp6', png(64)], ['ic07', png(128)], ['ic08', png(256)], ['ic09', png(512)],
  // The same again for screens of double density: 16@2x, 32@2x, 128@2x, 256@2x.
  ['ic11', png(32)], ['ic12', png(64)], ['ic13', png(256)], ['ic14', png(512)],
]));

async function draw(sizes: number[]): Promise<Map<number, Buffer>> {
  const browser = await chromium.launch({ executablePath: needBrowser(), args: browserArguments });
  try {
    const page = await browser.newPage();
    const drawn = new Map<number, Buffer>();
    for (const size of sizes) {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(`<style>html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
      drawn.set(size, await page.screenshot({ omitBackground: true }));
    }
    return drawn;
  } finally {
    await browser.close();
  }
}

/** A Windows icon: a directory of images, each a PNG (allowed since Windows Vista). A size of 256 is written as 0. */
function ico(images: [size: number, png: Buffer][]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(([size, { length }], index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += length;
  });
  return Buffer.concat([head, ...images.map(([, image]) => image)]);
}

/** An Apple icon: `icns`, the whole length, then type, length and PNG of each image, all big-endian. */
function icns(images: [type: string, png: Buffer][]): Buffer {
  const entry = (type: string, data: Buffer): Buffer => {
    const head = Buffer.from(`${type}....`, 'latin1');
    head.writeUInt32BE(data.length + 8, 4);
    return Buffer.concat([head, data]);
  };
  return entry('icns', Buffer.concat(images.map(([type, data]) => entry(type, data))));
}
