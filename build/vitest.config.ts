// vitest --config build/vitest.config.ts [--project unit|process|screen|electron|beside|cluster|conformance|long]
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '..');
/** Cluster tests that have namespaces and images of their own, and that mostly wait for a kubelet: two files at once. What other work would change (how much goes in a second, memory after a flood) is not among them. */
const beside = [
  'test/{access,command-lines,fixes,nothing-lost,objects,pod-columns,run-and-apply,safe-order,unfinished,workloads}.cluster.test.ts',
  'test/{catalogue,container-files,events,every-field}/*.cluster.test.ts', 'test/terminal/{refused,terminal}.cluster.test.ts',
  // Half of its time is a connection that rests.
  'test/forwards/promises.cluster.test.ts',
];
/**
 * Tests that measure their process (memory, processor, what stays open), change its user, or ask whether a port is free again: while another thread starts
 * a program, that one holds a copy of every socket for a moment, and a closed port still answers. Each file has a process of its own.
 */
const ownProcess = [
  'electron/engine/http/{repeat/run,live/open-live}.test.ts', 'electron/engine/events/memory.test.ts', 'electron/practice/streams/streams.test.ts',
  'test/http/exchange.test.ts', 'electron/clients/docker/endpoint.test.ts',
  'electron/engine/forwards/*.test.ts', 'test/forwards/practice.test.ts', 'electron/engine/practice.test.ts', 'electron/clients/cluster/connection.test.ts',
];
/** What a server is held to has that server for itself: two servers at once. */
const conformance = ['test/conformance/*.cluster.test.ts'];
/** How long a test takes is no test: a computer may have much else to do. */
const patient = { testTimeout: 30_000, hookTimeout: 60_000, maxWorkers: '100%' };
/** A process for each of some hundred files would take longer to start than most of them to run. */
const inThreads = { ...patient, pool: 'threads' as const };
/** A cluster takes as long as it takes: how fast Podlab is, benches tell. */
const onCluster = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 240_000 } } };
const notUnit = ['**/*.cluster.test.ts', '**/*.long.test.ts', '**/node_modules/**'];

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: { name: 'unit', include: ['{shared,electron,build,test}/**/*.test.ts'], exclude: [...notUnit, 'test/electron/**', ...ownProcess], ...inThreads },
      },
      {
        root,
        test: { name: 'process', include: ownProcess, ...patient },
      },
      {
        // Runes outside a screen: Svelte's own browser build, without a document.
        root,
        plugins: [svelte({ configFile: false })],
        environments: { ssr: { consumer: 'client', resolve: { noExternal: ['svelte', 'esm-env'], conditions: ['browser'] } } },
        test: { name: 'screen', include: ['renderer/**/*.test.ts'], exclude: notUnit, ...inThreads },
      },
      {
        // The built main and preload, with the stand-in for Electron in the place of its binary.
        root,
        test: { name: 'electron', include: ['test/electron/**/*.test.ts'], exclude: notUnit, ...patient },
      },
      {
        root,
        plugins: [svelte({ configFile: false })],
        test: { name: 'beside', include: beside, maxWorkers: 2, sequence: { groupOrder: 1 }, ...onCluster },
      },
      {
        // Against real clusters: one file after the other, since they share nodes and images.
        root,
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'cluster',
          include: ['**/*.cluster.test.ts'],
          exclude: ['**/node_modules/**', ...beside, ...conformance],
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          ...onCluster,
        },
      },
      {
        root,
        test: { name: 'conformance', include: conformance, maxWorkers: 2, sequence: { groupOrder: 3 }, ...onCluster },
      },
      {
        root,
        plugins: [svelte({ configFile: false })],
        test: {
          name: 'long',
          include: ['**/*.long.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          ...onCluster,
          testTimeout: 3_600_000,
        },
      },
    ],
  },
});
