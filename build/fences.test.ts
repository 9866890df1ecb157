// Each of the three fences is broken on purpose: a fence that was never seen to hold may not be there.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { filesOfTheHouse, strangers } from './check-layout.ts';
import { root } from './setup.mjs';

// Compilers and the import check are programs of their own.
vi.setConfig({ testTimeout: 120_000 });

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'podlab-fences-'));
  for (const file of filesOfTheHouse(root)) cpSync(path.join(root, file), path.join(copy, file));
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'dir');
});
afterAll(() => rmSync(copy, { recursive: true }));

function plant(file: string, text: string) {
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  writeFileSync(path.join(copy, file), text);
}

function runHere(name: string, args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'node_modules', name), ...args], {
    cwd: copy,
    encoding: 'utf8',
    // The import rules' report of the whole house is more than Node's 1 MiB.
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: stdout + stderr };
}

describe('the path', () => {
  test('every file lies where it may', () => {
    expect(strangers(filesOfTheHouse(root))).toEqual([]);
  });

  test.each([
    ['scripts/release.sh', 'the root holds only'],
    ['vite.config.ts', 'the root holds only'],
    ['.github/workflows/ci.yml', 'the root holds only'],
    ['electron/database.ts', 'electron holds only'],
    ['electron/clients/helm/release.ts', 'electron/clients holds only'],
    ['shared/format.ts', 'shared holds only'],
    ['renderer/stores/pods.ts', 'renderer holds only'],
    ['electron/engine/pods/utils.ts', 'a file is named after what it exports'],
    ['shared/contract/index.ts', 'a file is named after what it exports'],
  ])('%s is a stranger', (file, why) => {
    expect(strangers(['package.json', '.gitignore', '.ci/run', 'electron/engine/pods/recreate.ts', file])).toEqual([
      expect.stringContaining(`${file}: ${why}`),
    ]);
  });
});

describe('the rooms', () => {
  test('every room is compiled', () => {
    const { references } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8')) as { references: unknown };
    expect(references).toEqual(['shared', 'electron', 'renderer', 'build', 'test'].map((room) => ({ path: room })));
  });

  const notHere: Record<string, Record<string, string>> = {
    shared: {
      'export const here = process.pid;': "Cannot find name 'process'",
      "import { readFileSync } from 'node:fs'; export const read = readFileSync;": "Cannot find name 'node:fs'",
      'export const title = document.title;': "Cannot find name 'document'",
      'export const later = setTimeout(() => undefined, 1);': "Cannot find name 'setTimeout'",
      'export const first: string = [\'a\'][0];': "not assignable to type 'string'",
    },
    electron: {
      'export const title = document.title;': "Cannot find name 'document'",
      'export const at = window.location;': "Cannot find name 'window'",
      'export enum Policy { Always }': 'erasableSyntaxOnly',
    },
    renderer: {
      'export const here = process.pid;': "Cannot find name 'process'",
      "import { readFileSync } from 'node:fs'; export const read = readFileSync;": "Cannot find name 'node:fs'",
    },
  };
  test.each(Object.entries(notHere))('%s compiles what it may touch, and nothing else', (room, faults) => {
    plant(`${room}/planted-fine.ts`, 'export const one: number = 1;');
    Object.keys(faults).forEach((text, at) => plant(`${room}/planted-${at}.ts`, text));
    const config = { extends: './tsconfig.json', include: ['planted-*.ts'], references: [] };
    plant(`${room}/tsconfig.planted.json`, JSON.stringify({ ...config, compilerOptions: { noEmit: true, composite: false, emitDeclarationOnly: false } }));

    const { status, output } = runHere('typescript/bin/tsc', ['-p', `${room}/tsconfig.planted.json`]);

    for (const name of ['planted-fine.ts', 'tsconfig.planted.json', ...Object.keys(faults).map((_, at) => `planted-${at}.ts`)]) rmSync(path.join(copy, room, name));
    const errors = output.split('\n').filter((line) => line.includes('error TS'));
    expect(errors).toEqual(Object.values(faults).map((words, at) => expect.stringMatching(new RegExp(`^${room}/planted-${at}\\.ts.*${words}`))));
    expect(status).toBe(2);
  });
});

interface Violation {
  from: string;
  rule: { name: string };
}

/** What the import rules say about the copy, as `rule: file`. */
function violations(): string[] {
  const { output } = runHere('dependency-cruiser/bin/dependency-cruise.mjs', [
    '-c', '.dependency-cruiser.cjs', '--output-type', 'json', 'shared', 'electron', 'renderer', 'build', 'test',
  ]);
  const { summary } = JSON.parse(output) as { summary: { violations: Violation[] } };
  return [...new Set(summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`))].toSorted();
}

describe('the imports', () => {
  test('every rule says so when it is broken, and the house breaks none', () => {
    const planted: [rule: string, file: string, text: string][] = [
      ['no-cycles', 'shared/kubernetes/planted-a.ts', "import { b } from './planted-b.ts'; export const a = () => b;"],
      ['everything-resolves', 'electron/engine/planted-lost.ts', "import 'not-a-package';"],
      ['everything-resolves', 'renderer/views/PlantedLost.svelte', "<script lang=\"ts\">import './nowhere.ts';</script>"],
      ['no-import-of-a-test', 'build/planted-uses-test.ts', "export * from './check-messages.test.ts';"],
      ['rooms-import-no-build-or-test', 'electron/engine/planted-build.ts', "export * from '../../build/setup.mjs';"],
      ['shared-imports-no-room', 'shared/kubernetes/planted-room.ts', "export type * from '../../electron/engine/calls.ts';"],
      ['shared-has-no-node', 'shared/diagnosis/planted-node.ts', "import 'node:fs';"],
      ['shared-imports-only-zod', 'shared/kubernetes/planted-yaml.ts', "import 'yaml';"],
      ['renderer-imports-no-electron', 'renderer/state/planted-engine.ts', "import type { EngineCalls } from '../../electron/engine/calls.ts'; export type C = EngineCalls;"],
      ['renderer-imports-no-electron', 'renderer/views/PlantedEngine.svelte', "<script lang=\"ts\">import { openEngine } from '../../electron/engine/engine.ts'; openEngine;</script>"],
      ['renderer-has-no-node', 'renderer/state/planted-node.ts', "import 'fs';"],
      ['electron-imports-no-renderer', 'electron/engine/planted-screen.ts', "export * from '../../renderer/main.ts';"],
      ['engine-knows-no-host', 'electron/engine/planted-host.ts', "export * from '../serve/listen.ts';"],
      ['engine-knows-no-host', 'electron/clients/cluster/planted-host.ts', "export * from '../../edge.ts';"],
      ['engine-imports-no-host-package', 'electron/engine/planted-ws.ts', "import 'ws';"],
      ['engine-imports-no-host-package', 'electron/engine/planted-electron.ts', "import 'electron';"],
      ['electron-only-in-the-desktop-shell', 'electron/engine/planted-electron.ts', "import 'electron';"],
      ['electron-only-in-the-desktop-shell', 'electron/serve/planted-electron.ts', "import type { App } from 'electron'; export type A = App;"],
      ['clients-import-no-engine', 'electron/clients/docker/planted-engine.ts', "export type * from '../../engine/calls.ts';"],
      ['one-host-knows-not-the-other', 'electron/serve/planted-main.ts', "export * from '../main.ts';"],
      ['one-host-knows-not-the-other-back', 'electron/desktop/planted-serve.ts', "export * from '../serve/guard.ts';"],
      ['practice-shares-no-mistake', 'electron/practice/planted.ts', "export * from '../../shared/kubernetes/image-reference.ts';"],
      ['nobody-but-a-host-imports-practice', 'electron/engine/planted-practice.ts', "export * from '../practice/planted.ts';"],
      ['orpc-at-the-edges', 'electron/engine/planted-orpc.ts', "import '@orpc/server';"],
      ['orpc-at-the-edges', 'renderer/views/PlantedOrpc.svelte', "<script lang=\"ts\">import { createORPCClient } from '@orpc/client'; createORPCClient;</script>"],
      ['renderer-takes-types-of-the-contract', 'renderer/state/planted-contract.ts', "import { podRow } from '../../shared/contract/pods.ts';\nvoid podRow;"],
      ['contract-declares-only', 'shared/contract/planted-server.ts', "import '@orpc/server';"],
      ['shared-imports-only-zod', 'shared/contract/planted-server.ts', "import '@orpc/server';"],
    ];
    // The other half of the cycle; a cycle is told once.
    plant('shared/kubernetes/planted-b.ts', "import { a } from './planted-a.ts'; export const b = () => a;");
    for (const [, file, text] of planted) plant(file, text);
    const found = violations();
    for (const [, file] of planted) rmSync(path.join(copy, file), { force: true });
    rmSync(path.join(copy, 'shared/kubernetes/planted-b.ts'));
    expect(found).toEqual(planted.map(([rule, file]) => `${rule}: ${file}`).toSorted());
  });

  test('no rule is without a planted fault', () => {
    const { output } = runHere('dependency-cruiser/bin/dependency-cruise.mjs', ['-c', '.dependency-cruiser.cjs', '--output-type', 'json', 'build/setup.mjs']);
    const { summary } = JSON.parse(output) as { summary: { ruleSetUsed: { forbidden: { name: string }[] } } };
    const source = readFileSync(path.join(root, 'build/fences.test.ts'), 'utf8');
    expect(summary.ruleSetUsed.forbidden.map(({ name }) => name).filter((name) => !source.includes(`['${name}', `))).toEqual([]);
  });
});
