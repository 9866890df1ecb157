// Which of an image's layers an entry of Docker's archive holds, known before its bytes come, so that what a node has need not be read. Pure.
import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The chain IDs of layers (https://github.com/opencontainers/image-spec/blob/main/config.md, "Layer ChainID"). */
export function chainIds(layers: readonly string[]): string[] {
  const chain: string[] = [];
  for (const layer of layers) chain.push(chain.length === 0 ? layer : `sha256:${sha256(`${chain.at(-1)} ${layer}`)}`);
  return chain;
}

/**
 * The layer beside `DIRECTORY/json`, in archives of Docker before 25. The directory's name is the digest of that JSON together with the layer's
 * chain ID (moby: image/v1/imagev1.go, CreateID), so each layer can be tried; a match is certain.
 * @param layers diff IDs, the lowest first
 * @returns undefined where none matches: then the layer is known only by the manifest, at the archive's end
 */
export function layerOfV1Json(directory: string, json: string, layers: readonly string[]): string | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  delete fields.id;
  if (typeof fields.parent === 'string') fields.parent = `sha256:${fields.parent}`;
  const chain = chainIds(layers);
  // The system is written into the JSON of a lower layer only after its ID was made (moby: image/tarexport/save.go, saveImage).
  const { os: _, ...lower } = fields;
  return layers.find((_layer, index) => [lower, fields].some(candidate => sha256(goJson({ ...candidate, layer_id: chain[index] })) === directory));
}

/** As Go writes a map: keys in order, `<`, `>`, `&` and the line separators escaped. */
function goJson(fields: Readonly<Record<string, unknown>>): string {
  const sorted = Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(sorted).replace(/[<>&\u2028\u2029]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
