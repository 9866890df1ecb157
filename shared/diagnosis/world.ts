// Everything a diagnosis may look at, as raw API objects. 'unknown' means: could not be read, so nothing follows from it.
import type { Listener } from '../kubernetes/listeners.ts';
import type { KubeEvent, KubeNode, KubeObject, Pod } from '../kubernetes/objects.ts';

/** Docker's GET /images/json entry, the fields we read. `Id` is `sha256:...`. */
export interface HostImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  /** Unix seconds. */
  readonly Created: number;
  /** Bytes. */
  readonly Size: number;
}

/** One image of a node's own store. `id` is `sha256:...` of the image's config, '' where the source has none. */
export interface NodeImage {
  readonly id: string;
  /** As the source writes them: full names, short names or name@digest. */
  readonly names: readonly string[];
  readonly size: number;
  /** RFC 3339; when it was built, where the source tells. */
  readonly createdAt?: string;
}

export interface NodeImages {
  readonly node: string;
  /** How the list was read; how much a missing name proves depends on it. */
  readonly source: 'shared-docker' | 'crictl' | 'ctr' | 'docker-in-node' | 'minikube-cli' | 'node-status';
  /** false: a name that is not listed may be there all the same (node.status.images at its limit of 50). */
  readonly complete: boolean;
  /** RFC 3339. */
  readonly readAt: string;
  readonly images: readonly NodeImage[];
}

/** Whether the node runs its containers on the Docker that we talk to. Measured by pod labels on containers, never by name. */
export interface NodeStore {
  readonly node: string;
  readonly kind: 'shared-docker' | 'kind' | 'minikube' | 'k3d' | 'generic';
  readonly sharesDocker: 'yes' | 'no' | 'unknown';
  /**
   * How that is known. 'same-images' is likely, not measured (no pod yet): the node lists what Docker has, an image that was built here among
   * them. 'pods-not-in-docker' is measured: containers of its pods run, and this Docker has none of them.
   */
  readonly known: 'pod-uid-on-container' | 'node-container-label' | 'runtime-version' | 'no-docker' | 'no-evidence' | 'same-images' | 'pods-not-in-docker';
}

/** The last pull error seen, kept by the engine: before Kubernetes 1.32 it is gone once the pod says ImagePullBackOff. */
export interface RememberedPullError {
  readonly message: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface World {
  /** RFC 3339 or anything `new Date` takes. */
  readonly now: Date;
  readonly pod: Pod;
  /** From the pod's controller to the root; [] for a bare pod. */
  readonly owners: readonly KubeObject[] | 'unknown';
  /** Events of the pod, any order. */
  readonly events: readonly KubeEvent[] | 'unknown';
  readonly nodes: readonly KubeNode[] | 'unknown';
  readonly stores: readonly NodeStore[] | 'unknown';
  readonly hostImages: readonly HostImage[] | 'unknown';
  /** One entry a node whose images could be read. */
  readonly nodeImages: readonly NodeImages[] | 'unknown';
  /** By container name. */
  readonly memory: Readonly<Record<string, RememberedPullError>>;

  // What follows is read only for a pod that is not well. Absent: nobody asked or it could not be read, so nothing follows from it.

  /** The objects that the pod names, by `Kind/name`, of its own namespace where the kind has one. Of a Secret's data only the keys: each value is ''. */
  readonly related?: Readonly<Record<string, KubeObject | 'missing'>>;
  /**
   * The pull secrets of the pod's namespace, by name: 'missing' where the pod names one that is not there. What is in one is read only as far as
   * its registries: never a user's name, never a password.
   */
  readonly pullSecrets?: Readonly<Record<string, PullSecret | 'missing'>>;
  /** By `Kind/name`: the other namespaces that have an object of that kind and name; only looked for where it is missing. */
  readonly elsewhere?: Readonly<Record<string, readonly string[]>>;
  /** The last lines of containers that crashed or are not ready, by container name; at most 100 lines or 64 KiB. */
  readonly logs?: Readonly<Record<string, LogTail>>;
  /** The pods of all namespaces as far as they are known: what else takes a node's room. */
  readonly otherPods?: readonly Pod[];
  /** Of the pod's namespace. */
  readonly services?: readonly KubeObject[];
  /** Endpoints (core/v1) of the pod's namespace. */
  readonly endpoints?: readonly KubeObject[];
  readonly storageClasses?: readonly KubeObject[];
  readonly limitRanges?: readonly KubeObject[];
  readonly quotas?: readonly KubeObject[];
  /** The ReplicaSets of the root Deployment. */
  readonly revisions?: readonly KubeObject[];
  /** Events of the pod's owners. */
  readonly ownerEvents?: readonly KubeEvent[];
  /** By container name: what its program listens on, as the pod's kernel says (/proc/net/tcp, tcp6). All containers of a pod share one list. */
  readonly listeners?: readonly Listener[];
  /** By container name: how its image is configured, where Docker or the node has it. */
  readonly imageConfigs?: Readonly<Record<string, ImageConfig>>;
  /** Minor version of the server, 20 for v1.20.2. */
  readonly serverMinor?: number;
}

/** A Secret that a pod names as imagePullSecret, or could name. */
export interface PullSecret {
  /** `kubernetes.io/dockerconfigjson`, `kubernetes.io/dockercfg`; another type is of no use to a pull. */
  readonly type: string;
  /** The keys of its `auths` (or of the whole, in a dockercfg), as they are written: `https://index.docker.io/v1/`, `registry:5000`. */
  readonly hosts: readonly string[];
}

export interface LogTail {
  readonly text: string;
  /** Whether it is of the run before the present one. */
  readonly previous: boolean;
}

/** Of Docker's GET /images/{name}/json, the fields we read; absent where an image sets none. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly User?: string;
  readonly Architecture?: string;
}
