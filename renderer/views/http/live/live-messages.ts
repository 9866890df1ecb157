// What was said over a connection: what is looked for in it, and how it is copied.
import type { HttpRequest } from '../../../../shared/contract/http.ts';
import type { LiveMessage } from '../../../../shared/contract/live.ts';

/** Those that have every word somewhere: in the text or in the event's name. */
export function withWords(messages: readonly LiveMessage[], words: string): readonly LiveMessage[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return messages;
  return messages.filter(({ text, event = '' }) => {
    const all = `${event} ${text}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

/** A line each, as it is pasted elsewhere. @param from the words for who said it */
export function asText(messages: readonly LiveMessage[], from: Readonly<Record<LiveMessage['from'], string>>): string {
  return messages.map((message) => [message.at, from[message.from], ...(isNamed(message) ? [message.event] : []), message.text].join('\t')).join('\n');
}

/** A server-sent event that was given no name is called `message` (HTML Standard, 9.2.6). */
export const isNamed = ({ event }: LiveMessage): boolean => event !== undefined && event !== 'message';

/** The request that asks for what came after the last event, as browsers ask when they connect again (HTML Standard, 9.2.4). */
export function after(request: HttpRequest, lastEventId: string | undefined): HttpRequest {
  if (lastEventId === undefined) return request;
  const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'last-event-id');
  return { ...request, headers: lastEventId === '' ? headers : [...headers, ['Last-Event-ID', lastEventId]] };
}
