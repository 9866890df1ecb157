// The screens: renderer/index.html -> dist/renderer, for the Electron window (app://) and for the browser shell alike.
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { messagesAreWhole } from './check-messages.ts';
import { noNodeStubs } from './node-stubs.ts';

const root = path.resolve(import.meta.dirname, '..');

export default defineConfig({
  root: path.join(root, 'renderer'),
  base: './',
  plugins: [noNodeStubs(), svelte({ configFile: false }), messagesAreWhole(root)],
  build: {
    outDir: path.join(root, 'dist/renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    // The content security policy allows no data: and no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
