// Cluster DNS and kube-proxy in one: what a Service's name and address lead to, read from the store at each question.
import type { Endpoints, EndpointSubset } from './kinds/endpoints.ts';
import type { Service } from './objects.ts';
import type { ServiceLookup } from './runtime/create-runtime.ts';
import type { Store } from './store/store.ts';

/** @param domain of the cluster; kubeadm's and kind's default. */
export function serviceLookup(store: Store, domain = 'cluster.local'): ServiceLookup {
  /** Where the next connection to a Service goes: its endpoints in turn. */
  const turns = new Map<string, number>();

  return {
    // The search list of a pod's resolv.conf: its namespace, svc, the domain (kubelet, pkg/kubelet/network/dns).
    resolve(host, namespace) {
      const plain = host.replace(/\.$/, '').replace(new RegExp(`\\.svc(\\.${domain.replaceAll('.', '\\.')})?$`), '');
      const [name = '', space = namespace, ...rest] = plain.split('.');
      if (rest.length > 0) return undefined;
      const service = store.get('services', space, name) as Service | undefined;
      const ip = service?.spec.clusterIP;
      if (!service || !ip) return undefined;
      // A headless Service's name is that of its endpoints.
      return ip === 'None' ? addresses(endpointsOf(store, space, name))[0] : ip;
    },
    route(ip, port) {
      const service = (store.list('services', '') as Service[]).find(({ spec }) => spec.clusterIP === ip);
      const { name = '', namespace = '' } = service?.metadata ?? {};
      const asked = service?.spec.ports?.find((candidate) => candidate.port === port);
      if (!service || !asked) return undefined;
      const targets = endpointsOf(store, namespace, name).flatMap((subset) => {
        const target = subset.ports?.find((candidate) => (candidate.name ?? '') === (asked.name ?? ''));
        return target ? (subset.addresses ?? []).map((address) => ({ ip: address.ip, port: target.port })) : [];
      });
      if (targets.length === 0) return 'refused';
      const turn = turns.get(`${ip}:${port}`) ?? 0;
      turns.set(`${ip}:${port}`, turn + 1);
      return targets[turn % targets.length];
    },
  };
}

function endpointsOf(store: Store, namespace: string, name: string): readonly EndpointSubset[] {
  const found: Endpoints | undefined = store.get('endpoints', namespace, name);
  return found?.subsets ?? [];
}

const addresses = (subsets: readonly EndpointSubset[]): string[] => subsets.flatMap((subset) => (subset.addresses ?? []).map(({ ip }) => ip));
