// The sandbox of a pod: its network and its place in the node's memory (kubelet, pkg/kubelet/kuberuntime/kuberuntime_sandbox.go).
import type { Pod } from '../objects.ts';
import { wholeValue } from '../quantity.ts';
import type { Sandbox } from '../runtime/runtime.ts';
import type { KubeletContext } from './kubelet-context.ts';

/** Below it not even the first process of a pod comes up. Seen with 1Mi; the kernel draws no exact line. */
const LEAST_MEMORY = 2 * 1024 * 1024;

/** What the whole pod may take: the sum, where every container has a limit. */
function memoryLimit({ spec }: Pod): number | undefined {
  const limits = spec.containers.map(({ resources }) => resources?.limits?.memory);
  return limits.every((limit) => limit !== undefined) ? limits.reduce<number>((sum, limit) => sum + wholeValue(limit), 0) : undefined;
}

/** @throws Error with what an event FailedCreatePodSandBox says after `Failed to create pod sandbox: `. */
export function createSandbox({ runtime, minor }: Pick<KubeletContext, 'runtime' | 'minor'>, pod: Pod): Sandbox {
  const { uid = '', name = '', namespace = '' } = pod.metadata;
  const limit = memoryLimit(pod);
  if (limit !== undefined && limit < LEAST_MEMORY) {
    const task = runtime.kind === 'containerd' ? 'failed to create containerd task' : minor < 24 ? undefined : 'failed to create task for container';
    const runc = [
      ...(task ? [task] : []),
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process',
      'container init was OOM-killed (memory limit too low?): unknown',
    ].join(': ');
    const docker = `failed to start sandbox container for pod ${JSON.stringify(name)}: Error response from daemon: `;
    throw new Error(`rpc error: code = Unknown desc = ${runtime.kind === 'docker' ? docker : ''}${runc}`);
  }
  return runtime.runSandbox({ uid, name, namespace }, hostnameOf(pod));
}

/** A host's name has 63 characters at most (GeneratePodHostNameAndDomain). */
const hostnameOf = ({ spec, metadata }: Pod): string => spec.hostname || (metadata.name ?? '').slice(0, 63).replace(/[-.]+$/, '');
