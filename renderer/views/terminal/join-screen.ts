// A drawn terminal and the one in the engine: what is written there is drawn here, what is typed here goes there.
import type { FailureData } from '../../../shared/contract/failures.ts';
import { engine, toFailure, whenOpen } from '../../state/engine.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { openInputQueue } from './input-queue.ts';
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

/** Until it is disposed of. `failed` is told why something that was typed did not get there. */
export function joinScreen(id: string, { terminal, fit }: Screen, failed: (failure: FailureData) => void): Joined {
  const leave = new AbortController();
  const { signal } = leave;
  const reader = crypto.randomUUID();
  const queue = openInputQueue((bytes) => engine.terminals.write({ id, data: toBase64(bytes) }), (error) => failed(toFailure(error)));
  const encoder = new TextEncoder();
  const typed = [
    terminal.onData((text) => queue.push(encoder.encode(text))),
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
    for await (const { from, data } of await engine.terminals.output({ id, reader }, { signal })) {
      const bytes = fromBase64(data);
      terminal.write(bytes, () => {
        drawn = from + bytes.length;
        if (drawn - told >= ACKNOWLEDGE_BYTES) acknowledge();
        else due ??= setTimeout(acknowledge, FRAME_MS);
      });
    }
  };
  const keepDrawing = async () => {
    while (!signal.aborted) {
      try {
        await draw();
        return; // it has ended; what it wrote stays to be read
      } catch (error) {
        if (signal.aborted || toFailure(error).code !== 'ENGINE_LOST') return;
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
