// GET /events: what happened to images and containers, as Docker tells it, with the last of them for those who ask for what was before.
// https://docs.docker.com/reference/api/engine/version/v1.47/#tag/System/operation/SystemEvents
import { familiarName } from '../runtime/image-name.ts';
import type { ImageStore } from '../runtime/runtime.ts';
import { listedContainer } from './containers.ts';
import type { DockerContainer, DockerHost } from './docker-host.ts';
import { DockerError } from './docker-error.ts';
import { filtersOf, labelled } from './docker-route.ts';
import type { Call } from './docker-route.ts';

interface DockerEvent {
  readonly status: string;
  readonly id: string;
  readonly from?: string;
  readonly Type: 'image' | 'container';
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: 'local';
  readonly time: number;
  readonly timeNano: number;
}

export interface DockerEvents extends Disposable {
  answer(call: Call): void;
  /** What is done to a container by hand: `exec_start: sh`. */
  container(container: DockerContainer, action: string, attributes?: Readonly<Record<string, string>>): void;
}

/** As Docker's daemon keeps (daemon/events, eventsLimit). */
const KEPT = 256;
/** A client that does not read loses its connection before its events fill the memory. */
const MOST_UNREAD = 4 * 1024 * 1024;
const FILTERS = ['type', 'event', 'container', 'image', 'label', 'daemon', 'scope', 'network', 'volume', 'plugin', 'service', 'node', 'secret', 'config'];

export function watchEvents(images: ImageStore, host: DockerHost): DockerEvents {
  const past: DockerEvent[] = [];
  const listeners = new Set<(event: DockerEvent) => void>();

  function tell(type: DockerEvent['Type'], action: string, id: string, attributes: Readonly<Record<string, string>>): void {
    const now = host.clock.now().getTime();
    const from = type === 'container' ? { from: attributes.image ?? '' } : {};
    const event: DockerEvent = {
      status: action, id, ...from, Type: type, Action: action, Actor: { ID: id, Attributes: attributes }, scope: 'local', time: Math.floor(now / 1000), timeNano: now * 1e6,
    };
    past.push(event);
    if (past.length > KEPT) past.shift();
    for (const listener of [...listeners]) listener(event);
  }
  const container: DockerEvents['container'] = ({ id, image, name, labels }, action, attributes = {}) =>
    tell('container', action, id, { ...attributes, image, name, ...labels });

  const stops = [
    images.onChange(({ action, id, name }) => {
      const familiar = name && familiarName(name);
      // A pull is told of the name; everything else of the ID, and a tag alone says which one.
      if (action === 'pull' && familiar) tell('image', action, familiar, { name: familiar.replace(/[:@][^/]*$/, '') });
      else tell('image', action, id, { name: (action === 'tag' && familiar) || id });
    }),
    host.runtime.onChange((changed, action) => {
      container(listedContainer(changed), action, action === 'die' ? { exitCode: String(changed.exitCode ?? 0) } : {});
    }),
  ];

  return {
    container,
    answer({ query, response, signal }) {
      const filters = filtersOf(query, FILTERS);
      const since = timeOf(query.get('since'), host);
      const until = timeOf(query.get('until'), host);
      const wanted = (event: DockerEvent) =>
        matches(event, filters) && (since === undefined || event.timeNano >= since * 1e6) && (until === undefined || event.timeNano <= until * 1e6);
      const send = (event: DockerEvent) => {
        if (!wanted(event)) return;
        if (response.writableLength > MOST_UNREAD) response.destroy();
        else response.write(`${JSON.stringify(event)}\n`);
      };
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      if (since !== undefined) for (const event of past) send(event);
      const left = until === undefined ? undefined : until - host.clock.now().getTime();
      if (left !== undefined && left <= 0) {
        response.end();
        return;
      }
      listeners.add(send);
      const timer = left === undefined ? undefined : setTimeout(() => response.end(), Math.min(left, 2 ** 31 - 1));
      const stop = () => {
        listeners.delete(send);
        clearTimeout(timer);
      };
      response.once('close', stop);
      if (signal.aborted) stop();
    },
    [Symbol.dispose]() {
      for (const stop of stops) stop();
      listeners.clear();
    },
  };
}

function matches(event: DockerEvent, filters: ReadonlyMap<string, readonly string[]>): boolean {
  const { ID: id, Attributes: attributes } = event.Actor;
  const any = (name: string, holds: (value: string) => boolean) => !filters.has(name) || (filters.get(name)?.length ?? 0) === 0 || filters.get(name)!.some(holds);
  const named = (value: string, name: string | undefined) => id === value || name === value || (value.length >= 3 && id.startsWith(value));
  return any('type', (value) => event.Type === value)
    && any('event', (value) => event.Action === value || event.Action.startsWith(`${value}:`))
    && any('container', (value) => event.Type === 'container' && named(value.replace(/^\//, ''), attributes.name))
    && any('image', (value) => named(value, event.Type === 'image' ? attributes.name : attributes.image) || attributes.image?.split(':')[0] === value)
    && labelled(attributes, filters.get('label'));
}

/** Milliseconds. Seconds since 1970 with a fraction, a time, or a duration back from now, as the API takes them. @throws DockerError 400 */
function timeOf(text: string | null, host: DockerHost): number | undefined {
  if (!text) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const duration = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(text);
  if (duration) return host.clock.now().getTime() - (Number(duration[1] ?? 0) * 3600 + Number(duration[2] ?? 0) * 60 + Number(duration[3] ?? 0)) * 1000;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new DockerError(400, `failed to parse value as time or duration: ${JSON.stringify(text)}`);
  return time;
}
