// The place of one container of a pod's spec: what was made for it, one after the other, and how it is doing.
import type { Container, Pod, Probe } from '../objects.ts';
import type { RuntimeContainer } from '../runtime/runtime.ts';
import type { ContainerView } from './container-status.ts';
import { runHook } from './hooks.ts';
import type { StartFailure } from './image-manager.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { fieldPathOf, podReference, type ContainerRole } from './pod-words.ts';
import { startProbes, type ContainerProbes } from './probes.ts';

/** A container is given this long at least before SIGKILL, whatever its grace (minimumGracePeriodInSeconds). */
const LEAST_GRACE = 2000;

export class ContainerSlot {
  readonly role: ContainerRole;
  spec: Container;
  current: RuntimeContainer | undefined;
  previous: RuntimeContainer | undefined;
  attempts = 0;
  failure: StartFailure | undefined;
  /** Of clock.elapsed(): when the last one was seen to have ended. */
  endedAt: number | undefined;
  probes: ContainerProbes | undefined;
  /** The image that the current one was made of, as the spec named it then. */
  image: string | undefined;
  readonly #context: KubeletContext;
  /** Of clock.elapsed(): when SIGKILL comes. */
  #deadline: number | undefined;

  constructor(context: KubeletContext, role: ContainerRole, spec: Container) {
    this.#context = context;
    this.role = role;
    this.spec = spec;
  }

  get running(): boolean {
    return this.current?.state === 'running';
  }
  get exitCode(): number | undefined {
    return this.current?.state === 'exited' ? (this.current.exitCode ?? 0) : undefined;
  }
  get started(): boolean {
    return this.running && (this.probes?.started ?? this.spec.startupProbe === undefined);
  }

  view(): ContainerView {
    return {
      spec: this.spec,
      role: this.role,
      current: this.current,
      previous: this.previous,
      attempts: this.attempts,
      failure: this.failure,
      ready: this.probes?.ready ?? (this.spec.readinessProbe === undefined && this.spec.startupProbe === undefined),
      started: this.probes?.started ?? this.spec.startupProbe === undefined,
    };
  }

  /** A new one was made: the one before it is kept for its log, the one before that is not. */
  replace(container: RuntimeContainer): void {
    this.probes?.stop();
    this.probes = undefined;
    this.previous?.remove();
    this.previous = this.current;
    this.current = container;
    this.image = this.spec.image;
    this.attempts += 1;
    this.#deadline = undefined;
  }

  /** @param changed is called when a probe has changed how the container is doing. */
  probe(pod: Pod, changed: () => void): void {
    const { current, spec, role } = this;
    const probed = spec.livenessProbe ?? spec.readinessProbe ?? spec.startupProbe;
    if (current && this.running && !this.probes && probed) this.probes = startProbes(this.#context, pod, spec, role, current, changed);
  }

  /** Notes that the current one has ended. */
  ended(): void {
    this.probes?.stop();
    this.endedAt = this.#context.clock.elapsed();
  }

  /**
   * The hook before it, SIGTERM, and SIGKILL after what is left of the grace. Resolves once it has ended.
   * @param reason what its event Killing says; without one it says that it is stopped.
   */
  async kill(pod: Pod, reason?: string, probe?: Probe): Promise<void> {
    const { current, spec, role } = this;
    if (!current || current.state !== 'running') return;
    const { clock, recorder, minor } = this.#context;
    const about = podReference(pod, fieldPathOf(role, spec));
    const { deletionGracePeriodSeconds } = pod.metadata;
    const seconds = deletionGracePeriodSeconds ?? probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
    const grace = seconds * 1000;
    this.#deadline = clock.elapsed() + grace;
    recorder.record(about, 'Normal', 'Killing', reason ?? `Stopping container ${spec.name}`);
    if (spec.lifecycle?.preStop && grace > 0) {
      const giveUp = new AbortController();
      const cancel = clock.after(grace, () => giveUp.abort());
      void current.ended.then(() => giveUp.abort());
      await runHook(this.#context, spec.lifecycle.preStop, pod, spec, current, giveUp.signal).catch((error: Error) => {
        if (!giveUp.signal.aborted) recorder.record(about, 'Warning', 'FailedPreStopHook', minor >= 25 ? 'PreStopHook failed' : error.message);
      });
      cancel();
    }
    await current.stop(Math.max(LEAST_GRACE, this.#deadline - clock.elapsed()));
    this.probes?.stop();
  }

  /** The pod's grace was shortened while this one is being stopped. */
  hurry(graceMilliseconds: number): void {
    const at = this.#context.clock.elapsed() + Math.max(LEAST_GRACE, graceMilliseconds);
    if (!this.running || this.#deadline === undefined || at >= this.#deadline) return;
    this.#deadline = at;
    void this.current?.stop(at - this.#context.clock.elapsed());
  }

  /** Nothing of it stays. */
  remove(): void {
    this.probes?.stop();
    this.previous?.remove();
    this.current?.remove();
  }
}
