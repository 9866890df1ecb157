// The Kubernetes API over HTTPS, as bare as it can be: what the server says is what a test sees.
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Connection } from './target.ts';

/** JSON of the API. A test says with `expect` what it has to be. */
// oxlint-disable-next-line typescript/no-explicit-any -- the tests look at the bare answers of a server
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed where it is JSON. */
  readonly body: Json;
}

export interface RequestShape {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** An object goes as JSON, text as it is. */
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Json;
}

export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

export class Api {
  readonly connection: Connection;
  readonly #agent: Agent;

  constructor(connection: Connection) {
    this.connection = connection;
    const { ca, certificate, key } = connection;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 100, ca, ...(certificate && key ? { cert: certificate, key } : {}) });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Sends a request and gives the answer once its headers are there. */
  open(method: string, path: string, { query, body, type = 'application/json', headers, signal }: RequestShape = {}): Promise<IncomingMessage> {
    const url = new URL(path, this.connection.server);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value));
    const sent = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const options: RequestOptions = {
      method,
      agent: this.#agent,
      headers: {
        accept: 'application/json',
        'user-agent': 'conformance/1.0',
        ...(this.connection.token ? { authorization: `Bearer ${this.connection.token}` } : {}),
        ...(sent ? { 'content-type': type, 'content-length': String(sent.length) } : {}),
        ...headers,
      },
      ...(signal ? { signal } : {}),
    };
    return new Promise((resolve, reject) => {
      const request = httpsRequest(url, options, resolve);
      request.on('error', reject);
      request.end(sent);
    });
  }

  async request(method: string, path: string, shape: RequestShape = {}): Promise<Answer> {
    const response = await this.open(method, path, shape);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    return { status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) };
  }

  get = (path: string, shape?: RequestShape): Promise<Answer> => this.request('GET', path, shape);
  post = (path: string, body: unknown, shape?: RequestShape): Promise<Answer> => this.request('POST', path, { ...shape, body });
  put = (path: string, body: unknown, shape?: RequestShape): Promise<Answer> => this.request('PUT', path, { ...shape, body });
  delete = (path: string, body?: unknown, shape?: RequestShape): Promise<Answer> =>
    this.request('DELETE', path, { ...shape, ...(body === undefined ? {} : { body }) });
  patch = (path: string, kind: 'json' | 'merge' | 'strategic-merge' | 'apply', body: unknown, shape?: RequestShape): Promise<Answer> =>
    this.request('PATCH', path, { type: kind === 'apply' ? 'application/apply-patch+yaml' : `application/${kind}-patch+json`, ...shape, body });

  /** The events of a watch, until it ends or the consumer has enough. @throws Error when the server answers anything but 200. */
  async *watch(path: string, query: Record<string, string | number | boolean> = {}, shape: RequestShape = {}): AsyncGenerator<WatchEvent> {
    for await (const line of this.lines(path, { ...shape, query: { watch: 1, timeoutSeconds: 120, ...query } })) yield JSON.parse(line) as WatchEvent;
  }

  /** The lines of an answer that goes on. */
  async *lines(path: string, shape: RequestShape = {}): AsyncGenerator<string> {
    const response = await this.open('GET', path, shape);
    response.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of response) {
        rest += chunk as string;
        if (response.statusCode !== 200) continue;
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      }
      if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${rest}`);
      if (rest) yield rest;
    } finally {
      response.destroy();
    }
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
