// A stream of server-sent events (HTML Standard, 9.2), read as fast as it is taken.
import type { Readable } from 'node:stream';
import { createParser } from 'eventsource-parser';
import { Failure } from '../../../../shared/contract/failures.ts';

export interface StreamEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Of one event, in Mi of characters. */
const MOST_EVENT = 1;

/**
 * Reads until the stream ends.
 * @param onId hears of an ID even where no event comes with it
 * @throws Failure LIVE_MESSAGE_TOO_LARGE; else what broke the stream
 */
export async function readEvents(stream: Readable, onEvent: (event: StreamEvent) => void, onId: (id: string) => void): Promise<void> {
  const parser = createParser({
    onEvent: ({ event = 'message', id, data }) => onEvent({ name: event, id, data }),
    onId,
    onError(error) {
      // What else the standard does not know is passed over, as it says.
      if (error.type === 'max-buffer-size-exceeded') throw new Failure('LIVE_MESSAGE_TOO_LARGE', { limit: MOST_EVENT }, error);
    },
    maxBufferSize: MOST_EVENT * 1024 * 1024,
  });
  const decoder = new TextDecoder();
  for await (const chunk of stream as AsyncIterable<Buffer>) parser.feed(decoder.decode(chunk, { stream: true }));
}
