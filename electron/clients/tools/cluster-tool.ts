// What Podlab asks kind and minikube for; each has its own words for it (kind.ts, minikube.ts).

export interface ToolCommand {
  readonly args: readonly string[];
  /** What it reads from standard input. */
  readonly input?: string;
}

export interface NewCluster {
  readonly name: string;
  readonly nodes: number;
  /** `1.34.0`, without a `v`; the tool's own choice when left out. */
  readonly version?: string | undefined;
}

/** A cluster as the tool lists it. */
export interface ListedCluster {
  readonly name: string;
  /** unknown: the tool did not say (kind never does, minikube not in its quick list). */
  readonly state: 'running' | 'stopped' | 'unknown';
  /** The names of its nodes, which are those of their containers where the driver has containers; empty where the tool does not say. */
  readonly nodes: readonly string[];
  /** Whether its nodes are containers of Docker: their state is then Docker's to tell. */
  readonly inDocker: boolean;
}

export interface ClusterToolWords {
  readonly version: ToolCommand;
  readVersion(printed: string): string | undefined;
  /** The clusters, quickly; `full` with the state of those whose nodes are no containers, which takes seconds. */
  list(full: boolean): ToolCommand;
  /** @throws Error when it is not what the tool prints */
  readList(printed: string): ListedCluster[];
  isName(name: string): boolean;
  contextOf(name: string): string;
  create(cluster: NewCluster): ToolCommand;
  remove(name: string): ToolCommand;
  /** Absent where the tool cannot: its nodes' containers are then started and stopped in Docker. */
  start?(name: string): ToolCommand;
  stop?(name: string): ToolCommand;
}
