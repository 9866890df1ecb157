// kind and minikube on this computer: whether they are there, what they list, and how they are run.
import { delimiter } from 'node:path';
import { clusterTool, type ClusterTool, type ToolState } from '../../../shared/contract/clusters.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { kubeconfigFiles, type Kubeconfig } from '../../clients/cluster/kubeconfig.ts';
import type { ClusterToolWords, ListedCluster, ToolCommand } from '../../clients/tools/cluster-tool.ts';
import { findTool, toolEnvironment, type ToolSurroundings } from '../../clients/tools/find-tool.ts';
import { kind } from '../../clients/tools/kind.ts';
import { minikube } from '../../clients/tools/minikube.ts';
import { runTool } from '../../clients/tools/run-tool.ts';
import { shellLine } from '../activity/shell-line.ts';
import type { Docker } from '../docker.ts';
import { createTopic, type Topic } from '../topic.ts';

/** A quick question: the version, the quick list. */
const QUESTION_MS = 10_000;
/** minikube asks each profile's machine and API server for this one. */
const FULL_LIST_MS = 60_000;

export const clusterTools: readonly ClusterTool[] = clusterTool.options;
export const wordsOf: Readonly<Record<ClusterTool, ClusterToolWords>> = { kind, minikube };

export interface Lists {
  /** 'unknown': the tool is not there, or did not answer. */
  readonly listed: Readonly<Record<ClusterTool, readonly ListedCluster[] | 'unknown'>>;
  readonly tools: readonly ToolState[];
}

export interface Toolbox {
  /** What was found and listed last; all unknown before the first look. */
  readonly lists: Topic<Lists>;
  /** Looks for the tools and asks each for its version and its clusters. Never rejects. */
  look(): Promise<void>;
  /** Whether a tool was not found, and is there now. */
  hasAppeared(): Promise<boolean>;
  /** Runs it; TOOL_MISSING where it is not there, else as runTool. */
  run(tool: ClusterTool, command: ToolCommand, how: { signal: AbortSignal; onOutput?(text: string): void; timeoutMs?: number }): Promise<string>;
  /** The line that a person would type for it. */
  line(tool: ClusterTool, command: ToolCommand): string;
}

export interface ToolboxParts {
  readonly surroundings: ToolSurroundings;
  readonly kubeconfig: Topic<Kubeconfig>;
  readonly docker: Docker;
  readonly signal: AbortSignal;
}

export function openToolbox({ surroundings, kubeconfig, docker, signal }: ToolboxParts): Toolbox {
  const lists = createTopic<Lists>({
    listed: { kind: 'unknown', minikube: 'unknown' },
    tools: clusterTools.map((tool): ToolState => ({ tool, state: 'unknown' })),
  });

  const environment = () => {
    const { endpoint, source } = docker.state.value;
    return {
      ...toolEnvironment(surroundings),
      // Into the files that Podlab reads; both tools take such a list as kubectl does.
      KUBECONFIG: kubeconfig.value.files.join(delimiter),
      // The Docker that Podlab shows. One that was found at a place which the docker command does not try must be named to it.
      ...(source === 'socket' && endpoint !== undefined && !isDefaultSocket(endpoint) ? { DOCKER_HOST: endpoint } : {}),
      MINIKUBE_WANTUPDATENOTIFICATION: 'false',
    };
  };

  const run: Toolbox['run'] = async (tool, { args, input }, how) => {
    const path = await findTool(tool, surroundings);
    if (path === undefined) throw missing(tool);
    return runTool({ tool, path, args, input, env: environment(), ...how });
  };

  const lookAt = async (tool: ClusterTool): Promise<{ state: ToolState; listed: readonly ListedCluster[] | 'unknown' }> => {
    const words = wordsOf[tool];
    const path = await findTool(tool, surroundings);
    if (path === undefined) return { state: { tool, state: 'missing' }, listed: 'unknown' };
    const version = run(tool, words.version, { signal, timeoutMs: QUESTION_MS }).then(words.readVersion);
    const [told, listed] = await Promise.allSettled([version, list(tool)]);
    const problem = [told, listed].find((outcome) => outcome.status === 'rejected');
    return {
      state: {
        tool,
        path,
        state: problem ? 'unknown' : 'found',
        ...(told.status === 'fulfilled' && told.value !== undefined ? { version: told.value } : {}),
        ...(problem ? { cause: asFailure(tool, problem.reason).toData() } : {}),
      },
      listed: listed.status === 'fulfilled' ? listed.value : 'unknown',
    };
  };
  const list = async (tool: ClusterTool): Promise<readonly ListedCluster[]> => {
    const { list: question, readList } = wordsOf[tool];
    const ask = async (full: boolean) =>
      readList(await run(tool, question(full), { signal, timeoutMs: full ? FULL_LIST_MS : QUESTION_MS }));
    const quick = await ask(false);
    // Virtual machines are not in Docker: only the slow list knows whether they run.
    return quick.some(({ inDocker, state }) => !inDocker && state === 'unknown') ? ask(true).catch(() => quick) : quick;
  };

  let looking: Promise<void> = Promise.resolve();
  return {
    lists,
    look() {
      // One after the other: what was asked for later is told later.
      looking = looking.then(async () => {
        if (signal.aborted) return;
        const looked = await Promise.all(clusterTools.map(lookAt));
        if (signal.aborted) return;
        const listed = Object.fromEntries(looked.map((one) => [one.state.tool, one.listed])) as Lists['listed'];
        lists.set({ listed, tools: looked.map(({ state }) => state) });
      });
      return looking;
    },
    async hasAppeared() {
      const gone = lists.value.tools.filter(({ state }) => state === 'missing');
      return (await Promise.all(gone.map(({ tool }) => findTool(tool, surroundings)))).some((path) => path !== undefined);
    },
    run,
    line(tool, { args, input }) {
      const files = kubeconfig.value.files;
      // Named only where the person's own shell would take other files.
      const isOwn = files.join(delimiter) === kubeconfigFiles({ env: surroundings.env, home: surroundings.home }).join(delimiter);
      const typed = shellLine(tool, ...args);
      const fed = input === undefined ? '' : `printf '${input.replaceAll('\n', '\\n')}' | `;
      return `${fed}${isOwn ? '' : `KUBECONFIG=${shellLine(files.join(delimiter))} `}${typed}`;
    },
  };
}

export function missing(tool: ClusterTool): Failure<'TOOL_MISSING'> {
  return new Failure('TOOL_MISSING', { tool }, `no file ${tool} in the folders of programs`);
}

/** What a tool printed and is not what it should print is its failure, too. */
function asFailure(tool: ClusterTool, error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('TOOL_FAILED', { tool, command: tool }, error);
}

const isDefaultSocket = (endpoint: string) => ['unix:///var/run/docker.sock', 'npipe:////./pipe/docker_engine'].includes(endpoint);
