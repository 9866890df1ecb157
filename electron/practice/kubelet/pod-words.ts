// How the kubelet names pods and their parts in messages and events.
import type { Container, ObjectReference, Pod } from '../objects.ts';

/** `web_default(5a…)`: format.Pod */
export const podTitle = ({ metadata }: Pod): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`;

/** What an event points to. @param fieldPath `spec.containers{web}` */
export function podReference({ metadata }: Pod, fieldPath?: string): ObjectReference {
  return {
    kind: 'Pod',
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    apiVersion: 'v1',
    ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

export type ContainerRole = 'init' | 'container' | 'ephemeral';

const LISTS: Readonly<Record<ContainerRole, string>> = { init: 'initContainers', container: 'containers', ephemeral: 'ephemeralContainers' };

/** `spec.containers{web}` (kubelet/container/ref.go) */
export const fieldPathOf = (role: ContainerRole, { name }: Container): string => `spec.${LISTS[role]}{${name}}`;

/** An init container that goes on running beside the others (1.29 and later). */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';
