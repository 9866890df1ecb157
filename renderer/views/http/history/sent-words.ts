// The words of an earlier request: where it went, and how it is found.
import type { Message } from '../../../../shared/contract/findings.ts';
import type { SentRequest } from '../../../../shared/contract/requests.ts';

/** Where it went. A forward is told by what it led to, since it may be gone. */
export function placeOf({ target, forward }: Pick<SentRequest, 'target' | 'forward'>): Message {
  const of = (name: string, port: string | number, kind = 'Pod'): Message => ({ key: `http.history.via.${target.via}`, params: { name, port, kind } });
  switch (target.via) {
    case 'forward': return { key: 'http.history.via.forward', params: { local: forward?.localPort ?? 0, name: forward?.target.name ?? '', port: forward?.target.port ?? '' } };
    case 'service': return of(target.service, target.port, 'Service');
    case 'api-server': return of(target.name, target.port, target.kind);
    case 'pod': case 'inside': return of(target.pod, target.port);
  }
}

/** Those that have every word somewhere: in the method, the path, the target or the status. */
export function withWords(sent: readonly SentRequest[], words: string): SentRequest[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return sent.filter((entry) => {
    const { request, outcome } = entry;
    const text = [request.method, request.path, ...Object.values(placeOf(entry).params), outcome.state === 'answered' ? outcome.status : outcome.failure.code].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
