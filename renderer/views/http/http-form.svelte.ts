// The request as it is typed: kept while the person looks at another screen.
import type { HttpMethod, HttpVia } from '../../../shared/contract/http.ts';
import type { Message } from '../../../shared/contract/findings.ts';
import { emptyAuth, emptyBody, type AuthDraft, type BodyDraft } from './body-draft.ts';
import type { Check } from './checks/checks.ts';
import type { Language } from './code/code-text.ts';
import { httpRuns } from './http-runs.svelte.ts';
import type { PairRow } from './pair-rows.ts';
import { queryRows, withQuery, type QueryRow } from './query-rows.ts';
import { readRequest, typedOf, type Panel, type ReadRequest, type RequestDraft, type Tool } from './request-draft.ts';
import { readPath } from './request-path.ts';
import { fill } from './saved/fill-variables.ts';
import { saved } from './saved/saved.svelte.ts';
import type { Choice, Place } from './targets.ts';

type Kind = Place['kind'];
const nothingChosen: Record<Kind, string> = { Forward: '', Pod: '', Service: '' };

class HttpForm {
  method = $state<HttpMethod>('GET');
  scheme = $state<'http' | 'https'>('http');
  headers = $state.raw<readonly PairRow[]>([]);
  body = $state.raw<BodyDraft>(emptyBody);
  auth = $state.raw<AuthDraft>(emptyAuth);
  timeout = $state('30');
  followRedirects = $state(true);
  verifyCertificate = $state(true);
  panel = $state<Panel>();
  /** The one that is unfolded below the request. */
  tool = $state<Tool>();
  checks = $state.raw<readonly Check[]>([]);
  /** In whose words the request is shown. */
  language = $state<Language>('curl');
  #pasted = $state.raw<Message>();
  #path = $state('/');
  #query = $state.raw<readonly QueryRow[]>([]);
  #replacedHost = $state('');
  #via = $state<HttpVia>('forward');
  /** The chosen option of each kind, so that going back and forth between the ways loses nothing. */
  #chosen = $state.raw(nothingChosen);
  /** The API server leads to pods and Services: the one that was chosen last. */
  #kindByServer = $state<Kind>('Pod');
  /** What was typed as the port, and chosen as the container, of a target. */
  #ports = $state.raw<Readonly<Record<string, string>>>({});
  #containers = $state.raw<Readonly<Record<string, string>>>({});

  readonly #draft = $derived<RequestDraft>({
    scheme: this.scheme, method: this.method, path: this.#path, headers: this.headers, body: this.body, auth: this.auth, timeout: this.timeout,
    followRedirects: this.followRedirects, verifyCertificate: this.verifyCertificate,
  });
  readonly #filled = $derived(fill(this.#draft, saved.variables));
  readonly read = $derived<ReadRequest>(
    this.#filled.ok ? readRequest(this.#filled.draft) : saved.isRead ? this.#filled : { ...this.#filled, problem: { key: 'http.variables.unread', params: {} } },
  );
  /** With its variables. */
  readonly typed = $derived(typedOf(this.#draft));
  readonly hasVariables = $derived(!this.#filled.ok || this.#filled.hasVariables);

  get via(): HttpVia {
    return this.#via;
  }
  /** The same pod, or Service, stays chosen where the new way leads there as well. */
  set via(via: HttpVia) {
    if (via === 'api-server' && this.#via !== 'forward') this.#kindByServer = this.#kind;
    this.#via = via;
  }

  get #kind(): Kind {
    if (this.#via === 'forward') return 'Forward';
    return this.#via === 'api-server' ? this.#kindByServer : this.#via === 'service' ? 'Service' : 'Pod';
  }

  /** The value of the chosen option; '' before any choice. */
  get chosen(): string {
    return this.#chosen[this.#kind];
  }
  choose(kind: Kind, value: string): void {
    if (kind !== 'Forward') this.#kindByServer = kind;
    this.#chosen = { ...this.#chosen, [kind]: value };
  }

  /** What was typed as the port of the target; undefined where nobody did. */
  portOf(value: string): string | undefined {
    return this.#ports[value];
  }
  writePort(value: string, port: string): void {
    this.#ports = { ...this.#ports, [value]: port };
  }
  containerOf(value: string): string {
    return this.#containers[value] ?? '';
  }
  chooseContainer(value: string, container: string): void {
    this.#containers = { ...this.#containers, [value]: container };
  }

  get path(): string {
    return this.#path;
  }
  set path(path: string) {
    this.#path = path;
    this.#query = queryRows(path, this.#query);
    this.#replacedHost = '';
    this.#pasted = undefined;
  }
  get query(): readonly QueryRow[] {
    return this.#query;
  }
  set query(rows: readonly QueryRow[]) {
    this.#query = rows;
    this.#path = withQuery(this.#path, rows);
  }

  /** The host of a whole address that was taken apart: the target is asked in its place. */
  get replacedHost(): string {
    return this.#replacedHost;
  }
  /** Takes the scheme and the path out of a whole address; anything else stays as it was typed. */
  takeAddressApart(): void {
    const read = readPath(this.#path);
    if (!read.ok || read.host === undefined || read.scheme === undefined) return;
    this.scheme = read.scheme;
    this.path = read.path;
    this.#replacedHost = read.host;
  }

  /** What came of a line of curl that was pasted; undefined when something else was typed since. */
  get pasted(): Message | undefined {
    return this.#pasted;
  }
  /** Reads a line of curl; one that cannot be read changes nothing. The target stays the chosen one. */
  async takeCurl(text: string): Promise<void> {
    const { readCurl } = await import('./code/parse-curl.ts');
    const read = readCurl(text);
    if (read.ok) this.take(read.draft);
    this.#pasted = read.ok ? { key: 'http.curl.taken', params: { host: read.host, ignored: read.ignored.join(', '), shell: read.hasExpansion ? 'yes' : 'no' } } : read.problem;
  }

  /** Takes over a whole request, and where it goes; what was typed before is gone. */
  take({ path, ...draft }: RequestDraft, choice?: Choice): void {
    Object.assign(this, draft);
    this.#query = [];
    this.path = path;
    this.panel = undefined;
    saved.opened = undefined;
    if (!choice) return;
    const { via, kind, value, port, container } = choice;
    this.via = via;
    this.choose(kind, value);
    if (port !== undefined) this.writePort(value, port);
    if (container !== undefined) this.chooseContainer(value, container);
  }

  /** Other pods are shown now: an answer of one that is not must not stand there. What was typed of the request stays. */
  forget(): void {
    httpRuns.forget();
    this.#chosen = nothingChosen;
    this.#ports = {};
    this.#containers = {};
  }
}

export const httpForm = new HttpForm();
