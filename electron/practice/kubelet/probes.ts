// The probes of one running container (kubelet, pkg/kubelet/prober/worker.go): a startup probe holds back the others; a liveness or startup
// probe that has failed asks for the container's end and says no more.
import type { Container, Pod, Probe } from '../objects.ts';
import type { RuntimeContainer } from '../runtime/runtime.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { fieldPathOf, podReference, type ContainerRole } from './pod-words.ts';
import { probeOnce } from './probe-once.ts';

export interface ContainerProbes {
  readonly ready: boolean;
  readonly started: boolean;
  /** Which one asks for its end: `liveness` or `startup`. */
  readonly failed: { readonly name: string; readonly probe: Probe } | undefined;
  stop(): void;
}

/** A program is given this long to listen before it is asked, where the real kubelet's ticks fall anywhere in a period. */
const FIRST = 1000;

/** @param changed is called after each change of what is read above, never from within this call. */
export function startProbes(
  context: KubeletContext,
  pod: Pod,
  container: Container,
  role: ContainerRole,
  running: RuntimeContainer,
  changed: () => void,
): ContainerProbes {
  const { clock, recorder, minor } = context;
  const timers = new Set<() => void>();
  const state = { ready: container.readinessProbe === undefined, started: container.startupProbe === undefined };
  let failed: ContainerProbes['failed'];
  let stopped = false;

  function after(milliseconds: number, call: () => void): void {
    const cancel = clock.after(milliseconds, () => {
      timers.delete(cancel);
      call();
    });
    timers.add(cancel);
  }

  /** @param settled is told the result once it has come often enough in a row; true ends this probe. */
  function run(name: string, probe: Probe, settled: (success: boolean) => boolean): void {
    const period = (probe.periodSeconds || 10) * 1000;
    let last: boolean | undefined;
    let times = 0;
    const tick = async (): Promise<void> => {
      if (stopped || running.state !== 'running') return;
      const { result, message } = await probeOnce(context, probe, container, running);
      if (stopped || running.state !== 'running') return;
      if (result !== 'success') {
        const words = result === 'failed' ? 'failed' : minor >= 31 ? 'errored and resulted in unknown state' : 'errored';
        recorder.record(podReference(pod, fieldPathOf(role, container)), 'Warning', 'Unhealthy', `${name} probe ${words}: ${message}`);
      }
      if (result !== 'errored') {
        const success = result === 'success';
        times = success === last ? times + 1 : 1;
        last = success;
        const threshold = success ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
        if (times >= threshold && settled(success)) return;
      }
      after(period, () => void tick());
    };
    after((probe.initialDelaySeconds ?? 0) * 1000 + Math.min(FIRST, period), () => void tick());
  }

  function set(change: Partial<typeof state>): void {
    const before = JSON.stringify(state);
    Object.assign(state, change);
    if (JSON.stringify(state) !== before) changed();
  }
  function fail(name: string, probe: Probe): true {
    failed = { name, probe };
    changed();
    return true;
  }
  function runOthers(): void {
    const { livenessProbe, readinessProbe } = container;
    if (livenessProbe) run('Liveness', livenessProbe, (success) => !success && fail('liveness', livenessProbe));
    if (readinessProbe) {
      run('Readiness', readinessProbe, (success) => {
        set({ ready: success });
        return false;
      });
    }
  }

  const { startupProbe } = container;
  if (startupProbe) {
    run('Startup', startupProbe, (success) => {
      if (!success) return fail('startup', startupProbe);
      set({ started: true });
      runOthers();
      return true;
    });
  } else {
    runOthers();
  }

  return {
    get ready() {
      return state.ready && state.started;
    },
    get started() {
      return state.started;
    },
    get failed() {
      return failed;
    },
    stop() {
      stopped = true;
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}
