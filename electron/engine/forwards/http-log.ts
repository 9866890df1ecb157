// The HTTP/1 requests that pass through a forward, read along on both ways. What is no HTTP/1, or has become something else, is let be.
import { HTTPParser } from 'http-parser-js';
import type { LoggedRequest } from '../../../shared/contract/forwards.ts';
import { createTopic, type Topic } from '../topic.ts';

/** Kept of each forward, the newest. */
const KEPT = 200;
/** A path may carry anything; what is longer is cut. */
const PATH_LENGTH = 500;
const FRAME_MS = 50;

export interface HttpLog {
  readonly requests: Topic<readonly LoggedRequest[]>;
  /** For one connection. */
  follow(): ReadAlong;
}

export interface ReadAlong {
  toPod(chunk: Buffer): void;
  fromPod(chunk: Buffer, pod: string): void;
}

export function createHttpLog(now: () => Date = () => new Date()): HttpLog {
  const requests = createTopic<readonly LoggedRequest[]>([]);
  let kept: LoggedRequest[] = [];
  let serial = 0;
  let timer: NodeJS.Timeout | undefined;
  // A load test must not make a message of each line.
  const publish = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      requests.set(kept);
    }, FRAME_MS);
    timer.unref();
  };
  const put = (request: LoggedRequest) => {
    kept = [...kept.filter(({ id }) => id !== request.id), request].toSorted((a, b) => a.id - b.id).slice(-KEPT);
    publish();
  };
  return {
    requests,
    follow() {
      /** Asked and not answered, in their order: HTTP/1.1 answers in the order of the requests (RFC 9112, 9.3.2). */
      const asked: { readonly request: LoggedRequest; readonly at: number; readonly isHead: boolean }[] = [];
      let firstByteAt: number | undefined;
      let pod = '';
      const request = parser('REQUEST', (info) => {
        const method = HTTPParser.methods[info.method] ?? '?';
        asked.push({
          request: { id: (serial += 1), at: now().toISOString(), method, path: info.url.slice(0, PATH_LENGTH), pod: '' },
          at: firstByteAt ?? performance.now(), isHead: method === 'HEAD',
        });
        put(asked.at(-1)!.request);
        // What follows an accepted upgrade is no HTTP/1, but the answer may as well refuse it.
        return false;
      }, () => { firstByteAt = undefined; });
      const response = parser('RESPONSE', (info) => {
        // 1xx: the answer itself is still to come (RFC 9110, 15.2); 101: both sides speak something else now.
        if (info.statusCode >= 100 && info.statusCode < 200 && info.statusCode !== 101) return true;
        const first = asked.shift();
        if (first) put({ ...first.request, status: info.statusCode, milliseconds: Math.round((performance.now() - first.at) * 10) / 10, pod });
        if (info.statusCode === 101) request.stop();
        return info.statusCode === 101 || (first?.isHead ?? false);
      }, () => {});
      return {
        toPod(chunk) {
          firstByteAt ??= performance.now();
          request.read(chunk);
        },
        fromPod(chunk, name) {
          pod = name;
          response.read(chunk);
        },
      };
    },
  };
}

type Info = Parameters<NonNullable<InstanceType<typeof HTTPParser>[typeof HTTPParser.kOnHeadersComplete]>>[0];

/** @param onHeaders gives whether no body follows, whatever the headers say */
function parser(type: 'REQUEST' | 'RESPONSE', onHeaders: (info: Info) => boolean, onEnd: () => void): { read(chunk: Buffer): void; stop(): void } {
  const one = new HTTPParser(type);
  one[HTTPParser.kOnHeadersComplete] = (info: Info) => (onHeaders(info) ? 1 : 0);
  one[HTTPParser.kOnMessageComplete] = onEnd;
  one[HTTPParser.kOnBody] = () => {};
  let isOn = true;
  return {
    read(chunk) {
      if (!isOn) return;
      try {
        if (one.execute(chunk) instanceof Error) isOn = false;
      } catch {
        isOn = false;
      }
    },
    stop: () => void (isOn = false),
  };
}
