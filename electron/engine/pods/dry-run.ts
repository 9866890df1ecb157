// Asks the server whether it would take a pod, before the old one of its name is deleted.
import { randomBytes } from 'node:crypto';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Pod } from '../../../shared/kubernetes/objects.ts';
import { ApiError } from '../../clients/cluster/api-error.ts';
import { applyPod } from '../../clients/cluster/pods-api.ts';
import { fitsWithout, quotaOf } from './quota.ts';
import type { Client } from './same-cluster.ts';

/**
 * Gives the name of a quota that has no room for both and would have it for the new one alone: nobody can promise that it still has it then.
 * @throws the server's refusal; Failure DRY_RUN_NOT_SUPPORTED where a webhook cannot be asked without an effect
 */
export async function dryRunBeside(client: Client, namespace: string, manifest: Pod, old: Pod): Promise<string | undefined> {
  const pod = manifest.metadata.name ?? '';
  try {
    await applyPod(await client(), namespace, { ...manifest, metadata: { ...manifest.metadata, name: temporaryName(pod) } }, { dryRun: true, createOnly: true });
    return undefined;
  } catch (error) {
    const refusal = quotaOf(error);
    if (refusal && fitsWithout(old, refusal)) return refusal.quota;
    // NewDryRunUnsupportedErr, k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go
    const [, webhook] = error instanceof ApiError ? (/admission webhook "([^"]*)" does not support dry run/.exec(error.message) ?? []) : [];
    if (webhook !== undefined) throw new Failure('DRY_RUN_NOT_SUPPORTED', { pod, webhook }, error);
    throw error;
  }
}

/** A name's limit is 253 (RFC 1123 subdomain); what is short enough for a label (63) stays so, since a cluster's own rules may ask for it. */
const LIMITS = [63, 253] as const;

/** Under its own name the server would answer that it is there already. */
export function temporaryName(name: string): string {
  const suffix = `-podlab-${randomBytes(4).toString('hex')}`;
  const limit = name.length <= LIMITS[0] ? LIMITS[0] : LIMITS[1];
  // A part of a name ends with a letter or a digit.
  return `${name.slice(0, limit - suffix.length).replace(/[-.]+$/, '')}${suffix}`;
}
