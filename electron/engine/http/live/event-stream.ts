// A stream of server-sent events (HTML Standard, 9.2), read as fast as it is taken.
import type { Readable } from 'node:stream';
import { createParser } from 'eventsource-parser';

export interface StreamEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Characters of one event that nobody has ended yet. */
const MOST_UNENDED = 1024 * 1024;

/** Reads until the stream ends. Rejects with what broke it. */
export async function readEvents(stream: Readable, onEvent: (event: StreamEvent) => void): Promise<void> {
  const parser = createParser({ onEvent: ({ event = 'message', id, data }) => onEvent({ name: event, id, data }), maxBufferSize: MOST_UNENDED });
  const decoder = new TextDecoder();
  for await (const chunk of stream as AsyncIterable<Buffer>) parser.feed(decoder.decode(chunk, { stream: true }));
}
