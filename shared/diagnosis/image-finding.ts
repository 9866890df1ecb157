// How a finding of the image family is put together: its sentences with their parameters, the proof, and the picture of the decision.
import type { Evidence, Finding, Fix, Message } from '../contract/findings.ts';
import { decisionOf } from './decision.ts';
import { commonParams } from './image-case.ts';
import type { ImageCase } from './image-case.ts';
import { imageEvidence } from './image-evidence.ts';

export interface PullFindingParts {
  /** 'strong' when absent: a message's pattern. */
  readonly confidence?: Finding['confidence'];
  readonly severity?: Finding['severity'];
  /** The last parts of its keys, where a cause has several. */
  readonly sentence?: string;
  readonly explanation?: string;
  readonly params?: Message['params'];
  /** Beside the family's own. */
  readonly evidence?: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

/** A finding about an image that does not come. */
export function pullFinding(c: ImageCase, id: string, parts: PullFindingParts): Finding {
  const { confidence = 'strong', severity = 'error', sentence = 'sentence', explanation = 'explanation', evidence = [], fixes } = parts;
  const params: Message['params'] = { ...commonParams(c), ...causeParams(c), near: c.near[0]?.name ?? '', ...parts.params };
  const raw = c.cause?.message ?? c.status.state?.waiting?.message;
  return {
    id, container: c.located.container.name, severity, confidence,
    message: { key: `finding.${id}.${sentence}`, params }, explanation: { key: `finding.${id}.${explanation}`, params },
    evidence: [...imageEvidence(c), ...evidence], ...(raw && { raw }), fixes: [...fixes], decision: decisionOf(c),
  };
}

/** The class of the pull's error, and the address that it is about. */
export function causeParams({ cause, reference }: ImageCase): Message['params'] {
  const registry = reference.domain || 'docker.io';
  return { class: cause?.error.class ?? 'OTHER', host: cause?.error.lookedUp ?? cause?.error.host ?? cause?.error.address ?? registry };
}
