// An engine with a state of its own, and the images of the cases on the nodes that they use.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import type { Run } from './all-cases.ts';
import { prepareImages } from './images.ts';

export async function openEngineFor(runs: readonly Run[]): Promise<{ readonly engine: Engine } & AsyncDisposable> {
  const state = await mkdtemp(join(tmpdir(), 'podlab-catalogue-'));
  const engine = await openEngine({ stateDirectory: state });
  await prepareImages([...new Set(runs.map(({ context }) => context))]);
  return {
    engine,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await rm(state, { recursive: true });
    },
  };
}
