// The request as it is typed, the one that runs and the last answer: kept while the person looks at another screen.
import type { FailureData } from '../../../shared/contract/failures.ts';
import type { HttpMethod, HttpResponse, HttpTarget } from '../../../shared/contract/http.ts';
import { engine, toFailure } from '../../state/engine.ts';
import { readHeaders, withContentType } from './request-headers.ts';
import type { Via } from './targets.ts';

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const satisfies readonly HttpMethod[];

/** The methods for which RFC 9110 (9.3) gives a body a meaning, and PATCH (RFC 5789). */
const methodsWithBody: readonly HttpMethod[] = ['POST', 'PUT', 'PATCH'];
const safeMethods: readonly HttpMethod[] = ['GET', 'HEAD', 'OPTIONS'];

const TIMEOUT_MILLISECONDS = 30_000;

/** What the region Response shows. */
export type Outcome =
  | { readonly state: 'none' | 'waiting' | 'cancelled' }
  | { readonly state: 'answered'; readonly response: HttpResponse }
  | { readonly state: 'failed'; readonly failure: FailureData };

class HttpForm {
  method = $state<HttpMethod>('GET');
  via = $state<Via>('forward');
  /** The chosen option of each way, so that going back and forth loses nothing. */
  chosen = $state<Record<Via, string>>({ forward: '', pod: '' });
  path = $state('/');
  headers = $state('');
  body = $state('');
  outcome = $state.raw<Outcome>({ state: 'none' });
  readonly hasBody = $derived(methodsWithBody.includes(this.method));
  /** Whether the request may change something in the pod: all but the safe methods (RFC 9110, 9.2.1). */
  readonly mayChange = $derived(!safeMethods.includes(this.method));
  readonly readHeaders = $derived(readHeaders(this.headers));
  #running: AbortController | undefined;

  /** Sends what is typed; does nothing while a header line is wrong or a request runs. */
  async send(target: HttpTarget): Promise<void> {
    const read = this.readHeaders;
    if (!read.ok || this.outcome.state === 'waiting') return;
    const body = this.hasBody ? this.body : '';
    const path = this.path.trim();
    const running = new AbortController();
    this.#running = running;
    this.outcome = { state: 'waiting' };
    try {
      const response = await engine.http.send(
        {
          target,
          method: this.method,
          path: path.startsWith('/') ? path : `/${path}`,
          headers: withContentType(read.headers, body),
          body,
          timeoutMilliseconds: TIMEOUT_MILLISECONDS,
        },
        { signal: running.signal },
      );
      this.outcome = { state: 'answered', response };
    } catch (error) {
      this.outcome = running.signal.aborted ? { state: 'cancelled' } : { state: 'failed', failure: toFailure(error) };
    }
  }

  cancel(): void {
    this.#running?.abort();
  }

  /** Other pods are shown now: an answer of one that is not must not stand there. What was typed stays. */
  forget(): void {
    this.cancel();
    this.chosen = { forward: '', pod: '' };
    this.outcome = { state: 'none' };
  }
}

export const httpForm = new HttpForm();
