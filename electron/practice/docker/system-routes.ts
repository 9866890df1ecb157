// The Engine API's calls about Docker itself. https://docs.docker.com/reference/api/engine/version/v1.47/#tag/System
import { arch, cpus, release, totalmem } from 'node:os';
import { architecture } from '../runtime/image-config.ts';
import { counts } from './container-routes.ts';
import { notBuilt } from './docker-error.ts';
import { apiMinor, dockerVersion } from './docker-host.ts';
import { sendJson } from './docker-route.ts';
import type { Docker } from './docker-parts.ts';
import type { Call, Route } from './docker-route.ts';

/** The oldest Engine API that is answered, as Docker's since 25. */
export const OLDEST_API = 24;

export function systemRoutes(docker: Docker): Route[] {
  const { host, images } = docker;
  const version = dockerVersion(host);
  const apiVersion = `1.${apiMinor(version)}`;

  const ping = ({ request, response }: Call) => {
    response.writeHead(200, {
      'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': 2, 'Cache-Control': 'no-cache, no-store, must-revalidate', Pragma: 'no-cache',
      'Builder-Version': '1', Swarm: 'inactive',
    });
    response.end(request.method === 'HEAD' ? undefined : 'OK');
  };
  const noBuild = () => {
    throw notBuilt('builds no images yet');
  };
  const details = { ApiVersion: apiVersion, Arch: architecture, BuildTime: '', Experimental: 'false', GitCommit: '', GoVersion: '', KernelVersion: release(), MinAPIVersion: `1.${OLDEST_API}`, Os: 'linux' };

  return [
    { method: 'GET', path: /^\/_ping$/, answer: ping },
    { method: 'HEAD', path: /^\/_ping$/, answer: ping },
    {
      method: 'GET',
      path: /^\/version$/,
      answer: ({ response }) => sendJson(response, 200, {
        Platform: { Name: 'Practice Docker' },
        Components: [{ Name: 'Engine', Version: version, Details: details }],
        Version: version, ApiVersion: apiVersion, MinAPIVersion: details.MinAPIVersion, GitCommit: '', GoVersion: '', Os: 'linux', Arch: architecture,
        KernelVersion: details.KernelVersion, BuildTime: '',
      }),
    },
    {
      method: 'GET',
      path: /^\/info$/,
      answer({ response }) {
        const { all, running } = counts(docker);
        sendJson(response, 200, {
          ID: 'practice', Containers: all, ContainersRunning: running, ContainersPaused: 0, ContainersStopped: all - running, Images: images.list().length,
          Driver: 'overlay2', DriverStatus: [], Plugins: { Volume: [], Network: ['bridge'], Authorization: null, Log: ['json-file'] },
          MemoryLimit: true, SwapLimit: true, OomKillDisable: false, Debug: false, SystemTime: host.clock.now().toISOString(), LoggingDriver: 'json-file',
          CgroupDriver: 'systemd', CgroupVersion: '2', KernelVersion: release(), OperatingSystem: 'Practice Docker', OSType: 'linux',
          Architecture: arch() === 'x64' ? 'x86_64' : arch() === 'arm64' ? 'aarch64' : arch(), IndexServerAddress: 'https://index.docker.io/v1/',
          NCPU: cpus().length, MemTotal: totalmem(), DockerRootDir: '/var/lib/docker', Name: 'practice', Labels: [], ExperimentalBuild: false,
          ServerVersion: version, Runtimes: { runc: { path: 'runc' } }, DefaultRuntime: 'runc', Swarm: { LocalNodeState: 'inactive', ControlAvailable: false },
          LiveRestoreEnabled: false, SecurityOptions: [], Warnings: null,
        });
      },
    },
    {
      method: 'GET',
      path: /^\/events$/,
      answer: (call) => docker.events.answer(call),
    },
    { method: 'POST', path: /^\/build$/, answer: noBuild },
    { method: 'POST', path: /^\/build\/prune$/, answer: noBuild },
    { method: 'POST', path: /^\/session$/, answer: noBuild },
    { method: 'POST', path: /^\/commit$/, answer: noBuild },
  ];
}
