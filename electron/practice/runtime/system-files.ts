// Files that runtime and kubelet put into each container.
import type { ContainerConfig, Sandbox } from './runtime.ts';

export function systemFiles({ hostname, ip, pod }: Sandbox, { memoryLimit }: ContainerConfig): Map<string, string> {
  return new Map([
    ['/etc/hostname', `${hostname}\n`],
    // pkg/kubelet/kubelet_pods.go, managedHostsFileContent
    [
      '/etc/hosts',
      '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n' +
        `fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${ip}\t${hostname}\n`,
    ],
    [
      '/etc/resolv.conf',
      `nameserver 10.96.0.10\nsearch ${pod.namespace}.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n`,
    ],
    ['/dev/termination-log', ''],
    ['/sys/fs/cgroup/memory.max', `${memoryLimit === undefined ? 'max' : String(memoryLimit)}\n`],
  ]);
}
