// What the kubelet will do for one container on one node: EnsureImageExists in pkg/kubelet/images/image_manager.go.
import type { PullPolicy } from '../contract/findings.ts';

export interface VerdictQuestion {
  /** The policy that applies, after defaulting and admission. */
  readonly policy: PullPolicy;
  readonly onNode: 'yes' | 'no' | 'unknown';
  /** `has`: the very image that the node has, or would get; `has-other`: another image under the name; `down`: cannot be reached. */
  readonly registry: 'has' | 'has-other' | 'lacks' | 'down' | 'unknown';
}

export type VerdictId = 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6' | 'V7' | 'V8' | 'V9' | 'V10' | 'V11' | 'V12';
export type VerdictFate = 'starts' | 'downloads' | 'stuck' | 'unknown';

export interface Verdict {
  /** The row that applies; 'unknown' where what is not known decides between several. */
  readonly id: VerdictId | 'unknown';
  /** The rows that are left: one, or all that the unknown inputs allow. */
  readonly possible: readonly VerdictId[];
  /** The same in all rows that are left, else 'unknown'. */
  readonly fate: VerdictFate;
  /** Waiting reasons to expect; [] where it does not get stuck, or where that is not known. */
  readonly reasons: readonly string[];
  /** Whether the registry is asked; true also where it may be. */
  readonly asksRegistry: boolean;
  /** `stale`: it may be an old build; `other-image`: the registry's image runs, not the one built here; `ignored`: stuck although it is on the node. */
  readonly warning?: 'stale' | 'other-image' | 'ignored';
}

interface Row {
  readonly policy: PullPolicy;
  readonly onNode: 'yes' | 'no';
  /** Absent where the registry does not matter. */
  readonly registry?: readonly VerdictQuestion['registry'][];
  readonly fate: Exclude<VerdictFate, 'unknown'>;
  readonly warning?: NonNullable<Verdict['warning']>;
}

const rows: Readonly<Record<VerdictId, Row>> = {
  V1: { policy: 'Never', onNode: 'yes', fate: 'starts' },
  V2: { policy: 'Never', onNode: 'no', fate: 'stuck' },
  V3: { policy: 'IfNotPresent', onNode: 'yes', fate: 'starts', warning: 'stale' },
  V4: { policy: 'IfNotPresent', onNode: 'no', registry: ['has', 'has-other'], fate: 'downloads' },
  V5: { policy: 'IfNotPresent', onNode: 'no', registry: ['lacks'], fate: 'stuck' },
  V6: { policy: 'IfNotPresent', onNode: 'no', registry: ['down'], fate: 'stuck' },
  V7: { policy: 'Always', onNode: 'yes', registry: ['has'], fate: 'starts' },
  V8: { policy: 'Always', onNode: 'yes', registry: ['has-other'], fate: 'downloads', warning: 'other-image' },
  V9: { policy: 'Always', onNode: 'yes', registry: ['lacks'], fate: 'stuck', warning: 'ignored' },
  V10: { policy: 'Always', onNode: 'yes', registry: ['down'], fate: 'stuck', warning: 'ignored' },
  V11: { policy: 'Always', onNode: 'no', registry: ['has', 'has-other'], fate: 'downloads' },
  V12: { policy: 'Always', onNode: 'no', registry: ['lacks', 'down'], fate: 'stuck' },
};

/** Predicts the fate of a container. What is unknown stays unknown, unless every possibility ends the same way. */
export function verdict({ policy, onNode, registry }: VerdictQuestion): Verdict {
  const fits = (row: Row): boolean => row.policy === policy
    && (onNode === 'unknown' || row.onNode === onNode)
    && (registry === 'unknown' || !row.registry || row.registry.includes(registry));
  const possible = (Object.keys(rows) as VerdictId[]).filter((id) => fits(rows[id]));
  const fates = new Set(possible.map((id) => rows[id].fate));
  const fate = fates.size === 1 ? [...fates][0] as VerdictFate : 'unknown';
  const [first] = possible;
  const only = possible.length === 1 && first !== undefined ? first : undefined;
  const warning = only && rows[only].warning;
  return {
    id: only ?? 'unknown',
    possible,
    fate,
    reasons: fate !== 'stuck' ? [] : policy === 'Never' ? ['ErrImageNeverPull'] : ['ErrImagePull', 'ImagePullBackOff'],
    asksRegistry: possible.some((id) => rows[id].registry !== undefined),
    ...(warning && { warning }),
  };
}

/** The fate of a row of the table; 'unknown' for what is none. */
export function fateOf(id: string): VerdictFate {
  return Object.hasOwn(rows, id) ? rows[id as VerdictId].fate : 'unknown';
}
