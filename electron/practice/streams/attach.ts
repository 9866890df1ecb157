// pods/NAME/attach: the streams of the container's own program, from now on.
import type { SubresourceHandler } from '../api/subresources.ts';
import { containerNameOf, kubeletOf, podFullName, podOf } from './pod-target.ts';
import type { StreamParts } from './pod-target.ts';
import { serveCommand, streamsOf } from './remote-command.ts';

export function attachHandler(parts: StreamParts): SubresourceHandler {
  return async (request, answer, { namespace, name, query }) => {
    const pod = podOf(parts, namespace, name);
    const container = containerNameOf(pod, query.get('container'));
    const running = kubeletOf(parts, pod).container(pod.metadata.uid ?? '', container);
    await serveCommand(request, answer, {
      minor: parts.minor,
      streams: streamsOf(query),
      refusal: running?.state === 'running' ? undefined : `container ${container} not found in pod ${podFullName(pod)}`,
      start: async () => running!.attach(),
      // That it ended is all that attach tells.
      ended: () => ({ exitCode: 0, words: '' }),
    });
  };
}
