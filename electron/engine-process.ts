// The engine in a process of its own (Electron's utilityProcess): opens it as the shell says, serves the contract on each port that
// arrives, and closes it when the shell leaves. A crash in here takes neither the window nor the shell with it.
import type { MessagePortMain } from 'electron';
import type { EngineMessage, ShellMessage } from './desktop/engine-message.ts';
import { serveMessagePort } from './edge.ts';
import { openEngine } from './engine/engine.ts';
import { practiceStarter, type FromPractice, type PracticeChild } from './practice-link.ts';

let engine: ReturnType<typeof openEngine> | undefined;
let current: MessagePortMain | undefined;
/** Who hears what the practice cluster's process says. */
let heard: { message?: (message: FromPractice) => void; exit?: (code: number | null) => void } | undefined;

process.parentPort.on('message', ({ data, ports }: { data: EngineMessage; ports: MessagePortMain[] }) => {
  handle(data, ports).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function handle(message: EngineMessage, ports: readonly MessagePortMain[]): Promise<void> {
  if (message.type === 'open') {
    const { type: _, ...options } = message;
    engine = openEngine({ ...options, startPractice: practiceStarter(forkThroughShell) });
    await engine;
  } else if (message.type === 'serve') {
    const [port] = ports;
    if (!engine || !port) throw new Error('A port was announced before the engine was opened, or none came.');
    // There is one page; when it asks again, what it listened to on the earlier port ends.
    current?.close();
    current = port;
    serveMessagePort(await engine, port);
    port.start();
  } else if (message.type === 'practice-said') {
    heard?.message?.(message.message);
  } else if (message.type === 'practice-ended') {
    heard?.exit?.(message.code);
  } else {
    await (await engine)?.[Symbol.asyncDispose]();
    process.exit(0);
  }
}

/** This process may not fork, so the shell does, and hands on what is said. */
function forkThroughShell(): PracticeChild {
  const tell = (message: ShellMessage): void => process.parentPort.postMessage(message);
  tell({ type: 'practice-fork' });
  const listeners: NonNullable<typeof heard> = {};
  heard = listeners;
  return {
    send: (message) => tell({ type: 'practice-tell', message }),
    kill: () => tell({ type: 'practice-kill' }),
    onMessage: (listener) => void (listeners.message = listener),
    onExit: (listener) => void (listeners.exit = listener),
  };
}
