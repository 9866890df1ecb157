// What passed over a connection that stays open: counted whole, and the newest of it kept, however much there is.
import type { LiveMessage, LiveState } from '../../../../shared/contract/live.ts';

const MOST_MESSAGES = 500;
const MOST_CHARACTERS = 256 * 1024;
/** Of one message. */
const MOST_TEXT = 16 * 1024;

type Shown = Pick<LiveState, 'received' | 'sent' | 'bytesIn' | 'bytesOut' | 'messages'>;

export interface Messages {
  add(message: Pick<LiveMessage, 'from' | 'kind' | 'event' | 'eventId'>, bytes: Buffer): void;
  shown(): Shown;
}

export function createMessages(now: () => Date = () => new Date()): Messages {
  const kept: LiveMessage[] = [];
  const count = { received: 0, sent: 0, bytesIn: 0, bytesOut: 0 };
  let characters = 0;
  return {
    add(message, bytes) {
      const isIn = message.from === 'pod';
      count[isIn ? 'received' : 'sent'] += 1;
      count[isIn ? 'bytesIn' : 'bytesOut'] += bytes.length;
      const isCut = bytes.length > MOST_TEXT;
      const part = bytes.subarray(0, MOST_TEXT);
      // Where it is cut, the last letter may lack some of its bytes.
      const text = message.kind === 'binary' ? part.toString('base64') : new TextDecoder().decode(part, { stream: isCut });
      kept.push({ ...message, number: count.received + count.sent, at: now().toISOString(), text, isCut, bytes: bytes.length });
      characters += text.length;
      while (kept.length > MOST_MESSAGES || (characters > MOST_CHARACTERS && kept.length > 1)) characters -= kept.shift()!.text.length;
    },
    shown: () => ({ ...count, messages: [...kept] }),
  };
}
