// The lines that kubectl would need for what a button does.
import type { PullPolicy } from '../../../shared/contract/findings.ts';
import { kubectl } from '../activity/shell-line.ts';

interface What {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
  readonly policy?: PullPolicy | undefined;
  readonly image?: string | undefined;
  readonly container?: string | undefined;
}

/** kubectl has no verb for "with another policy": get the manifest, change it, replace. The middle line is a comment, for it is an edit. */
export function recreateCommands({ context, namespace, name, policy, image, container }: What): string[] {
  const at = { context, namespace };
  const edits = [policy ? `imagePullPolicy: ${policy}` : '', image ? `image: ${image}${container ? ` (container ${container})` : ''}` : ''].filter(Boolean).join(', ');
  return [
    `${kubectl(at, 'get', 'pod', name, '-o', 'yaml')} > ${name}.yaml`,
    ...(edits ? [`# in ${name}.yaml: ${edits}`] : []),
    kubectl(at, 'replace', '--force', '-f', `${name}.yaml`),
  ];
}
