// Commands inside a node's container, with what goes wrong told as the node's fault.
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { Failure, causeText } from '../../../shared/contract/failures.ts';
import type { NodeStore } from '../../../shared/diagnosis/world.ts';
import { statusOf } from '../docker/docker-failure.ts';
import { outputOfContainer } from '../docker/exec-output.ts';
import { execInContainer } from '../docker/exec.ts';
import type { ExecResult } from '../docker/exec.ts';

export interface NodeContainer {
  readonly node: string;
  readonly kind: NodeStore['kind'];
  readonly architecture: string | undefined;
  /** The client of the host's Docker and the container that is the node. */
  docker(): Dockerode;
  readonly container: string;
  /** Variables that its commands need beside those of the container. */
  readonly environment?: Readonly<Record<string, string>>;
  loadCommand(reference: string): string | undefined;
}

export interface NodeCommands {
  /** stdout of a command. Throws NODE_STORE_UNREACHABLE when it cannot be run or fails. */
  run(command: readonly string[], signal?: AbortSignal): Promise<string>;
  /** The words of a command that failed, undefined when it did not. Throws NODE_STORE_UNREACHABLE only when it cannot be run. */
  complaint(command: readonly string[], signal?: AbortSignal): Promise<string | undefined>;
  /** stdout of a command as a stream, as outputOfContainer says. */
  output(command: readonly string[], signal: AbortSignal): Readable;
  /**
   * Feeds an archive to a command. An abort ends its input, and kills it if that does not end it: by `kill -9`, or by `kill` with the process ID
   * as last argument. Throws the archive's error, NODE_STORE_UNREACHABLE when the container has stopped, or an Error with the command's words.
   */
  load(command: readonly string[], archive: Readable, signal: AbortSignal, kill?: readonly string[]): Promise<void>;
  /** Runs a command that prints a line at each event; resolves when it ends. */
  watch(command: string, signal: AbortSignal, onLines: (text: string) => void): Promise<void>;
}

/** How a command ends that is killed, or whose runtime is. */
const LOST = /unavailable|transport|connection|socket|EOF|killed|exit code 1[34]\d/i;
const STOPPING_MS = 2_000;

export function nodeCommands({ node, container, docker, environment }: Pick<NodeContainer, 'node' | 'container' | 'docker' | 'environment'>): NodeCommands {
  const variables = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}`);
  const withVariables = (command: readonly string[]) => variables.length > 0 ? ['env', ...variables, ...command] : command;
  const words = ({ stderr, stdout, exitCode }: ExecResult) => stderr.trim() || stdout.trim() || `exit code ${exitCode}`;
  async function execute(command: readonly string[], signal: AbortSignal | undefined): Promise<ExecResult> {
    try {
      return await execInContainer(docker(), container, withVariables(command), { ...(signal && { signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      throw new Failure('NODE_STORE_UNREACHABLE', { node }, error);
    }
  }
  /** Whether that is how a command ends whose container is ending: Docker notes it only a moment later. */
  async function hasStopped(error: unknown): Promise<boolean> {
    if (!LOST.test(causeText(error)) && !(error instanceof Failure)) return false;
    try {
      await docker().getContainer(container).wait({ condition: 'not-running', abortSignal: AbortSignal.timeout(STOPPING_MS) });
      return true;
    } catch (waiting) {
      return statusOf(waiting) === 404;
    }
  }
  return {
    async run(command, signal) {
      const result = await execute(command, signal);
      if (result.exitCode !== 0) throw new Failure('NODE_STORE_UNREACHABLE', { node }, words(result));
      if (result.truncated) throw new Failure('NODE_STORE_UNREACHABLE', { node }, `the answer of ${command[0]} is too long`);
      return result.stdout;
    },
    async complaint(command, signal) {
      const result = await execute(command, signal);
      return result.exitCode === 0 ? undefined : words(result);
    },
    output: (command, signal) => outputOfContainer(docker(), container, withVariables(command), signal),
    async load(command, archive, signal, kill) {
      try {
        const result = await execInContainer(docker(), container, withVariables(command), { stdin: archive, signal, killOnAbort: kill ? withVariables(kill) : true });
        signal.throwIfAborted();
        if (result.exitCode !== 0) throw new Error(words(result));
      } catch (error) {
        signal.throwIfAborted();
        if (await hasStopped(error)) throw new Failure('NODE_STORE_UNREACHABLE', { node }, `the node's container has stopped: ${causeText(error)}`);
        throw error;
      }
    },
    async watch(command, signal, onLines) {
      // Docker cannot stop what it has started in a container, and a closed connection does not either. So the command stands beside a `cat`
      // that ends with our connection (even when this program is killed), and then takes the command with it.
      const script = `${command} & events=$!; cat >/dev/null; kill $events`;
      const open = new Readable({ read() {} });
      try {
        await execInContainer(docker(), container, withVariables(['sh', '-c', script]), { stdin: open, signal, onStdout: chunk => onLines(chunk.toString()) });
      } catch (error) {
        if (!signal.aborted) throw new Failure('NODE_STORE_UNREACHABLE', { node }, error);
      } finally {
        open.destroy();
      }
    },
  };
}
