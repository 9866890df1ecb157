// Creates, starts, stops and deletes a cluster of kind or minikube, through the tool itself, and says that it is done when that was seen.
import type { ClusterTool } from '../../../shared/contract/clusters.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import { startContainer, stopContainer } from '../../clients/docker/start-stop.ts';
import type { ToolCommand } from '../../clients/tools/cluster-tool.ts';
import type { Action, Teller } from '../activity/activity.ts';
import { shellLine } from '../activity/shell-line.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Docker } from '../docker.ts';
import { waitFor, type Topic } from '../topic.ts';
import { kindContainers } from './local-clusters.ts';
import { missing, wordsOf, type Toolbox } from './toolbox.ts';
import type { WatchedClusters } from './watch-clusters.ts';

export interface ClusterParts {
  readonly toolbox: Toolbox;
  readonly watched: WatchedClusters;
  readonly kubeconfig: Topic<Kubeconfig>;
  readonly docker: Docker;
  readonly sessions: Sessions;
}

interface Named {
  readonly tool: ClusterTool;
  readonly name: string;
}

/** The kubeconfig is watched; what a tool wrote is there within moments. */
const CONTEXT_MS = 15_000;
/** From the start of its containers to the first answer of its API server. */
const ANSWER_MS = 120_000;
/** A deletion goes on to its end, so it must have one. */
const REMOVE_MS = 300_000;

/** @throws Failure CLUSTER_NAME_INVALID, KUBERNETES_VERSION_INVALID; when it runs: CLUSTER_EXISTS, CLUSTER_NOT_TAKEN_BACK, TOOL_MISSING, TOOL_FAILED, CONTEXT_NOT_FOUND, CLUSTER_UNREACHABLE */
export function createCluster(parts: ClusterParts, { tool, name, nodes, kubernetesVersion }: Named & { nodes: number; kubernetesVersion?: string | undefined }): Action<{ context: string }> {
  const { toolbox } = parts;
  const words = wordsOf[tool];
  if (!words.isName(name)) throw new Failure('CLUSTER_NAME_INVALID', { name }, `${tool} takes no such name`);
  const command = words.create({ name, nodes, version: versionOf(kubernetesVersion) });
  return {
    title: { key: 'activity.create-cluster', params: { tool, cluster: name } },
    commands: [toolbox.line(tool, command)],
    endsWithCaller: true,
    async run(tell, signal) {
      tell.step('step.look-for-cluster', { cluster: name });
      // `minikube start` would start one of that name; and what is taken back below must be what was made here.
      if (await byToolOrDocker(parts, { tool, name }, signal)) throw new Failure('CLUSTER_EXISTS', { tool, name }, `${tool} lists ${name}`);
      tell.step('step.create-cluster', { tool, cluster: name });
      try {
        await spoken(toolbox, tool, command, tell, signal);
      } catch (error) {
        if (signal.aborted) await takeBack(parts, { tool, name }, tell);
        throw error;
      } finally {
        void parts.watched.refresh();
      }
      const context = words.contextOf(name);
      await untilThere(parts, context, signal);
      await untilAnswers(parts, context, tell, signal);
      return { result: { context } };
    },
  };
}

/** @throws when it runs: Failure CLUSTER_GONE, TOOL_MISSING, TOOL_FAILED, DOCKER_*, CLUSTER_UNREACHABLE */
export function startCluster(parts: ClusterParts, { tool, name }: Named): Action<Record<string, never>> {
  const command = wordsOf[tool].start?.(name);
  return {
    title: { key: 'activity.start-cluster', params: { tool, cluster: name } },
    commands: [command ? parts.toolbox.line(tool, command) : dockerLine(parts, 'start', name)],
    endsWithCaller: true,
    async run(tell, signal) {
      // `minikube start` creates what is not there, whatever Docker has of that name.
      if (command) await mustBeThere(parts, { tool, name }, byTool, tell, signal);
      await changed(parts, async () => {
        if (command) return tooled(parts, 'step.start-cluster', { tool, name }, command, tell, signal);
        for (const { id, name: node } of containersOf(parts, name)) {
          signal.throwIfAborted();
          tell.step('step.start-node', { node });
          await startContainer(parts.docker.connection.docker(), id);
        }
      });
      const context = wordsOf[tool].contextOf(name);
      if (parts.kubeconfig.value.contexts.some((known) => known.name === context)) await untilAnswers(parts, context, tell, signal);
      return { result: {} };
    },
  };
}

/** @throws when it runs: Failure CLUSTER_GONE, TOOL_MISSING, TOOL_FAILED, DOCKER_* */
export function stopCluster(parts: ClusterParts, { tool, name }: Named): Action<Record<string, never>> {
  const command = wordsOf[tool].stop?.(name);
  return {
    title: { key: 'activity.stop-cluster', params: { tool, cluster: name } },
    commands: [command ? parts.toolbox.line(tool, command) : dockerLine(parts, 'stop', name)],
    endsWithCaller: true,
    async run(tell, signal) {
      if (command) await mustBeThere(parts, { tool, name }, byTool, tell, signal);
      await changed(parts, async () => {
        if (command) return tooled(parts, 'step.stop-cluster', { tool, name }, command, tell, signal);
        for (const { id, name: node } of containersOf(parts, name).toReversed()) {
          signal.throwIfAborted();
          tell.step('step.stop-node', { node });
          await stopContainer(parts.docker.connection.docker(), id);
        }
      });
      return { result: {} };
    },
  };
}

/**
 * Everything in the cluster goes with it, and nothing brings it back.
 * @param confirm what the person typed: the cluster's name, letter for letter
 * @throws Failure NOT_CONFIRMED; when it runs: CLUSTER_GONE, TOOL_MISSING, TOOL_FAILED
 */
export function removeCluster(parts: ClusterParts, { tool, name, confirm }: Named & { confirm: string }): Action<Record<string, never>> {
  if (confirm !== name) throw new Failure('NOT_CONFIRMED', { name }, `typed: ${confirm}`);
  const command = wordsOf[tool].remove(name);
  return {
    title: { key: 'activity.remove-cluster', params: { tool, cluster: name } },
    commands: [parts.toolbox.line(tool, command)],
    // A cluster that is half deleted is of no use to anybody.
    endsWithCaller: false,
    async run(tell, signal) {
      await mustBeThere(parts, { tool, name }, byToolOrDocker, tell, signal);
      await changed(parts, () => tooled(parts, 'step.remove-cluster', { tool, name }, command, tell, signal, REMOVE_MS));
      if (await byToolOrDocker(parts, { tool, name }, signal)) throw new Failure('TOOL_FAILED', { tool, command: parts.toolbox.line(tool, command) }, `${name} is still there`);
      return { result: {} };
    },
  };
}

/** `1.34.0` or `v1.34.0`: both tools have images of whole versions only. */
function versionOf(given: string | undefined): string | undefined {
  if (given === undefined || given.trim() === '') return undefined;
  const [, version] = /^v?(\d+\.\d+\.\d+)$/.exec(given.trim()) ?? [];
  if (version === undefined) throw new Failure('KUBERNETES_VERSION_INVALID', { version: given }, 'not of the form 1.34.0');
  return version;
}

const spoken = (toolbox: Toolbox, tool: ClusterTool, command: ToolCommand, tell: Teller, signal: AbortSignal, timeoutMs?: number) =>
  toolbox.run(tool, command, { signal, onOutput: (text) => tell.log(text), ...(timeoutMs === undefined ? {} : { timeoutMs }) });

async function tooled({ toolbox }: ClusterParts, step: string, { tool, name }: Named, command: ToolCommand, tell: Teller, signal: AbortSignal, timeoutMs?: number): Promise<void> {
  tell.step(step, { tool, cluster: name });
  await spoken(toolbox, tool, command, tell, signal, timeoutMs);
}

/** What was done, or half done, is in the lists before anything is said of it. */
async function changed(parts: ClusterParts, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await parts.watched.refresh();
  }
}

type Question = (parts: ClusterParts, named: Named, signal: AbortSignal) => Promise<boolean>;

/** @throws Failure CLUSTER_GONE; TOOL_MISSING, TOOL_FAILED when the tool does not say */
async function mustBeThere(parts: ClusterParts, { tool, name }: Named, isThere: Question, tell: Teller, signal: AbortSignal): Promise<void> {
  tell.step('step.look-for-cluster', { cluster: name });
  if (!(await isThere(parts, { tool, name }, signal))) throw gone({ tool, name }, `${tool} lists no ${name}`);
}

const gone = ({ tool, name }: Named, why: string) => new Failure('CLUSTER_GONE', { tool, name }, why);

/** By the tool's own list, read now. @throws Failure TOOL_MISSING, TOOL_FAILED when the tool does not say: it was asked, and is not asked again */
async function byTool({ toolbox, watched }: ClusterParts, { tool, name }: Named, signal: AbortSignal): Promise<boolean> {
  await watched.refresh();
  signal.throwIfAborted();
  const { listed, tools } = toolbox.lists.value;
  if (listed[tool] !== 'unknown') return listed[tool].some((cluster) => cluster.name === name);
  const state = tools.find((one) => one.tool === tool);
  if (state?.state === 'missing') throw missing(tool);
  throw state?.cause ? Failure.ofData(state.cause) : new Failure('TOOL_FAILED', { tool, command: tool }, `${tool} was not asked`);
}

/** By that list and by Docker's containers: some may be left of what the tool no longer knows. */
const byToolOrDocker: Question = async (parts, named, signal) =>
  (await byTool(parts, named, signal)) || parts.watched.state.value.clusters.some(({ tool, name }) => tool === named.tool && name === named.name);

/** A creation that was ended leaves containers and a profile that are no cluster. @throws Failure CLUSTER_NOT_TAKEN_BACK */
async function takeBack({ toolbox }: ClusterParts, { tool, name }: Named, tell: Teller): Promise<void> {
  const command = wordsOf[tool].remove(name);
  tell.step('step.take-back-cluster', { cluster: name });
  tell.command(toolbox.line(tool, command));
  try {
    await spoken(toolbox, tool, command, tell, AbortSignal.timeout(REMOVE_MS));
  } catch (error) {
    tell.leftBehind();
    throw new Failure('CLUSTER_NOT_TAKEN_BACK', { tool, name }, error);
  }
}

async function untilThere({ kubeconfig }: ClusterParts, context: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(CONTEXT_MS);
  try {
    await waitFor(kubeconfig, ({ contexts }) => contexts.some(({ name }) => name === context), AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Failure('CONTEXT_NOT_FOUND', { context }, `no context "${context}" in ${kubeconfig.value.files.join(', ')}`);
  }
}

async function untilAnswers({ sessions }: ClusterParts, context: string, tell: Teller, signal: AbortSignal): Promise<void> {
  tell.step('step.wait-for-cluster', { context });
  using held = sessions.hold(context);
  const { session } = held;
  const limit = AbortSignal.timeout(ANSWER_MS);
  try {
    await waitFor(session.state, ({ connection }) => connection.state === 'live', AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Failure('CLUSTER_UNREACHABLE', { context, server: session.server }, session.state.value.connection.cause?.cause ?? 'no answer yet');
  }
}

/** @throws Failure DOCKER_*, CLUSTER_GONE where Docker has none of its nodes */
function containersOf({ docker }: ClusterParts, name: string) {
  docker.connection.docker(); // Throws why there is none.
  const containers = docker.containers.value === 'unknown' ? [] : kindContainers(docker.containers.value, name);
  if (containers.length === 0) throw gone({ tool: 'kind', name }, `Docker has no node of the cluster ${name}`);
  return containers;
}

function dockerLine({ docker }: ClusterParts, verb: 'start' | 'stop', name: string): string {
  const nodes = docker.containers.value === 'unknown' ? [] : kindContainers(docker.containers.value, name).map((container) => container.name);
  return shellLine('docker', verb, ...(verb === 'stop' ? nodes.toReversed() : nodes));
}
