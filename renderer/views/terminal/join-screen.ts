// A drawn terminal and the one in the engine: what is written there is drawn here, what is typed here goes there.
import type { FailureData } from '../../../shared/contract/failures.ts';
import { engine, toFailure, whenOpen } from '../../state/engine.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { openInputQueue } from './input-queue.ts';
import { fromWholeLine, isReport, piecesOf } from './replay.ts';
import { seenBytes } from './seen-bytes.ts';
import type { Screen } from './xterm.ts';

/** A resize is told when the window has come to rest. */
const REST_MS = 50;
/** Acknowledged at the latest after so much, or after a frame. */
const ACKNOWLEDGE_BYTES = 32 * 1024;
const FRAME_MS = 16;

export interface Joined extends Disposable {
  /** To be called when there may be more or less room. */
  resized(): void;
}

/** Until it is disposed of. `failed` is told why something that was typed did not get there, or why no more of what it writes comes. */
export function joinScreen(id: string, { terminal, fit }: Screen, failed: (failure: FailureData) => void): Joined {
  const leave = new AbortController();
  const { signal } = leave;
  const reader = crypto.randomUUID();
  const queue = openInputQueue((bytes) => engine.terminals.write({ id, data: toBase64(bytes) }), (error) => failed(toFailure(error)));
  const encoder = new TextEncoder();
  /** Pieces that were drawn before, and are being drawn again. */
  let replaying = 0;
  const typed = [
    terminal.onData((text) => {
      if (replaying === 0 || !isReport(text)) queue.push(encoder.encode(text));
    }),
    // Letters that stand for bytes: reports of a mouse.
    terminal.onBinary((text) => queue.push(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))),
  ];

  let drawn = 0;
  let told = 0;
  let due: ReturnType<typeof setTimeout> | undefined;
  const acknowledge = () => {
    clearTimeout(due);
    due = undefined;
    if (drawn <= told || signal.aborted) return;
    told = drawn;
    engine.terminals.acknowledge({ id, upTo: drawn, reader }).catch(() => {}); // a lost engine is told of by the output
  };
  const draw = async () => {
    // What it wrote before comes again: the screen begins anew.
    terminal.reset();
    drawn = told = 0;
    let isFirst = true;
    for await (const { from, data } of await engine.terminals.output({ id, reader }, { signal })) {
      const bytes = fromBase64(data);
      // What was there before this page looked was answered where it was shown.
      const seen = seenBytes.of(id) ?? (isFirst ? from + bytes.length : 0);
      for (const piece of piecesOf(from, bytes, seen)) {
        const isBroken = isFirst && from > 0;
        isFirst = false;
        if (piece.wasSeen) replaying += 1;
        terminal.write(isBroken ? fromWholeLine(piece.bytes) : piece.bytes, () => {
          if (piece.wasSeen) replaying -= 1;
          seenBytes.note(id, piece.upTo);
          drawn = piece.upTo;
          if (drawn - told >= ACKNOWLEDGE_BYTES) acknowledge();
          else due ??= setTimeout(acknowledge, FRAME_MS);
        });
      }
    }
  };
  const keepDrawing = async () => {
    while (!signal.aborted) {
      try {
        await draw();
        return; // it has ended; what it wrote stays to be read
      } catch (error) {
        if (signal.aborted) return;
        const failure = toFailure(error);
        if (failure.code !== 'ENGINE_LOST') return failed(failure);
        await whenOpen(signal).catch(() => undefined);
      }
    }
  };

  let size = '';
  let resting: ReturnType<typeof setTimeout> | undefined;
  const resize = () => {
    const room = fit();
    if (!room || signal.aborted || `${room.columns}x${room.rows}` === size) return;
    size = `${room.columns}x${room.rows}`;
    engine.terminals.resize({ id, ...room }).catch(() => {}); // it has ended
  };
  resize();
  void keepDrawing();
  return {
    resized() {
      clearTimeout(resting);
      resting = setTimeout(resize, REST_MS);
    },
    [Symbol.dispose]() {
      leave.abort();
      clearTimeout(resting);
      clearTimeout(due);
      for (const one of typed) one.dispose();
    },
  };
}
