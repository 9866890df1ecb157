// What can be chosen under Target, in groups by kind, and the ports of each.
import type { ForwardKind, ForwardSettings, TargetChoice } from '../../../shared/contract/forwards.ts';

export type ChosenTarget = Pick<TargetChoice, 'kind' | 'namespace' | 'name'>;
export interface ChoiceGroup {
  readonly kind: ForwardKind;
  readonly choices: readonly TargetChoice[];
}

const kinds: readonly ForwardKind[] = ['Pod', 'Deployment', 'StatefulSet', 'Service'];

/** One target among the others: as the value of an option. */
export function keyOf({ kind, namespace, name }: ChosenTarget): string {
  return `${kind}/${namespace}/${name}`;
}

/** A forward's target as a choice, for as long as it is not listed (any more). */
export function notListed({ namespace, target: { kind, name } }: Pick<ForwardSettings, 'namespace' | 'target'>): TargetChoice {
  return { kind, namespace, name, status: '', readyPods: 0, ports: [] };
}

/** The targets of each kind that has any, by name. */
export function grouped(targets: readonly TargetChoice[]): ChoiceGroup[] {
  return kinds
    .map((kind) => ({ kind, choices: targets.filter((target) => target.kind === kind).toSorted((a, b) => compare(a.name, b.name) || compare(a.namespace, b.namespace)) }))
    .filter(({ choices }) => choices.length > 0);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The ports that can be forwarded to; Kubernetes forwards TCP only. */
export function tcpPorts(target: TargetChoice | undefined): TargetChoice['ports'] {
  return (target?.ports ?? []).filter(({ protocol }) => protocol === 'TCP');
}

/** The declared ports that cannot be forwarded to, as `53/UDP`; DNS has the same number for TCP as well. */
export function otherPorts(target: TargetChoice | undefined): string[] {
  return (target?.ports ?? []).filter(({ protocol }) => protocol !== 'TCP').map(({ port, protocol }) => `${port}/${protocol}`);
}

/** The declared ports in one line: `8080 (http), 9090`. */
export function portList(ports: TargetChoice['ports']): string {
  return ports.map(({ port, name }) => (name === '' ? String(port) : `${port} (${name})`)).join(', ');
}

/** What the field for the pod's port begins with: the first TCP port, '' if none is declared. */
export function firstPort(target: TargetChoice | undefined): string {
  return String(tcpPorts(target)[0]?.port ?? '');
}
