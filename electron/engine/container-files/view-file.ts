// The beginning of a file, as text where it is text.
import type { ShownFile } from '../../../shared/contract/container-files.ts';
import { MOST_SHOWN } from '../../../shared/container-files/limits.ts';
import { openFile } from './open-file.ts';
import { execLine, type Place } from './place.ts';

/** Fails as `openFile` does. */
export async function viewFile(place: Place, signal: AbortSignal): Promise<ShownFile> {
  await using file = await openFile(place, signal);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.chunks) {
    pieces.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > MOST_SHOWN) break;
  }
  const isCut = length > MOST_SHOWN;
  const bytes = file.bytes ?? (isCut ? undefined : length);
  const text = textOf(Buffer.concat(pieces).subarray(0, MOST_SHOWN), isCut);
  return { path: place.path, isCut, command: execLine(place, 'cat', place.path), ...(bytes === undefined ? {} : { bytes }), ...(text === undefined ? {} : { text }) };
}

/** UTF-8 without a NUL, as git tells text from the rest by its NUL; undefined for what is neither. @param isCut the last letter may lack some of its bytes */
export function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}
