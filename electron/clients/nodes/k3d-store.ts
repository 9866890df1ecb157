// The containerd inside a k3d node. k3s brings its own containerd, ctr and crictl (all of them the program k3s) and keeps them in places of its own:
// https://github.com/k3s-io/k3s/blob/master/pkg/agent/containerd/config.go, package/Dockerfile. There is no k3d to try it on where nothing can be
// pulled: the same store is tried in a node whose containerd was put into these places (remove.cluster.test.ts).
import { containerdStore } from './containerd-store.ts';
import type { NodeContainer } from './node-commands.ts';
import type { NodeImageStore } from './node-image-store.ts';

const AGENT = '/var/lib/rancher/k3s/agent';
/** Read by ctr, by crictl, and by the scripts of containerdStore. k3s's own ctr and crictl take the same places without being told. */
export const K3S_PLACES: Readonly<Record<string, string>> = {
  CONTAINERD_ADDRESS: '/run/k3s/containerd/containerd.sock',
  CONTAINER_RUNTIME_ENDPOINT: 'unix:///run/k3s/containerd/containerd.sock',
  CONTAINERD_CONFIG: `${AGENT}/etc/containerd/config.toml`,
  CONTAINERD_ROOT: `${AGENT}/containerd`,
};

/** The store of a k3d node's container. */
export const k3dStore = (from: NodeContainer): NodeImageStore => containerdStore({ ...from, environment: K3S_PLACES });
