// Applies a text with one or many objects. All are tried first; nothing is written where one is refused, and what was written before a later
// refusal is taken back.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../shared/contract/failures.ts';
import type { Applied, Problem } from '../../../shared/contract/objects.ts';
import type { KubeObject, Pod } from '../../../shared/kubernetes/objects.ts';
import { failureOf } from '../../clients/cluster/api-error.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { forgetDiscovery } from '../../clients/cluster/discovery.ts';
import type { Teller } from '../activity/activity.ts';
import { takeAllBack as takeEachBack } from '../activity/take-all-back.ts';
import type { WayBack } from '../activity/way-back.ts';
import type { SessionAction } from '../cluster/session-action.ts';
import { replacePod } from '../pods/replace.ts';
import { inspectOptions } from './check.ts';
import { applyLines, replaceLine } from './commands.ts';
import type { ManifestDocument } from './documents.ts';
import { inspect, type Inspected, type InspectOptions } from './inspect.ts';
import { writeObject, type Written } from './write.ts';
import type { ChangeParts } from '../cluster/change-parts.ts';

export interface ApplyInput {
  readonly context: string;
  readonly namespace: string;
  readonly fileName?: string | undefined;
  readonly takeOver?: boolean | undefined;
  readonly replace?: boolean | undefined;
  readonly base?: string | undefined;
}

/** A namespace that was just made has no service account yet, and a definition no kind: both come within seconds. */
const COMES_MS = 15_000;
const AGAIN_MS = 250;

/**
 * @param documents at least one
 * @throws Failure CHANGES_LOCKED and the text's own problems at once; when it runs those of `inspect`, OBJECT_CONFLICT, APPLY_PARTLY, those of replacePod
 */
export function applyAction(parts: ChangeParts, input: ApplyInput, documents: readonly ManifestDocument[], baseObject: KubeObject | undefined): SessionAction<{ objects: Applied[] }> {
  const { session } = parts;
  session.requireChanges();
  const wrong = documents.flatMap(({ problems }) => problems)[0];
  if (wrong) throw Failure.ofData(wrong);
  const [first] = documents;
  const { kind = '', name = '', apiVersion } = first?.name ?? {};
  const isPod = documents.length === 1 && kind === 'Pod' && apiVersion === 'v1';
  return {
    title: { key: 'activity.apply', params: { count: documents.length, kind, name } },
    commands: applyLines(input, documents),
    ...(isPod ? { subject: { context: session.context, namespace: first?.name?.namespace ?? input.namespace, pod: name } } : {}),
    endsWithCaller: false,
    async run(tell) {
      const client = await session.client();
      const options: InspectOptions = { ...inspectOptions(documents, input, baseObject), takeOver: input.takeOver === true };
      tell.step('step.check-objects', { count: documents.length });
      const tried = inWritingOrder(await Promise.all(documents.map((document) => inspect(client, document, options))));
      for (const each of tried) refuse(each, input);

      const written: Written[] = [];
      try {
        const waiting = tried.filter(({ waits }) => waits);
        for (const each of tried.filter(isNeeded)) written.push(await write(client, each));
        const ready = waiting.length === 0 ? [] : await whenThere(client, waiting, options, tell);
        for (const each of ready) refuse(each, input);
        for (const each of tried.filter((one) => !isNeeded(one))) {
          written.push(await write(client, ready.find(({ document }) => document === each.document) ?? each));
        }
      } catch (error) {
        await takeAllBack(parts, written, tell, error);
        throw error;
      }
      return { result: { objects: written.map(({ applied }) => applied) }, ways: written.flatMap(({ ways }) => ways).toReversed() };

      async function write(connection: ClusterConnection, each: Inspected): Promise<Written> {
        const { object, before } = each;
        if (!each.replaceable) return writeObject(connection, each, options, tell);
        const { namespace = '', name: pod } = each.name!;
        tell.command(replaceLine(input, pod));
        const ref = { context: session.context, namespace, name: pod, uid: before!.metadata.uid ?? '' };
        const { created, old, file } = await replacePod(parts, { ref, make: () => object as Pod }, tell);
        return {
          applied: { object: each.name!, uid: created.uid, outcome: 'replaced' },
          ways: [{ type: 'replace-pod', namespace, name: pod, uid: created.uid, old, file }],
        };
      }
    },
  };
}

/** What other objects of a text need comes first, the rest as it is written: kubectl would stumble over it. */
function inWritingOrder(tried: readonly Inspected[]): Inspected[] {
  const rank = ({ name }: Inspected) => (name?.kind === 'Namespace' ? 0 : name?.kind === 'CustomResourceDefinition' ? 1 : 2);
  return tried.toSorted((a, b) => rank(a) - rank(b));
}

const isNeeded = ({ name }: Inspected) => name?.kind === 'Namespace' || name?.kind === 'CustomResourceDefinition';

/** @throws Failure why this one cannot be applied */
function refuse({ name, problems, conflicts, replaceable }: Inspected, { takeOver, replace }: ApplyInput): void {
  const [problem] = problems;
  if (problem && !(replace && replaceable)) throw Failure.ofData(problem);
  if (conflicts.length === 0 || takeOver) return;
  const managers = conflicts.map(({ manager }) => manager).join(', ');
  const fields = conflicts.flatMap((conflict) => conflict.fields);
  const cause = conflicts.map((conflict) => `${conflict.manager}: ${conflict.fields.map(({ path }) => path).join(', ')}`).join('\n');
  throw new Failure('OBJECT_CONFLICT', { kind: name?.kind ?? '', name: name?.name ?? '', managers, fields: fields.length }, cause);
}

/** Tries those whose namespace or kind was only just made, until the server knows it. */
async function whenThere(client: ClusterConnection, waiting: readonly Inspected[], options: InspectOptions, tell: Teller): Promise<Inspected[]> {
  tell.step('step.check-objects', { count: waiting.length });
  const limit = AbortSignal.timeout(COMES_MS);
  for (;;) {
    forgetDiscovery(client, 0);
    const tried = await Promise.all(waiting.map(({ document }) => inspect(client, document, options)));
    if (limit.aborted || !tried.some(({ waits, problems }) => waits || problems.some(isComing))) {
      return tried.map((each) => (each.waits ? { ...each, problems: [...each.problems, stillMissing(each)] } : each));
    }
    await sleep(AGAIN_MS);
  }
}

/** plugin/pkg/admission/serviceaccount: `error looking up service account ns/default: serviceaccount "default" not found`. */
const isComing = ({ cause }: Problem) => /service ?account .*not found/i.test(cause);

function stillMissing({ name, document }: Inspected): Problem {
  const { apiVersion, kind } = document;
  const failure = new Failure('KIND_UNKNOWN', { apiVersion: apiVersion ?? '', kind: kind ?? '' }, `the server does not know ${name?.namespace ?? kind ?? ''} yet, ${COMES_MS / 1000} s after it was made`);
  return { ...failure.toData(), line: document.line, path: '' };
}

/** @throws Failure APPLY_PARTLY where something stays */
async function takeAllBack(parts: ChangeParts, written: readonly Written[], tell: Teller, why: unknown): Promise<void> {
  const ways: readonly WayBack[] = written.flatMap((each) => each.ways).toReversed();
  if (ways.length === 0) return;
  tell.stepFailed();
  const left = await takeEachBack(parts, ways, tell);
  if (left !== '') throw new Failure('APPLY_PARTLY', { left }, failureOf(why)?.raw ?? why);
}
