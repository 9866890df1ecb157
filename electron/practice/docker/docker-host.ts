// What the practice Docker shows beside its images: the containers of the node that shares them, and the containers that are nodes.
import type { Clock } from '../clock.ts';
import type { ContainerLog, ExecOptions, Execution, Runtime } from '../runtime/runtime.ts';

/** A container as Docker sees it, whatever made it. */
export interface DockerContainer {
  /** 64 hex. */
  readonly id: string;
  /** Without the slash. */
  readonly name: string;
  /** As it was asked for: a name, or the ID that the kubelet gives. */
  readonly image: string;
  readonly imageId: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly hostname: string;
  readonly tty: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly error: string;
  /** `bridge`, `kind`, or `container:ID` of the one whose network it shares. */
  readonly network: string;
  /** '' without an address of its own. */
  readonly address: string;
  /** By `6443/tcp`: ports of this computer. */
  readonly ports: Readonly<Record<string, number>>;
  readonly privileged: boolean;
  /** Rejects with the runtime's words. */
  exec(argv: readonly string[], options: ExecOptions): Promise<Execution>;
  readonly log: ContainerLog | undefined;
  /** Undefined for what may not be stopped by hand. */
  readonly stop: ((graceMilliseconds: number) => Promise<void>) | undefined;
}

export interface DockerHost {
  readonly clock: Clock;
  /** Of the node that shares Docker's images: its version is Docker's version, its containers are Docker's containers. */
  readonly runtime: Runtime;
  /** The containers that are nodes of other clusters. */
  readonly nodes: readonly DockerContainer[];
}

/** `27.3.1` of `docker://27.3.1`. */
export const dockerVersion = ({ runtime }: DockerHost): string => runtime.version.replace(/^docker:\/\//, '');

/** The minor of the newest Engine API that a Docker speaks (https://docs.docker.com/reference/api/engine/#api-version-matrix). */
export function apiMinor(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major < 23) return 41;
  const first: Readonly<Record<number, number>> = { 23: 42, 24: 43, 25: 44, 26: 45, 27: 46, 28: 48 };
  const api = first[major] ?? 52;
  if (major === 27) return minor >= 2 ? 47 : 46;
  return major === 28 ? Math.min(api + (minor >= 3 ? 3 : minor), 51) : api;
}
