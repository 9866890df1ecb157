// One try of a probe (kubelet, pkg/kubelet/prober/prober.go; pkg/probe).
import type { Container, Probe } from '../objects.ts';
import type { RuntimeContainer } from '../runtime/runtime.ts';
import { execCommand } from './exec-command.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { dial, PortError, podGet, portNumber } from './pod-http.ts';

/** `errored`: the probe itself did not work, which counts neither way. */
export interface ProbeOutcome {
  readonly result: 'success' | 'failed' | 'errored';
  readonly message: string;
}

/** It never rejects. */
export async function probeOnce(
  { runtime, minor, clock }: Pick<KubeletContext, 'runtime' | 'minor' | 'clock'>,
  probe: Probe,
  container: Container,
  running: RuntimeContainer,
): Promise<ProbeOutcome> {
  const timeout = new AbortController();
  const seconds = probe.timeoutSeconds || 1;
  // A program answers in real time, however fast the cluster's own time runs: a sped-up second would fail what is well.
  const cancel = clock.after(seconds * 1000 * clock.speed, () => timeout.abort());
  try {
    const ip = running.sandbox.ip;
    if (probe.exec) return await execProbe(running, probe.exec.command ?? [], seconds, { minor, kind: runtime.kind }, timeout.signal);
    if (probe.httpGet) {
      const port = portNumber(probe.httpGet.port, container);
      const { status } = await podGet(runtime, probe.httpGet, port, ip, `kube-probe/1.${minor}`, timeout.signal);
      if (status >= 200 && status < 400) return { result: 'success', message: '' };
      return { result: 'failed', message: `HTTP probe failed with statuscode: ${status}` };
    }
    if (probe.tcpSocket) {
      const socket = await dial(runtime, probe.tcpSocket.host || ip, portNumber(probe.tcpSocket.port, container), timeout.signal);
      socket.destroy();
      return { result: 'success', message: '' };
    }
    return { result: 'errored', message: `missing probe handler for ${container.name}: gRPC is not spoken here` };
  } catch (error) {
    return { result: error instanceof PortError ? 'errored' : 'failed', message: (error as Error).message };
  } finally {
    cancel();
  }
}

async function execProbe(
  running: RuntimeContainer,
  command: readonly string[],
  seconds: number,
  { minor, kind }: { minor: number; kind: 'docker' | 'containerd' },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  try {
    const { code, output } = await execCommand(running, command, signal);
    if (code === 0) return { result: 'success', message: '' };
    // 1.20 (ExecProbeTimeout) failed it without a word.
    const late = minor < 23 ? '' : `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${seconds}s`;
    if (code === undefined) return { result: 'failed', message: late };
    return { result: 'failed', message: output };
  } catch (error) {
    // Docker answers an exec of a program that is not there with the words as its output, and 126; containerd refuses it.
    const { message } = error as Error;
    return kind === 'docker' ? { result: 'failed', message: `${message}\n` } : { result: 'errored', message };
  }
}
