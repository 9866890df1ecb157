// One object of any kind as YAML, kept true while somebody looks at it.
import type { ObjectName } from '../../../shared/contract/objects.ts';
import type { KubeObject } from '../../../shared/kubernetes/objects.ts';
import { pathOf } from '../../clients/cluster/objects-api.ts';
import { createLiveTable, keepLive } from '../cluster/live-table.ts';
import type { Sessions } from '../cluster/sessions.ts';
import { Failure } from '../../../shared/contract/failures.ts';
import { writeDocument } from '../kube-yaml.ts';
import { withoutNoise } from './without-noise.ts';

export type WatchedObject = { type: 'object'; yaml: string; uid: string; resourceVersion: string } | { type: 'gone' };

/** @throws Failure KIND_UNKNOWN, NOT_ALLOWED */
export async function* watchObject(
  sessions: Sessions, { context, whole = false, ...ref }: ObjectName & { readonly context: string; readonly whole?: boolean | undefined }, signal: AbortSignal,
): AsyncGenerator<WatchedObject, void, void> {
  using held = sessions.hold(context);
  const client = await held.session.client(signal);
  const { name, ...kind } = ref;
  const table = createLiveTable<KubeObject>();
  // Another connection, where the kubeconfig changed: the screen begins anew when this one ends.
  const until = AbortSignal.any([signal, client.closed]);
  keepLive(table, { connection: client, path: await pathOf(client, kind), fieldSelector: `metadata.name=${name}`, keepManagedFields: true, signal: until });
  let sent = '';
  for await (const { items, connection } of table.watch(until)) {
    if (connection.state === 'forbidden' && connection.cause) throw Failure.ofData(connection.cause);
    if (items === 'unknown') continue;
    const [live] = items.values();
    // A list's items do not say what they are.
    const object = live && { ...live, apiVersion: ref.apiVersion, kind: ref.kind };
    const next: WatchedObject = object
      ? { type: 'object', yaml: yamlOf(object, whole), uid: object.metadata.uid ?? '', resourceVersion: object.metadata.resourceVersion ?? '' }
      : { type: 'gone' };
    // A status that changes is no news to who looks at the rest.
    const key = next.type === 'gone' ? '' : `${next.uid} ${next.yaml}`;
    if (key !== sent || next.type === 'gone') yield next;
    sent = key;
  }
}

/** The order of keys is the object's own; `whole` leaves nothing out. */
function yamlOf(object: KubeObject, whole: boolean): string {
  const { apiVersion, kind, metadata, ...rest } = object;
  return writeDocument(whole ? { apiVersion, kind, metadata, ...rest } : withoutNoise(object));
}
