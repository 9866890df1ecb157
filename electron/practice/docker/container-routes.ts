// The Engine API's calls about containers. They are made by the kubelet alone: here they are listed, read, and may be stopped.
// https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Container
import type { LogEntry } from '../runtime/runtime.ts';
import { writeTo } from '../streams/flow.ts';
import { containerDetails, containerSummary, statusText } from './container-json.ts';
import { dockerContainers, findContainer } from './containers.ts';
import { DockerError, notBuilt } from './docker-error.ts';
import type { DockerContainer } from './docker-host.ts';
import { filtersOf, isTrue, labelled, sendJson } from './docker-route.ts';
import type { Docker } from './docker-parts.ts';
import type { Call, Route } from './docker-route.ts';

const FILTERS = ['ancestor', 'before', 'exited', 'expose', 'health', 'id', 'is-task', 'isolation', 'label', 'name', 'network', 'publish', 'since', 'status', 'volume'];
const STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

export function containerRoutes(docker: Docker): Route[] {
  const { host, events } = docker;
  const refuse = () => {
    throw notBuilt('makes no containers of its own: its containers are those of the practice clusters\' pods');
  };
  return [
    { method: 'GET', path: /^\/containers\/json$/, answer: ({ query, response }) => sendJson(response, 200, listed(docker, query)) },
    { method: 'GET', path: /^\/containers\/([^/]+)\/json$/, answer: ({ names: [name = ''], response }) => sendJson(response, 200, containerDetails(findContainer(host, name))) },
    {
      method: 'GET',
      path: /^\/containers\/([^/]+)\/top$/,
      answer({ names: [name = ''], response }) {
        const { id, state, argv, startedAt } = findContainer(host, name);
        if (state !== 'running') throw new DockerError(409, `container ${id} is not running`);
        const started = (startedAt ?? host.clock.now()).toISOString().slice(11, 16);
        sendJson(response, 200, {
          Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
          Processes: [['root', String(1000 + (Number.parseInt(id.slice(0, 4), 16) % 30_000)), '1', '0', started, '?', '00:00:00', argv.join(' ')]],
        });
      },
    },
    { method: 'GET', path: /^\/containers\/([^/]+)\/logs$/, answer: (call) => logs(findContainer(host, call.names[0] ?? ''), call) },
    {
      method: 'POST',
      path: /^\/containers\/([^/]+)\/(stop|kill)$/,
      async answer({ names: [name = '', how = ''], query, response }) {
        const container = findContainer(host, name);
        if (!container.stop) throw notBuilt(`does not stop ${container.name}`);
        if (container.state !== 'running') {
          if (how === 'kill') throw new DockerError(409, `cannot kill container: ${name}: container ${container.id} is not running`);
          response.writeHead(304).end();
          return;
        }
        events.container(container, 'kill', { signal: how === 'kill' ? '9' : '15' });
        await container.stop(how === 'kill' ? 0 : Math.max(0, Number(query.get('t') ?? 10)) * 1000);
        if (how === 'stop') events.container(container, 'stop');
        response.writeHead(204).end();
      },
    },
    { method: 'POST', path: /^\/containers\/create$/, answer: refuse },
    { method: 'POST', path: /^\/containers\/(?:[^/]+)\/(?:start|restart|rename|pause|unpause|update|attach|wait)$/, answer: refuse },
    { method: 'POST', path: /^\/containers\/prune$/, answer: refuse },
    { method: 'DELETE', path: /^\/containers\/[^/]+$/, answer: refuse },
    { method: 'GET', path: /^\/containers\/[^/]+\/(?:archive|export|stats)$/, answer: refuse },
    { method: 'PUT', path: /^\/containers\/[^/]+\/archive$/, answer: refuse },
  ];
}

function listed({ host }: Docker, query: URLSearchParams): object[] {
  const filters = filtersOf(query, FILTERS);
  for (const status of filters.get('status') ?? []) if (!STATES.includes(status)) throw new DockerError(400, `invalid filter 'status=${status}'`);
  const any = (name: string, holds: (value: string) => boolean) => !filters.has(name) || filters.get(name)!.length === 0 || filters.get(name)!.some(holds);
  const all = isTrue(query, 'all') || filters.has('status') || filters.has('exited');
  const matching = dockerContainers(host).filter((container) =>
    (all || container.state === 'running')
    && labelled(container.labels, filters.get('label'))
    && any('status', (value) => container.state === value)
    && any('id', (value) => container.id.startsWith(value))
    && any('name', (value) => pattern(value).test(container.name) || pattern(value).test(`/${container.name}`))
    && any('exited', (value) => container.state === 'exited' && container.exitCode === Number(value))
    && any('ancestor', (value) => container.image === value || container.imageId === value || container.image.startsWith(`${value}:`))
    && any('network', (value) => container.network === value));
  const limit = Number(query.get('limit') ?? 0);
  return (limit > 0 ? matching.slice(0, limit) : matching).map((container) => containerSummary(container, host.clock.now()));
}

/** Docker takes names as regular expressions. */
function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new DockerError(400, `error parsing regexp: ${text}`);
  }
}

async function logs(container: DockerContainer, { query, response, signal }: Call): Promise<void> {
  const wanted = { stdout: isTrue(query, 'stdout'), stderr: isTrue(query, 'stderr') };
  if (!wanted.stdout && !wanted.stderr) throw new DockerError(400, 'Bad parameters: you must choose at least one stream');
  const since = Number(query.get('since') ?? 0) * 1000;
  const timestamps = isTrue(query, 'timestamps');
  const fits = (entry: LogEntry) => wanted[entry.stream] && entry.time.getTime() >= since;
  response.writeHead(200, { 'Content-Type': `application/vnd.docker.${container.tty ? 'raw' : 'multiplexed'}-stream` });
  response.flushHeaders();
  if (container.log) {
    const tail = query.get('tail');
    let skip = tail && tail !== 'all' ? Math.max(0, container.log.entries.filter(fits).length - Number(tail)) : 0;
    for await (const entry of container.log.read({ follow: isTrue(query, 'follow') }, signal)) {
      if (!fits(entry) || skip-- > 0) continue;
      const line = Buffer.concat([Buffer.from(timestamps ? `${entry.time.toISOString().replace('Z', '000000Z')} ` : ''), entry.text, Buffer.from('\n')]);
      const header = Buffer.alloc(container.tty ? 0 : 8);
      if (!container.tty) {
        header[0] = entry.stream === 'stdout' ? 1 : 2;
        header.writeUInt32BE(line.length, 4);
      }
      if (!(await writeTo(response, Buffer.concat([header, line])))) return;
    }
  }
  response.end();
}

/** For `docker info`. */
export function counts({ host }: Docker): { all: number; running: number } {
  const containers = dockerContainers(host);
  return { all: containers.length, running: containers.filter((container) => statusText(container, host.clock.now()).startsWith('Up')).length };
}
