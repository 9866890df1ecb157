// pods/NAME/exec: a program beside the container's own.
import type { SubresourceHandler } from '../api/subresources.ts';
import { containerNameOf, kubeletOf, podOf } from './pod-target.ts';
import type { StreamParts } from './pod-target.ts';
import { serveCommand, streamsOf } from './remote-command.ts';

export function execHandler(parts: StreamParts): SubresourceHandler {
  return async (request, answer, { namespace, name, query }) => {
    const pod = podOf(parts, namespace, name);
    const container = containerNameOf(pod, query.get('container'));
    const kubelet = kubeletOf(parts, pod);
    const running = kubelet.container(pod.metadata.uid ?? '', container);
    const argv = query.getAll('command');
    const streams = streamsOf(query);
    await serveCommand(request, answer, {
      minor: parts.minor,
      streams,
      refusal: running?.state === 'running' ? undefined : `container not found ("${container}")`,
      async start() {
        if (argv.length === 0) throw new Error(kubelet.runtime.kind === 'docker' ? 'failed to exec in container - Exec setup failed - Error response from daemon: No exec command specified' : 'failed to exec in container: command is required');
        return running!.exec(argv, { tty: streams.tty, stdin: streams.stdin });
      },
      ended: (exitCode) => ({
        exitCode,
        words: kubelet.runtime.kind === 'docker' ? `Error executing in Docker Container: ${exitCode}` : `error executing command [${argv.join(' ')}], exit code ${exitCode}`,
      }),
    });
  };
}
