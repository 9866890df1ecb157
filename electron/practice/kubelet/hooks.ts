// Lifecycle hooks (kubelet, pkg/kubelet/lifecycle/handlers.go). An answer of any status is a success: only a connection that fails is not.
import type { LifecycleHandler, Pod } from '../objects.ts';
import type { RuntimeContainer } from '../runtime/runtime.ts';
import { execCommand } from './exec-command.ts';
import { goList, quoted } from './go-words.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { podGet, portNumber } from './pod-http.ts';
import { podTitle } from './pod-words.ts';
import type { Container } from '../objects.ts';

/** `message` is what the container's status says, `short` the error alone: dockershim's time made it the reason. */
export class HookError extends Error {
  readonly short: string;
  constructor(message: string, short: string) {
    super(message);
    this.short = short;
  }
}

/** @param signal gives it up. @throws HookError */
export async function runHook(
  { runtime, clock, minor }: Pick<KubeletContext, 'runtime' | 'clock' | 'minor'>,
  handler: LifecycleHandler,
  pod: Pod,
  container: Container,
  running: RuntimeContainer,
  signal: AbortSignal,
): Promise<void> {
  const where = `for Container ${quoted(container.name)} in Pod ${quoted(podTitle(pod))} failed - error: `;
  if (handler.exec) {
    const command = handler.exec.command ?? [];
    let output = '';
    let short: string;
    try {
      const result = await execCommand(running, command, signal);
      if (result.code === 0 || result.code === undefined) return;
      output = result.output;
      short = `command '${command.join(' ')}' exited with ${result.code}: ${minor >= 25 ? output : ''}`;
    } catch (error) {
      short = (error as Error).message;
    }
    throw new HookError(`Exec lifecycle hook (${goList(command)}) ${where}${short}, message: ${quoted(output)}`, short);
  }
  if (handler.httpGet) {
    try {
      const port = portNumber(handler.httpGet.port, container);
      await podGet(runtime, handler.httpGet, port, running.sandbox.ip, `kube-lifecycle/1.${minor}`, signal);
    } catch (error) {
      const short = (error as Error).message;
      throw new HookError(`HTTP lifecycle hook (${handler.httpGet.path ?? '/'}) ${where}${short}, message: ""`, short);
    }
    return;
  }
  if (handler.sleep) await clock.sleep(handler.sleep.seconds * 1000, signal).catch(() => undefined);
}
