// Whether a request may change something, and whether it may do so now.
import type { HttpMethod, HttpTarget } from '../../../shared/contract/http.ts';
import type { Sessions } from '../cluster/sessions.ts';
import type { Forwards } from '../forwards/calls.ts';

/** RFC 9110 9.2.1: the other methods are safe, they ask and change nothing. */
const CHANGING: ReadonlySet<HttpMethod> = new Set<HttpMethod>(['POST', 'PUT', 'PATCH', 'DELETE']);

export const mayChange = (method: HttpMethod): boolean => CHANGING.has(method);

/** From inside, a program is run in the container, as with Run a command: whatever it asks. */
export const isChange = (target: HttpTarget, method: HttpMethod): boolean => mayChange(method) || target.via === 'inside';

/** A request that changes something in a pod of a cluster elsewhere is a change like any other. @throws Failure CHANGES_LOCKED */
export function requireChanges(target: HttpTarget, sessions: Sessions, forwards: Forwards): void {
  using held = sessions.hold(target.via === 'forward' ? forwards.row(target.forwardId).context : target.context);
  held.session.requireChanges();
}
