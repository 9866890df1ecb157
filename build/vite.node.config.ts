// What runs on Node 24 (the browser shell, Electron's main process, the processes of the engine and of the practice cluster) ->
// dist/electron/*.js, ES modules with their dependencies inside: one file opens faster than hundreds, and the package needs no node_modules.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vite';

const root = path.resolve(import.meta.dirname, '..');
const entries = ['serve', 'main', 'engine-process', 'practice-process'];

/** Optional native helpers of ssh2, which dockerode offers for DOCKER_HOST=ssh://; their absence is handled by ssh2 itself. */
const optionalNative = [/\.node$/, 'cpu-features'];

export default defineConfig({
  root,
  publicDir: false,
  // CommonJS packages inside (ssh2, dockerode) read __dirname when they load, for files that Podlab never uses (pagent.exe, BuildKit's protos).
  define: { __dirname: 'import.meta.dirname' },
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: true,
    outDir: path.join(root, 'dist/electron'),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: Object.fromEntries(
        entries.map((name) => [name, path.join(root, `electron/${name}.ts`)]).filter(([, file]) => existsSync(file ?? '')),
      ),
      external: ['electron', ...optionalNative],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
