// Which pods use an image, and which of them can be made anew here so that they run another build of it.
import type { LeftPod } from '../../../shared/contract/builds.ts';
import { containersOf } from '../../../shared/kubernetes/containers.ts';
import { sameImage } from '../../../shared/kubernetes/image-reference.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { controllerOf } from '../cluster/owners.ts';

export interface PodsOfImage {
  /** `askAlways`: the containers of the image whose policy is Always: with it the kubelet would ask the registry, which has another build or none. */
  readonly using: readonly { readonly pod: Pod; readonly askAlways: readonly string[] }[];
  readonly left: readonly LeftPod[];
}

/**
 * @param canHave whether the node can be given the image. A pod without a node goes wherever the scheduler puts it.
 * Both lists in the order of namespaces and names.
 */
export function podsOfImage(pods: Iterable<Pod>, image: string, canHave: (node: string) => boolean): PodsOfImage {
  const using: PodsOfImage['using'][number][] = [];
  const left: LeftPod[] = [];
  for (const pod of [...pods].sort((a, b) => place(a).localeCompare(place(b)))) {
    const containers = containersOf(pod).map(({ container }) => container).filter((container) => sameImage(container.image ?? '', image));
    if (containers.length === 0) continue;
    const { namespace = '', name = '', deletionTimestamp } = pod.metadata;
    const { nodeName } = pod.spec ?? {};
    if (deletionTimestamp !== undefined) left.push({ namespace, name, why: 'ending' });
    // To start a Job again that did its work would do it twice.
    else if (controllerOf(pod) && pod.status?.phase === 'Succeeded') left.push({ namespace, name, why: 'ended' });
    else if (nodeName && !canHave(nodeName)) left.push({ namespace, name, why: 'node' });
    else using.push({ pod, askAlways: containers.filter(({ imagePullPolicy }) => imagePullPolicy === 'Always').map((container) => container.name) });
  }
  return { using, left };
}

const place = ({ metadata: { namespace = '', name = '' } }: Pod) => `${namespace}/${name}`;
