// The contract's calls for objects of any kind.
import { Failure } from '../../../shared/contract/failures.ts';
import type { EngineCalls } from '../calls.ts';
import { runInSession } from '../cluster/session-action.ts';
import { applyAction } from './apply.ts';
import { check, readBase } from './check.ts';
import { readManifests } from './documents.ts';
import { kindSchema } from './schema.ts';
import { watchObject } from './watch.ts';
import type { Changes } from '../cluster/changes.ts';

export function objectCalls(changes: Changes): EngineCalls['objects'] {
  const { sessions } = changes;
  return {
    watch: (input, signal) => watchObject(sessions, input, signal),
    async schema({ context, apiVersion, kind }, signal) {
      using held = sessions.hold(context);
      const found = await kindSchema(await held.session.client(signal), { apiVersion, kind });
      if (!found) throw new Failure('KIND_UNKNOWN', { apiVersion, kind }, `the server's OpenAPI has no ${kind} in ${apiVersion}`);
      return { root: found.root, schemas: { ...found.schemas } };
    },
    async check({ context, ...input }, signal) {
      using held = sessions.hold(context);
      return await check(() => held.session.client(signal), input, signal);
    },
    async *apply(input, signal) {
      const documents = await readManifests(input.text);
      const base = await readBase(input.base);
      yield* runInSession(changes, input.context, signal, (parts) => applyAction(parts, input, documents, base));
    },
  };
}
