// What the cluster lets this user do, by its own answer (authorization.k8s.io/v1 SelfSubjectAccessReview). Asked when somebody looks at what would need
// it, never for a row of a list. An answer is kept for a while, since nothing tells that a role has changed.
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { selfSubjectAccessReview } from '../../clients/cluster/pods-api.ts';
import { createTopic, type Topic } from '../topic.ts';

/** One verb on one kind of object, in one namespace. */
export interface AccessQuestion {
  readonly verb: string;
  /** As in a Role: `pods`, `deployments`. */
  readonly resource: string;
  readonly subresource?: string;
  /** '' is the core group. */
  readonly group?: string;
  readonly namespace: string;
}

/** `no` only where the server said so. What is unknown is tried, and the server still decides. */
export type AccessAnswer = 'yes' | 'no' | 'unknown';

export interface Access {
  /** Another value after each answer that is news. */
  readonly changed: Topic<number>;
  /** What is known now; where that is nothing, or long ago, the server is asked and `changed` tells. */
  may(question: AccessQuestion): AccessAnswer;
  /** Another connection may be another user: all is forgotten, and asked over this one. */
  connect(connection: ClusterConnection | undefined, signal: AbortSignal): void;
}

/** A role is seldom changed, and one question is cheap; an answer that is a minute old is still shown while the next one is on its way. */
export const KEPT_MS = 60_000;

export function openAccess(now: () => number = () => performance.now()): Access {
  const answers = new Map<string, { answer: AccessAnswer; askedAt: number }>();
  const changed = createTopic(0);
  let current: { connection: ClusterConnection; signal: AbortSignal } | undefined;

  const ask = async (key: string, { namespace, ...question }: AccessQuestion, over: NonNullable<typeof current>) => {
    const answer = await selfSubjectAccessReview(over.connection, { ...question, ...(namespace === '' ? {} : { namespace }) }, over.signal)
      .then(({ allowed }): AccessAnswer => (allowed ? 'yes' : 'no'), (): AccessAnswer => 'unknown');
    if (current !== over) return;
    const known = answers.get(key);
    if (!known || known.answer === answer) return;
    answers.set(key, { ...known, answer });
    changed.set(changed.value + 1);
  };

  return {
    changed,
    may(question) {
      const { verb, group = '', resource, subresource = '', namespace } = question;
      const key = [verb, group, resource, subresource, namespace].join(' ');
      const known = answers.get(key);
      if (current && (!known || now() - known.askedAt > KEPT_MS)) {
        answers.set(key, { answer: known?.answer ?? 'unknown', askedAt: now() });
        void ask(key, question, current);
      }
      return known?.answer ?? 'unknown';
    },
    connect(connection, signal) {
      current = connection && { connection, signal };
      answers.clear();
      changed.set(changed.value + 1);
    },
  };
}
