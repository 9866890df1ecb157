// What the kubelet and the practice Docker see of images and containers. Containers are not processes of the host: each is a program of the
// catalogue, or the small shell, that runs inside this process; what it listens on is reached through `connect` alone.
import type { Duplex, Readable, Writable } from 'node:stream';

/** The part of an OCI image's config that is read here, under its own names (image-spec, config.md). */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface Layer {
  /** sha256:... of the uncompressed tar. */
  readonly diffId: string;
  /** Bytes that lists show for it. */
  readonly size: number;
  readonly createdBy: string;
  /** Its tar, from the beginning, as often as it is asked for. */
  content(): Readable;
}

export interface Image {
  /** sha256:... of `configJson`. */
  readonly id: string;
  /** The image's config, byte for byte (image-spec, config.md): what makes the ID, so that save and load keep it. */
  readonly configJson: Buffer;
  readonly architecture: string;
  readonly os: string;
  /** RFC 3339. */
  readonly created: string;
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
  readonly size: number;
}

export interface StoredImage {
  readonly image: Image;
  /** In full: `docker.io/library/spring-server:latest`. Empty for a dangling one. */
  readonly names: readonly string[];
  /** `docker.io/library/nginx@sha256:...`: only what came from a registry has one. */
  readonly digests: readonly string[];
}

export interface ImageEvent {
  /** As Docker's events name it. */
  readonly action: 'tag' | 'untag' | 'delete' | 'load' | 'pull';
  readonly id: string;
  readonly name?: string;
}

/** One place where images are: Docker's, or a node's own. */
export interface ImageStore {
  list(): readonly StoredImage[];
  /** By a name in any form, name@digest, an ID or the beginning of one (12 characters or more). */
  find(reference: string): StoredImage | undefined;
  /** Puts an image there under these names, which another image loses. */
  add(image: Image, names: readonly string[], action: 'load' | 'pull' | 'tag', digests?: readonly string[]): void;
  /** Takes one name away; with the last name goes the image. */
  untag(name: string): void;
  /** Takes the image with all its names. */
  remove(id: string): void;
  /** A `docker save` archive: manifest.json, the configs and the layers, as the OCI layout of Docker 25 has them beside. */
  save(references: readonly string[]): Readable;
  /** Takes in an archive and gives the names (or IDs) that came. Rejects with the runtime's own words for what is no archive. */
  load(archive: Readable): Promise<readonly string[]>;
  onChange(listener: (event: ImageEvent) => void): () => void;
}

export type RegistryMode = 'has' | 'not-found' | 'denied' | 'rate-limit' | 'unreachable';

export interface LogEntry {
  readonly time: Date;
  readonly stream: 'stdout' | 'stderr';
  /** One line without its end; `partial` when the program has not ended it. */
  readonly text: Buffer;
  readonly partial?: boolean;
}

/** What a container wrote, the oldest lines forgotten first beyond a fixed number of bytes. */
export interface ContainerLog {
  /** Every entry that is kept, in order; with `follow` also what comes, until the container has ended or the signal aborts. */
  read(options: { follow: boolean }, signal: AbortSignal): AsyncGenerator<LogEntry>;
  readonly entries: readonly LogEntry[];
}

/** A program that runs: a container's own, or one started by exec. */
export interface Execution {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** With a terminal everything is in stdout, and this one is empty. */
  readonly stderr: Readable;
  resize(columns: number, rows: number): void;
  kill(): void;
  /** 128 + signal for a killed one. */
  readonly exit: Promise<number>;
}

export interface ExecOptions {
  readonly tty: boolean;
  /** Without it the program reads the end of its input at once. */
  readonly stdin: boolean;
  readonly env?: readonly string[];
  readonly workingDir?: string;
}

export interface PodIdentity {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
}

export interface Sandbox {
  /** 64 hex. */
  readonly id: string;
  readonly pod: PodIdentity;
  readonly ip: string;
  readonly hostname: string;
  readonly createdAt: Date;
}

export interface ContainerConfig {
  readonly name: string;
  /** How often it was started before in this pod. */
  readonly attempt: number;
  /** The ID of an image in the store. */
  readonly image: string;
  /** In place of the image's entrypoint; then the image's Cmd does not count either (Kubernetes, "Define a command"). */
  readonly command?: readonly string[];
  /** In place of the image's Cmd. */
  readonly args?: readonly string[];
  /** NAME=value, over the image's own. */
  readonly env: readonly string[];
  readonly workingDir?: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  /** Bytes; a program that takes more is killed with 137, OOMKilled. */
  readonly memoryLimit?: number;
  /** By absolute path: what volumes put there. */
  readonly files?: ReadonlyMap<string, string>;
}

export interface RuntimeContainer {
  /** 64 hex. */
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly config: ContainerConfig;
  readonly image: Image;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  readonly exitCode: number | undefined;
  /** Completed, Error, OOMKilled, ContainerCannotRun (docker) or StartError (containerd). */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly log: ContainerLog;
  /** What the program wrote to /dev/termination-log. */
  readonly terminationMessage: string;
  /** Rejects with the runtime's words when the program does not exist (RunContainerError); the container is then `exited`. */
  start(): Promise<void>;
  /** SIGTERM, and SIGKILL after the grace; resolves once it has ended. */
  stop(graceMilliseconds: number): Promise<void>;
  remove(): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Rejects with the runtime's words when it does not run or the program does not exist. */
  exec(argv: readonly string[], options: ExecOptions): Promise<Execution>;
  /** The streams of its own program; output from now on. `stdin` reaches it only when its config has stdin. */
  attach(): Execution;
}

export interface Runtime {
  readonly kind: 'docker' | 'containerd';
  /** As the node says it: docker://27.3.1, containerd://2.1.4. */
  readonly version: string;
  readonly images: ImageStore;
  /** How a container's image is told in status: [image, imageID]. */
  imageStatus(image: Image): { image: string; imageID: string };
  /** Rejects with the runtime's own words (diagnosis 2.8): what the kubelet puts behind `Failed to pull image "X": `. */
  pull(reference: string): Promise<{ image: Image; bytes: number }>;
  runSandbox(pod: PodIdentity, hostname: string): Sandbox;
  removeSandbox(id: string): void;
  /** Rejects with the runtime's words (CreateContainerError). */
  createContainer(sandbox: Sandbox, config: ContainerConfig): Promise<RuntimeContainer>;
  containers(): readonly RuntimeContainer[];
  container(id: string): RuntimeContainer | undefined;
  onChange(listener: (container: RuntimeContainer, action: 'create' | 'start' | 'die' | 'destroy') => void): () => void;
  /**
   * A connection to a port of a pod. `inside`: from the pod's own network, where 127.0.0.1 counts (port-forward, exec, probes by exec);
   * `outside`: by its IP (probes, Services, the API server's proxy). Rejects with code ECONNREFUSED or EHOSTUNREACH.
   */
  connect(ip: string, port: number, from: 'inside' | 'outside'): Promise<Duplex>;
}
