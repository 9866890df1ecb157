// Docker's streams are JSON values, one a line (Engine API: /events, /build). docker-modem's own reader breaks characters that are split
// between chunks, so this one decodes across them.
import { StringDecoder } from 'node:string_decoder';

/** Yields each value; ends with the stream and throws its error. A line that is not JSON throws a SyntaxError. */
export async function* jsonLines(stream: AsyncIterable<Buffer>): AsyncGenerator<unknown, void> {
  for await (const line of textLines(stream)) yield JSON.parse(line);
}

/** Yields each line that is not blank, without its end. */
export async function* textLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim()) yield line.replace(/\r$/, '');
  }
  rest += decoder.end();
  if (rest.trim()) yield rest;
}
