// What a diagnosis of a workload looks at, and how its findings are made.
import type { Finding, Message } from '../contract/findings.ts';
import type { KubeEvent, KubeObject } from '../kubernetes/objects.ts';

/** What a diagnosis of a workload may look at. Absent or 'unknown': could not be read, so nothing follows from it. */
export interface OwnerWorld {
  readonly now: Date;
  /** A Deployment, ReplicaSet, StatefulSet, DaemonSet, Job or CronJob. */
  readonly owner: KubeObject;
  /** Its ReplicaSets, or its Jobs. */
  readonly children: readonly KubeObject[] | 'unknown';
  /** Events of the owner and its children. */
  readonly events: readonly KubeEvent[] | 'unknown';
  /** The worst finding of its pods, of the newest of them where several are alike. */
  readonly podFinding?: Finding;
  readonly quotas?: readonly KubeObject[];
  readonly limitRanges?: readonly KubeObject[];
  /** By name: the service accounts that its template names. */
  readonly serviceAccounts?: Readonly<Record<string, 'present' | 'missing'>>;
}

export interface OwnerFindingParts extends Pick<Finding, 'severity' | 'confidence' | 'evidence' | 'fixes'> {
  /** The last part of its key, as in FindingParts. */
  readonly sentence?: string;
  readonly explanation?: string | null;
  readonly params?: Message['params'];
  readonly raw?: string;
}

/** Its messages are `finding.ID.sentence` and so on, with `kind`, `name` and `namespace` of the workload. */
export function ownerFinding({ owner }: OwnerWorld, id: string, parts: OwnerFindingParts): Finding {
  const { severity, confidence, sentence = 'sentence', explanation = 'explanation', evidence, fixes, raw } = parts;
  const { name = '', namespace = '' } = owner.metadata;
  const params = { kind: owner.kind ?? '', name, namespace, ...parts.params };
  return {
    id, severity, confidence, message: { key: `finding.${id}.${sentence}`, params },
    ...(explanation === null ? {} : { explanation: { key: `finding.${id}.${explanation}`, params } }), evidence, ...(raw ? { raw } : {}), fixes,
  };
}
