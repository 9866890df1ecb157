// A pod's status from what its worker knows: phase and conditions (kubelet, pkg/kubelet/kubelet_pods.go getPhase; pkg/kubelet/status/generate.go).
import { timestamp } from '../clock.ts';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../objects.ts';
import { containerStatus, type ContainerView } from './container-status.ts';
import { goList } from './go-words.ts';
import { isSidecar } from './pod-words.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface PodFacts {
  readonly views: readonly ContainerView[];
  /** '' before there is a sandbox. */
  readonly podIp: string;
  readonly hasSandbox: boolean;
  readonly startTime: string;
  /** The worker has ended it for this reason (DeadlineExceeded). */
  readonly ended: { readonly reason: string; readonly message: string } | undefined;
  /** Deleted, and everything in it has ended. */
  readonly terminal: boolean;
}

interface StatusContext {
  readonly runtime: Pick<Runtime, 'kind' | 'imageStatus'>;
  readonly minor: number;
  readonly nodeIp: string;
  readonly now: Date;
}

type Condition = Pick<PodCondition, 'type' | 'status'> & { reason?: string; message?: string };

/** What status the pod has now; `pod.status` is the one that it had. */
export function podStatus(pod: Pod, facts: PodFacts, context: StatusContext): PodStatus {
  const { minor, nodeIp } = context;
  const { spec, metadata, status: old } = pod;
  const of = (role: ContainerView['role']) => facts.views.filter((view) => view.role === role).map((view) => containerStatus(view, spec, context));
  const [init, main, ephemeral] = [of('init'), of('container'), of('ephemeral')];
  // An end is for good.
  const over = facts.ended ? 'Failed' : old.phase === 'Failed' || old.phase === 'Succeeded' ? old.phase : undefined;
  const phase = over ?? phaseOf(pod, init, main, facts.terminal && minor >= 27);
  // 1.20 asked neither probes nor conditions of a pod past its deadline: its containers run and are not ready.
  const bare = facts.ended !== undefined && minor < 25;
  // What was refused has none.
  const refused = bare && facts.views.every(({ current }) => current === undefined);
  const unasked = (view: ContainerStatus): ContainerStatus => {
    const { started: _, ...status } = view;
    return { ...status, ready: false };
  };
  const conditions = bare ? [] : conditionsOf(pod, facts, init, main, phase, minor);
  const observed = minor >= 34 && metadata.generation !== undefined ? { observedGeneration: metadata.generation } : {};
  return {
    ...old,
    ...observed,
    phase,
    ...facts.ended,
    conditions: stamp(conditions, old.conditions ?? [], observed, timestamp(context.now)),
    hostIP: nodeIp,
    ...(minor >= 29 ? { hostIPs: [{ ip: nodeIp }] } : {}),
    ...(facts.podIp ? { podIP: facts.podIp, podIPs: [{ ip: facts.podIp }] } : {}),
    startTime: facts.startTime,
    ...(init.length > 0 && !refused ? { initContainerStatuses: bare ? init.map(unasked) : init } : {}),
    ...(refused ? {} : { containerStatuses: bare ? main.map(unasked) : main }),
    ...(ephemeral.length > 0 && !refused ? { ephemeralContainerStatuses: ephemeral } : {}),
  };
}

/** A condition keeps its time while its status stays; those of others (readiness gates, ...) are kept as they are. */
function stamp(conditions: readonly Condition[], old: readonly PodCondition[], observed: object, now: string): PodCondition[] {
  const own = conditions.map((condition): PodCondition => {
    const before = old.find(({ type }) => type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now;
    return { ...observed, ...condition, lastProbeTime: null, lastTransitionTime };
  });
  const kubelets = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  return [...own, ...old.filter(({ type }) => !kubelets.includes(type))];
}

type Statuses = readonly ContainerStatus[];
type Phase = NonNullable<PodStatus['phase']>;

/** @param ends the pod is deleted and stopped: from 1.27 on it then reaches an end phase (KEP-3329). */
function phaseOf(pod: Pod, init: Statuses, main: Statuses, ends: boolean): Phase {
  const { restartPolicy = 'Always', initContainers = [] } = pod.spec;
  const hasInitialized = main.some(({ containerID }) => containerID !== undefined);
  let initializing = false;
  let failedInit = false;
  for (const [index, spec] of initContainers.entries()) {
    const status = init[index];
    if (isSidecar(spec)) {
      if (!hasInitialized && !status?.started) initializing = true;
      continue;
    }
    const ended = status?.state.terminated ?? (status?.state.waiting && status.lastState.terminated);
    if (!ended) initializing = true;
    else if (ended.exitCode !== 0) failedInit = true;
  }
  if (failedInit && restartPolicy === 'Never') return 'Failed';

  const running = main.filter(({ state }) => state.running).length;
  const waiting = main.filter(({ state, lastState }) => state.waiting && !lastState.terminated).length;
  const stopped = main.filter(({ state, lastState }) => state.terminated ?? (state.waiting && lastState.terminated));
  const succeeded = stopped.every(({ state }) => state.terminated?.exitCode === 0);
  if (ends && running === 0) return stopped.length > 0 && waiting === 0 && succeeded && !initializing ? 'Succeeded' : 'Failed';
  if (initializing || waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped.length === 0) return 'Pending';
  if (restartPolicy === 'Always') return 'Running';
  if (succeeded) return 'Succeeded';
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}

function conditionsOf(
  pod: Pod,
  facts: PodFacts,
  init: Statuses,
  main: Statuses,
  phase: Phase,
  minor: number,
): Condition[] {
  const containersReady = containersReadyOf(pod, init, main, phase, minor);
  return [
    ...(minor >= 29 ? [{ type: 'PodReadyToStartContainers', status: facts.hasSandbox ? 'True' : 'False' } as const] : []),
    { type: 'Initialized', ...initializedOf(pod, init, main, phase) },
    { type: 'Ready', ...readyOf(pod, containersReady) },
    { type: 'ContainersReady', ...containersReady },
    { type: 'PodScheduled', status: 'True' },
  ];
}

type Verdict = Omit<Condition, 'type'>;

function initializedOf(pod: Pod, init: Statuses, main: Statuses, phase: Phase): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  // A sidecar that restarts does not take back what was reached.
  const incomplete = (pod.spec.initContainers ?? []).filter((spec, index) => !(isSidecar(spec) ? init[index]?.started : init[index]?.ready));
  if (incomplete.length === 0 || main.some(({ containerID }) => containerID !== undefined)) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: ${goList(incomplete.map(({ name }) => name))}`,
  };
}

function containersReadyOf(pod: Pod, init: Statuses, main: Statuses, phase: Phase, minor: number): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed' && minor >= 25) return { status: 'False', reason: 'PodFailed' };
  const sidecars = (pod.spec.initContainers ?? []).flatMap((spec, index) => (isSidecar(spec) ? [init[index]] : []));
  const unready = [...sidecars, ...main].filter((status) => status && !status.ready).map((status) => status?.name ?? '');
  if (unready.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${goList(unready)}` };
}

function readyOf(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const gates = (pod.spec.readinessGates ?? []) as { conditionType: string }[];
  const missing = gates.flatMap(({ conditionType }) => {
    const condition = pod.status.conditions?.find(({ type }) => type === conditionType);
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True' ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  return missing.length === 0 ? { status: 'True' } : { status: 'False', reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}
