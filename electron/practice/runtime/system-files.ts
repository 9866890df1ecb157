// Files that runtime and kubelet put into each container.
import type { Network } from './network.ts';
import type { ContainerConfig, Sandbox } from './runtime.ts';

export function systemFiles({ hostname, ip, pod }: Sandbox, { memoryLimit }: ContainerConfig, network: Network): Map<string, string | (() => string)> {
  return new Map<string, string | (() => string)>([
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
    ['/proc/net/tcp', () => socketTable(network.listening(ip))],
    ['/proc/net/tcp6', `${tableHead(32)}\n`],
  ]);
}

/** https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt: addresses as a little-endian machine writes them, state 0A is LISTEN. */
function socketTable(listening: ReturnType<Network['listening']>): string {
  const rows = listening.map(({ port, loopback }, at) => {
    const local = `${loopback ? '0100007F' : '00000000'}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    return `${String(at).padStart(4)}: ${local} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${20_000 + at} 1 0000000000000000 100 0 0 10 0`.padEnd(149);
  });
  return [tableHead(8), ...rows, ''].join('\n');
}

/** @param digits of an address */
const tableHead = (digits: number) =>
  `  sl  local_address${' '.repeat(digits - 8)} ${digits === 8 ? 'rem_address  ' : `remote_address${' '.repeat(digits - 8)}`} st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode`;
