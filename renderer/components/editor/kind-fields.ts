// The schemas of kinds, each asked for once while Podlab runs; one that was not found is asked for again.
import { engine } from '../../state/engine.ts';
import type { FieldsOf } from './assist.ts';
import type { KindFields } from './field-choices.ts';

const known = new Map<string, Promise<KindFields | undefined>>();

/** The schemas of a cluster. A kind that it does not have, and a cluster that does not answer, give nothing: what is typed needs no help to be right. */
export function kindFields(context: string | undefined): FieldsOf {
  return ({ apiVersion, kind }) => {
    if (context === undefined || apiVersion === '' || kind === '') return Promise.resolve(undefined);
    const key = JSON.stringify([context, apiVersion, kind]);
    const asked = known.get(key) ?? engine.objects.schema({ context, apiVersion, kind }).catch(() => {
      known.delete(key);
      return undefined;
    });
    known.set(key, asked);
    return asked;
  };
}
