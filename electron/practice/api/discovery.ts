// What the server has: groups, versions, resources and their verbs, in the old form (one request a version) and the aggregated one.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
import type { Kind } from '../kinds/kind.ts';
import { negotiate, parseAccept } from './negotiate.ts';
import { groupVersion } from './rest.ts';

export interface Answer {
  readonly json: string;
  readonly type: string;
}

const JSON_TYPE = 'application/json';

/** @param address what clients reach it at, `127.0.0.1:6443`. */
export function discovery(kinds: readonly Kind[], minor: number, address: () => string) {
  const all = [...kinds].sort((a, b) => (a.resource < b.resource ? -1 : 1));
  const groups = [...new Set(all.map(({ group }) => group))].filter((group) => group !== '').sort();
  const versionsOf = (group: string) => [...new Set(all.filter((one) => one.group === group).map(({ version }) => version))];
  const of = (group: string, version: string) => all.filter((one) => one.group === group && one.version === version);
  const plain = (object: object): Answer => ({ json: JSON.stringify(object), type: JSON_TYPE });

  /** Subresources of another group's kinds say so. */
  const foreign = (kind: string): { group: string; version: string } | undefined => {
    if (kind === 'Eviction') return { group: 'policy', version: minor >= 22 ? 'v1' : 'v1beta1' };
    if (kind === 'Scale') return { group: 'autoscaling', version: 'v1' };
    return kind === 'TokenRequest' ? { group: 'authentication.k8s.io', version: 'v1' } : undefined;
  };

  const groupOf = (group: string) => {
    const versions = versionsOf(group).map((version) => ({ groupVersion: `${group}/${version}`, version }));
    return { name: group, versions, preferredVersion: versions[0] };
  };

  function resources(group: string, version: string): object[] {
    return of(group, version).flatMap(({ resource, singular, kind, namespaced, verbs, shortNames, categories = [], subresources }) => [
      {
        name: resource,
        // Singular names are told since 1.27.
        singularName: minor >= 27 ? singular : '',
        namespaced,
        kind,
        verbs: [...verbs].sort(),
        ...(shortNames.length > 0 ? { shortNames } : {}),
        ...(categories.length > 0 ? { categories } : {}),
      },
      ...[...subresources]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((sub) => ({
          name: `${resource}/${sub.name}`,
          singularName: '',
          namespaced,
          ...foreign(sub.kind),
          kind: sub.kind,
          verbs: [...sub.verbs].sort(),
        })),
    ]);
  }

  function aggregatedGroup(group: string, apiVersion: string): object {
    return {
      metadata: { ...(group ? { name: group } : {}), ...(apiVersion === 'v2' && minor >= 34 ? {} : { creationTimestamp: null }) },
      versions: versionsOf(group).map((version) => ({
        version,
        resources: of(group, version).map(({ resource, singular, kind, namespaced, verbs, shortNames, categories = [], subresources }) => ({
          resource,
          responseKind: { group, version, kind },
          scope: namespaced ? 'Namespaced' : 'Cluster',
          singularResource: singular,
          verbs: [...verbs].sort(),
          ...(shortNames.length > 0 ? { shortNames } : {}),
          ...(categories.length > 0 ? { categories } : {}),
          ...(subresources.length > 0
            ? {
                subresources: [...subresources]
                  .sort((a, b) => (a.name < b.name ? -1 : 1))
                  .map((sub) => ({
                    subresource: sub.name,
                    responseKind: { ...(foreign(sub.kind) ?? { group, version }), kind: sub.kind },
                    verbs: [...sub.verbs].sort(),
                  })),
              }
            : {}),
        })),
        freshness: 'Current',
      })),
    };
  }

  /** The aggregated form of one of the two lists, when the client prefers one that this version has. */
  function aggregated(accept: string | undefined, names: readonly string[]): Answer | undefined {
    for (const { type, parameters } of parseAccept(accept)) {
      if (type !== JSON_TYPE && type !== '*/*') continue;
      if (parameters.get('as') === undefined) return undefined;
      const version = parameters.get('v') ?? '';
      const known = (version === 'v2' && minor >= 30) || (version === 'v2beta1' && minor >= 27);
      if (parameters.get('g') !== 'apidiscovery.k8s.io' || parameters.get('as') !== 'APIGroupDiscoveryList' || !known) continue;
      const items = names.map((name) => aggregatedGroup(name, version));
      const list = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
      return { json: JSON.stringify(list), type: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList` };
    }
    return undefined;
  }

  return {
    groups,
    groupVersions: [...new Set(all.map((one) => groupVersion(one)))],
    /** @returns nothing for a path that is no discovery. @throws ApiError NotAcceptable */
    answer(path: string, accept: string | undefined): Answer | undefined {
      const [root, first, second, ...rest] = path.split('/').filter((part) => part !== '');
      if (rest.length > 0 || (root !== 'api' && root !== 'apis')) return undefined;
      const core = root === 'api';
      if (first === undefined) {
        const list = aggregated(accept, core ? [''] : groups);
        if (list) return list;
        negotiate(accept);
        if (!core) return plain({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) });
        const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address() }];
        return plain({ kind: 'APIVersions', versions: versionsOf(''), serverAddressByClientCIDRs });
      }
      const [group, version] = core ? ['', first] : [first, second];
      if ((core && second !== undefined) || (!core && !groups.includes(group))) return undefined;
      if (version === undefined) return plain({ kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) });
      if (of(group, version).length === 0) return undefined;
      // The core list has no apiVersion of its own.
      const own = core ? {} : { apiVersion: 'v1' };
      return plain({ kind: 'APIResourceList', ...own, groupVersion: group ? `${group}/${version}` : version, resources: resources(group, version) });
    },
  };
}
