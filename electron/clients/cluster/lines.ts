/**
 * Splits bytes into lines of UTF-8 text, the whole lines of one chunk together: what arrived at once is handled at once. A character cut by a chunk's
 * end is put together again; an unfinished last line is given at the end.
 */
export async function* lineBatches(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let started: Buffer[] = []; // pieces of a line whose end has not come
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: string[] = [];
    let from = 0;
    for (let end = buffer.indexOf(10); end !== -1; end = buffer.indexOf(10, from)) {
      const piece = buffer.subarray(from, end);
      lines.push(started.length === 0 ? piece.toString('utf8') : Buffer.concat([...started, piece]).toString('utf8'));
      started = [];
      from = end + 1;
    }
    if (from < buffer.length) started.push(buffer.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (started.length > 0) yield [Buffer.concat(started).toString('utf8')];
}
