// On which clusters that are not on this computer a person allowed changes. Kept in memory: until Podlab ends, and not longer.

export interface Permissions {
  /** @param cluster which cluster the context leads to (`clusterOf`): what was allowed on one never holds for another. */
  has(context: string, cluster: string): boolean;
  set(context: string, cluster: string, allowed: boolean): void;
}

export function openPermissions(): Permissions {
  const allowed = new Set<string>();
  const key = (context: string, cluster: string) => JSON.stringify([context, cluster]);
  return {
    has: (context, cluster) => cluster !== '' && allowed.has(key(context, cluster)),
    set(context, cluster, allow) {
      if (allow && cluster !== '') allowed.add(key(context, cluster));
      else allowed.delete(key(context, cluster));
    },
  };
}
