// The field that a person most likely meant, out of the server's own OpenAPI description.
import { editDistance } from '../../../shared/diagnosis/near-names.ts';
import type { ClusterConnection } from '../../clients/cluster/connection.ts';
import { openapi } from '../../clients/cluster/discovery.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
}

/** At most this many letters differ: more is another word. */
const NEAR = 3;

/**
 * The known sibling nearest to the last name of `path` (`spec.containers[0].imagePullPolcy` gives `imagePullPolicy`).
 * Undefined when none is near, or the path leads out of the description.
 */
export async function nearestField(connection: ClusterConnection, path: string): Promise<string | undefined> {
  const { document } = await openapi(connection);
  const schemas = schemasOf(document);
  const names = [...path.matchAll(/\[[^\]]*\]|([^.[\]]+)/g)].map(([, name]) => name).filter((name) => name !== undefined);
  const wrong = names.pop();
  let schema = resolve(schemas, schemas['io.k8s.api.core.v1.Pod']);
  for (const name of names) {
    const next = resolve(schemas, schema?.properties?.[name]);
    schema = next?.items ? resolve(schemas, next.items) : next;
  }
  if (wrong === undefined || !schema?.properties) return undefined;
  const near = Object.keys(schema.properties)
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), wrong.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= NEAR)
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.name;
}

function schemasOf(document: unknown): Readonly<Record<string, Schema>> {
  const { definitions, components } = document as { definitions?: Record<string, Schema>; components?: { schemas?: Record<string, Schema> } };
  return definitions ?? components?.schemas ?? {};
}

function resolve(schemas: Readonly<Record<string, Schema>>, schema: Schema | undefined): Schema | undefined {
  const reference = schema?.$ref ?? schema?.allOf?.[0]?.$ref;
  return reference ? schemas[reference.slice(reference.lastIndexOf('/') + 1)] : schema;
}
