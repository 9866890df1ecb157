import { expect, test } from 'vitest';
import { openConnection } from '../../clients/cluster/connection.ts';
import { json, kubeconfigFor, startApiServer } from '../../clients/cluster/test-api-server.ts';
import { waitFor } from '../topic.ts';
import { KEPT_MS, openAccess } from './access.ts';

const soon = () => AbortSignal.timeout(10_000);
const pods = (verb: string, namespace = 'n') => ({ verb, resource: 'pods', namespace });

async function scene(allows: (attributes: { verb: string; namespace?: string }) => boolean | 'silent') {
  const server = await startApiServer(({ body }, response) => {
    const { spec } = JSON.parse(body) as { spec: { resourceAttributes: { verb: string; namespace?: string } } };
    const allowed = allows(spec.resourceAttributes);
    return allowed === 'silent' ? json(response, 500, {}) : json(response, 201, { status: { allowed } });
  });
  const connection = await openConnection(kubeconfigFor(`http://127.0.0.1:${server.port}`), 'test');
  let time = 0;
  const access = openAccess(() => time);
  access.connect(connection, soon());
  return {
    server, access, connection,
    later: (milliseconds: number) => (time += milliseconds),
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const answered = async ({ access }: Awaited<ReturnType<typeof scene>>, verb: string, expected: string) => {
  access.may(pods(verb));
  if (access.may(pods(verb)) !== expected) await waitFor(access.changed, () => access.may(pods(verb)) === expected, soon());
};

test('the server is asked once, with the question as a Role has it, and its answer is kept', async () => {
  await using it = await scene(({ verb }) => verb !== 'delete');
  expect([it.access.may(pods('delete')), it.access.may(pods('create'))]).toEqual(['unknown', 'unknown']);
  await answered(it, 'delete', 'no');
  await answered(it, 'create', 'yes');
  expect(it.server.asked.map(({ url, body }) => [url, (JSON.parse(body) as { spec: unknown }).spec])).toEqual(['delete', 'create'].map((verb) => [
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { resourceAttributes: { verb, resource: 'pods', namespace: 'n' } },
  ]));
});

test('an old answer is shown while the next one is asked for', async () => {
  let allowed = false;
  await using it = await scene(() => allowed);
  await answered(it, 'delete', 'no');
  allowed = true;
  it.later(KEPT_MS + 1);
  expect(it.access.may(pods('delete'))).toBe('no');
  await answered(it, 'delete', 'yes');
  expect(it.server.asked).toHaveLength(2);
});

test('no answer is no refusal', async () => {
  await using it = await scene(() => 'silent');
  it.access.may(pods('delete'));
  await expect.poll(() => it.server.asked.length).toBe(1);
  expect(it.access.may(pods('delete'))).toBe('unknown');
});

test('another connection begins with nothing known; without one nothing is asked', async () => {
  await using it = await scene(() => false);
  await answered(it, 'delete', 'no');
  it.access.connect(undefined, soon());
  expect(it.access.may(pods('delete'))).toBe('unknown');
  it.access.connect(it.connection, soon());
  await answered(it, 'delete', 'no');
  expect(it.server.asked).toHaveLength(2);
});

test('no namespace is all of them', async () => {
  await using it = await scene(({ namespace }) => namespace === undefined);
  it.access.may(pods('delete', ''));
  await waitFor(it.access.changed, () => it.access.may(pods('delete', '')) === 'yes', soon());
  expect(it.access.may(pods('delete', ''))).toBe('yes');
});
