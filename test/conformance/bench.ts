// What the tests of the suite share: a namespace of their own, pods in it, and waiting for what a pod comes to.
import { Api, TABLE, type Answer, type Json, type WatchEvent } from './http.ts';
import { openChannels, type Channels } from './stream.ts';
import type { Target } from './target.ts';

let count = 0;

export class Bench {
  readonly target: Target;
  readonly api: Api;
  constructor(target: Target) {
    this.target = target;
    this.api = new Api(target.connection);
  }

  /** A namespace in which pods can be created; deleted at the end, without waiting for it. */
  async namespace(prefix: string): Promise<Namespace & AsyncDisposable> {
    const name = `${prefix}-${process.pid}-${Date.now().toString(36)}${(count++).toString(36)}`;
    const made = await this.api.post('/api/v1/namespaces', { metadata: { name } });
    if (made.status !== 201) throw new Error(made.text);
    // Without its service account the server refuses pods; controllers make what belongs into a namespace a moment later.
    const isThere = async (path: string) => (await this.api.get(`/api/v1/namespaces/${name}/${path}`)).body;
    await soon(async () => {
      const account = await isThere('serviceaccounts/default');
      const hasToken = account.secrets?.length > 0 || (this.target.minor >= 24 && account.kind === 'ServiceAccount');
      return (hasToken && (await isThere('configmaps/kube-root-ca.crt')).kind === 'ConfigMap') || undefined;
    });
    const api = this.api;
    return Object.assign(new Namespace(this, name), {
      async [Symbol.asyncDispose]() {
        await api.delete(`/api/v1/namespaces/${name}`);
        await api.request('DELETE', `/api/v1/namespaces/${name}/pods`, { query: { gracePeriodSeconds: 0 } });
      },
    });
  }
}

export class Namespace {
  readonly bench: Bench;
  readonly name: string;
  /** `/api/v1/namespaces/NAME` */
  readonly path: string;
  constructor(bench: Bench, name: string) {
    this.bench = bench;
    this.name = name;
    this.path = `/api/v1/namespaces/${name}`;
  }

  get api(): Api {
    return this.bench.api;
  }

  pod(name: string): string {
    return `${this.path}/pods/${name}`;
  }

  /** @throws Error unless it is created */
  async create(resource: string, object: Json): Promise<Json> {
    const answer = await this.api.post(`${this.path}/${resource}`, object);
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    return answer.body;
  }

  /** A pod of one container `c`, from the test image, that runs a line of shell (or what the image does by itself). */
  async run(name: string, line?: string, over: Json = {}): Promise<Json> {
    const { container, spec, ...metadata } = over;
    return this.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...metadata },
      spec: { terminationGracePeriodSeconds: 1, containers: [shell(this.bench.target.image, line, container)], ...spec },
    });
  }

  /** Waits until the pod is as wanted and gives it. */
  podUntil(name: string, wanted: (pod: Json) => boolean, seconds = 60): Promise<Json> {
    return until(this.api, `${this.path}/pods`, name, wanted, seconds);
  }

  ready(name: string): Promise<Json> {
    return this.podUntil(name, (pod) => conditionOf(pod, 'Ready')?.status === 'True');
  }

  /** READY, STATUS and RESTARTS as the server prints them. */
  async columns(name: string): Promise<{ ready: string; status: string; restarts: string | number }> {
    const { body } = await this.api.get(this.pod(name), { headers: { accept: TABLE } });
    const [, ready, status, restarts] = body.rows[0].cells;
    return { ready, status, restarts };
  }

  /** The events about an object, the oldest first. */
  async events(name: string): Promise<Json[]> {
    const { body } = await this.api.get(`${this.path}/events`, { query: { fieldSelector: `involvedObject.name=${name}` } });
    return body.items.toSorted((a: Json, b: Json) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
  }

  /** Runs a program in a pod; the protocol is v4 unless said. */
  exec(name: string, command: readonly string[], options: { stdin?: boolean; tty?: boolean; container?: string; protocol?: string } = {}): Promise<Channels> {
    const query: [string, string][] = [
      ...command.map((part): [string, string] => ['command', part]),
      ['stdout', 'true'],
      ...(options.tty ? [['tty', 'true'] as [string, string]] : [['stderr', 'true'] as [string, string]]),
      ...(options.stdin ? [['stdin', 'true'] as [string, string]] : []),
      ...(options.container ? [['container', options.container] as [string, string]] : []),
    ];
    return openChannels(this.bench.target.connection, `${this.pod(name)}/exec`, query, [options.protocol ?? 'v4.channel.k8s.io']);
  }
}

/** Container `c` of an image, with a line of shell as its command. */
export const shell = (image: string, line?: string, over: Json = {}): Json => ({
  name: 'c',
  image,
  ...(line === undefined ? {} : { command: ['sh', '-c', line] }),
  ...over,
});

export const conditionOf = (object: Json, type: string): Json => object.status?.conditions?.find((condition: Json) => condition.type === type);

export const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Asks again and again until there is an answer. */
export async function soon<T>(ask: () => Promise<T | undefined>, seconds = 30): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await wait(100)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error(`not after ${seconds} s: ${ask.toString()}`);
}

/** Watches one object by name until it is as wanted. */
export async function until(api: Api, path: string, name: string, wanted: (object: Json) => boolean, seconds = 60): Promise<Json> {
  let last: Json;
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    for await (const { object } of api.watch(path, { fieldSelector: `metadata.name=${name}` }, { signal })) {
      last = object;
      if (wanted(object)) return object;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  throw new Error(`${name} never became ${wanted.toString()}: ${JSON.stringify(last?.status)}`);
}

/** Reads so many events of a watch on a namespace's resource, or those until it ends. */
export async function readWatch(
  namespace: Namespace,
  resource: string,
  count: number,
  query: Record<string, string | number | boolean>,
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of namespace.api.watch(`${namespace.path}/${resource}`, query, { signal: AbortSignal.timeout(20_000) }))
    if (events.push(event) >= count) break;
  return events;
}

/** The Status of an answer that failed, without what is the same in all of them. */
export function failure({ status, body }: Answer): Json {
  const { kind, apiVersion, metadata: _, status: word, ...rest } = body ?? {};
  return kind === 'Status' && apiVersion === 'v1' && word === 'Failure' && rest.code === status ? rest : { not: 'a failure', status, body };
}
