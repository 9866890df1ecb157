// The conformance suite: one list of what a Kubernetes cluster does, run unchanged against the real test clusters and against the practice
// cluster. Where they differ, the practice cluster is wrong. What differs by Kubernetes' version is written down as such, by minor version.
//
// Out of scope: the controllers that own pods (Deployments, Jobs, ...) and their kinds, builds of images, SPDY, volumes other than configMap,
// secret, emptyDir and the service account's, RBAC and every admission plugin but the default ones, network policies and Services' IPs (the
// real test clusters have no kube-proxy), DNS, several nodes, preemption, eviction under pressure, resource limits as the kernel sees them,
// ephemeral containers, custom resources, webhooks, metrics, and times: only their order is looked at.
import { afterAll, beforeAll, describe } from 'vitest';
import { Bench } from './bench.ts';
import type { Target } from './target.ts';
import { access } from './suite/access.ts';
import { badRequests } from './suite/bad-requests.ts';
import { compaction } from './suite/compaction.ts';
import { deletion } from './suite/deletion.ts';
import { lists } from './suite/lists.ts';
import { logs } from './suite/logs.ts';
import { patches } from './suite/patches.ts';
import { podsLife } from './suite/pods-life.ts';
import { serverSideApply } from './suite/server-side-apply.ts';
import { services } from './suite/services.ts';
import { streams } from './suite/streams.ts';
import { tables } from './suite/tables.ts';
import { verdicts } from './suite/verdicts.ts';
import { watches } from './suite/watch.ts';

/** @param open gives the cluster, and what to do when the suite is through */
export function conformance(name: string, open: () => Promise<Target & Partial<AsyncDisposable>>): void {
  describe(`on ${name}`, { timeout: 90_000 }, () => {
    let bench: Bench;
    let target: Target & Partial<AsyncDisposable>;
    beforeAll(async () => {
      target = await open();
      bench = new Bench(target);
    }, 90_000);
    afterAll(async () => {
      bench?.api.close();
      await target?.[Symbol.asyncDispose]?.();
    });
    const getBench = () => bench;
    access(getBench);
    badRequests(getBench);
    tables(getBench);
    watches(getBench);
    lists(getBench);
    patches(getBench);
    serverSideApply(getBench);
    compaction(getBench);
    streams(getBench);
    services(getBench);
    logs(getBench);
    deletion(getBench);
    verdicts(getBench);
    podsLife(getBench);
  });
}
