// The lines that kubectl would need for what a button does.
import type { Container, Pod } from '../../../shared/kubernetes/objects.ts';
import { into, kubectl } from '../activity/shell-line.ts';

/**
 * kubectl has no verb for "with another policy": the changed manifest goes into a file, and that takes the pod's place. A patch that is only
 * tried (`--dry-run=client`) changes the manifest without anything to edit, and never runs into what is immutable: nothing of it is sent. The file
 * has a name of its own, for the person may have the pod's manifest as NAME.yaml.
 * @param made the new pod's manifest, as recreateManifest gives it
 */
export function recreateCommands(context: string, live: Pod, made: Pod): string[] {
  const { name = '', namespace = '' } = live.metadata;
  const at = { context, namespace };
  const file = `${name}.recreate.yaml`;
  const patch = JSON.stringify({ spec: specPatch(live, made) });
  return [
    into(kubectl(at, 'patch', 'pod', name, '-p', patch, '--dry-run=client', '-o', 'yaml'), file),
    kubectl(at, 'replace', '--force', '-f', file),
  ];
}

/** A strategic merge patch: containers are matched by name, null takes a field away. The node is chosen anew, where the person did not write one. */
function specPatch(live: Pod, made: Pod): Record<string, unknown> {
  const changed = (from: readonly Container[] = [], to: readonly Container[] = []) =>
    to.flatMap((next) => {
      const before = from.find(({ name }) => name === next.name);
      const image = next.image === before?.image ? {} : { image: next.image };
      // A policy that was left out is the default of the new image; with the same image it comes out as it was.
      const policy = next.imagePullPolicy === before?.imagePullPolicy || (next.imagePullPolicy === undefined && !('image' in image))
        ? {} : { imagePullPolicy: next.imagePullPolicy ?? null };
      const patch = { ...image, ...policy };
      return Object.keys(patch).length > 0 ? [{ name: next.name, ...patch }] : [];
    });
  const init = changed(live.spec?.initContainers, made.spec?.initContainers);
  const containers = changed(live.spec?.containers, made.spec?.containers);
  return {
    ...(made.spec?.['nodeName'] === undefined ? { nodeName: null } : {}),
    ...(init.length > 0 ? { initContainers: init } : {}),
    ...(containers.length > 0 ? { containers } : {}),
  };
}
