// The bridge of the Electron window: a sandboxed preload is one CommonJS file and may require nothing but `electron`.
import path from 'node:path';
import { defineConfig } from 'vite';
import { noNodeStubs } from './node-stubs.ts';

const root = path.resolve(import.meta.dirname, '..');

export default defineConfig({
  root,
  publicDir: false,
  plugins: [noNodeStubs()],
  build: {
    outDir: path.join(root, 'dist/preload'),
    emptyOutDir: true,
    target: 'chrome140',
    minify: false,
    lib: { entry: path.join(root, 'electron/preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
