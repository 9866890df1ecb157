// A container in the shapes of the Engine API: ContainerSummary and ContainerInspect, as far as `docker ps` and `docker inspect` show it.
import type { DockerContainer } from './docker-host.ts';

/** `Up 5 minutes`, `Exited (1) 3 seconds ago` (moby, container/state.go). */
export function statusText({ state, startedAt, finishedAt, exitCode }: DockerContainer, now: Date): string {
  if (state === 'created') return 'Created';
  if (state === 'running') return `Up ${duration(now.getTime() - (startedAt ?? now).getTime())}`;
  return `Exited (${exitCode}) ${duration(now.getTime() - (finishedAt ?? now).getTime())} ago`;
}

/** docker/go-units, HumanDuration. */
function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(milliseconds / 3_600_000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 14) return `${days} days`;
  if (hours < 24 * 60) return `${Math.floor(days / 7)} weeks`;
  return hours < 24 * 365 * 2 ? `${Math.floor(days / 30)} months` : `${Math.floor(days / 365)} years`;
}

function networks({ network, address, id }: DockerContainer): object {
  if (network.startsWith('container:')) return {};
  const endpoint = { IPAMConfig: null, Links: null, Aliases: null, NetworkID: '', EndpointID: id, Gateway: address.replace(/\d+$/, '1'), IPAddress: address, IPPrefixLen: 16, MacAddress: '' };
  return { [network]: { ...endpoint, IPv6Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0, DriverOpts: null } };
}

const portList = ({ ports }: DockerContainer) =>
  Object.entries(ports).map(([port, here]) => ({ IP: '127.0.0.1', PrivatePort: Number.parseInt(port, 10), PublicPort: here, Type: port.split('/')[1] ?? 'tcp' }));

export function containerSummary(container: DockerContainer, now: Date): object {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: container.image,
    ImageID: container.imageId,
    Command: container.argv.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", `'"'"'`)}'`)).join(' '),
    Created: Math.floor(container.createdAt.getTime() / 1000),
    Ports: portList(container),
    Labels: container.labels,
    State: container.state,
    Status: statusText(container, now),
    HostConfig: { NetworkMode: container.network },
    NetworkSettings: { Networks: networks(container) },
    Mounts: [],
  };
}

const NEVER = '0001-01-01T00:00:00Z';

export function containerDetails(container: DockerContainer): object {
  const { id, argv: [path = '', ...args], state, address, network, ports } = container;
  const folder = `/var/lib/docker/containers/${id}`;
  const published = Object.fromEntries(Object.entries(ports).map(([port, here]) => [port, [{ HostIp: '127.0.0.1', HostPort: String(here) }]]));
  return {
    Id: id,
    Created: container.createdAt.toISOString(),
    Path: path,
    Args: args,
    State: {
      Status: state, Running: state === 'running', Paused: false, Restarting: false, OOMKilled: container.oomKilled, Dead: false,
      Pid: state === 'running' ? 1000 + (Number.parseInt(id.slice(0, 4), 16) % 30_000) : 0,
      ExitCode: container.exitCode, Error: container.error,
      StartedAt: container.startedAt?.toISOString() ?? NEVER, FinishedAt: container.finishedAt?.toISOString() ?? NEVER,
    },
    Image: container.imageId,
    ResolvConfPath: `${folder}/resolv.conf`, HostnamePath: `${folder}/hostname`, HostsPath: `${folder}/hosts`, LogPath: `${folder}/${id}-json.log`,
    Name: `/${container.name}`,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '', ProcessLabel: '', AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: {
      Binds: null, NetworkMode: network, PortBindings: published, RestartPolicy: { Name: 'no', MaximumRetryCount: 0 }, AutoRemove: false,
      Privileged: container.privileged, LogConfig: { Type: 'json-file', Config: {} }, Runtime: 'runc', Memory: 0, NanoCpus: 0,
    },
    GraphDriver: { Data: null, Name: 'overlay2' },
    Mounts: [],
    Config: {
      Hostname: container.hostname, Domainname: '', User: '', AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: container.tty,
      OpenStdin: false, StdinOnce: false, Env: container.env, Cmd: args, Image: container.image, Volumes: null, WorkingDir: container.workingDir,
      Entrypoint: path ? [path] : null, OnBuild: null, Labels: container.labels,
      ...(Object.keys(ports).length > 0 ? { ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])) } : {}),
    },
    NetworkSettings: { Bridge: '', SandboxID: '', Ports: published, SandboxKey: '', IPAddress: network === 'bridge' ? address : '', Networks: networks(container) },
  };
}
