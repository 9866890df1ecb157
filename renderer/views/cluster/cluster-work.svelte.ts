// What a person began with clusters. It goes on, and is still shown, while they look at another screen.
import type { ClusterTool } from '../../../shared/contract/clusters.ts';
import { engine } from '../../state/engine.ts';
import { run } from '../../state/running.svelte.ts';
import type { ProgressCall, Running } from '../../state/running.svelte.ts';

interface Named {
  readonly tool: ClusterTool;
  readonly name: string;
}

export interface ClusterRun extends Named {
  readonly key: number;
  readonly running: Running<{ context?: string }>;
}

class ClusterWork {
  #runs = $state.raw<readonly ClusterRun[]>([]);
  #next = 0;

  /** Newest last; one that is done is shown until it is put away, or until the next one of its cluster begins. */
  get shown(): readonly ClusterRun[] {
    return this.#runs;
  }

  isBusy({ tool, name }: Named): boolean {
    return this.#runs.some((one) => one.tool === tool && one.name === name && one.running.state === 'running');
  }

  create(input: Named & { nodes: number; kubernetesVersion?: string }): void {
    this.#begin('activity.create-cluster', input, true, (signal) => engine.clusters.create(input, { signal }));
  }

  start(input: Named): void {
    this.#begin('activity.start-cluster', input, true, (signal) => engine.clusters.start(input, { signal }));
  }

  stop(input: Named): void {
    this.#begin('activity.stop-cluster', input, true, (signal) => engine.clusters.stop(input, { signal }));
  }

  remove(input: Named, confirm: string): void {
    // A deletion goes on to its end.
    this.#begin('activity.remove-cluster', input, false, (signal) => engine.clusters.remove({ ...input, confirm }, { signal }));
  }

  dismiss(key: number): void {
    this.#runs = this.#runs.filter((one) => one.key !== key);
  }

  /** Another computer's worth of clusters is shown now. */
  forget(): void {
    this.#runs = [];
  }

  #begin(key: string, { tool, name }: Named, cancellable: boolean, call: ProgressCall<{ context?: string }>): void {
    const running = run({ key, params: { tool, cluster: name } }, call, { cancellable });
    const others = this.#runs.filter((one) => one.running.state === 'running' || one.tool !== tool || one.name !== name);
    this.#runs = [...others, { key: this.#next++, tool, name, running }];
  }
}
export const clusterWork = new ClusterWork();
