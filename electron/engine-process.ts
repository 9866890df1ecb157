// The engine in a process of its own (Electron's utilityProcess): opens it as the shell says, serves the contract on each port that
// arrives, and closes it when the shell leaves. A crash in here takes neither the window nor the shell with it.
import type { MessagePortMain } from 'electron';
import type { EngineMessage } from './desktop/engine-message.ts';
import { serveMessagePort } from './edge.ts';
import { openEngine } from './engine/engine.ts';

let engine: ReturnType<typeof openEngine> | undefined;
let current: MessagePortMain | undefined;

process.parentPort.on('message', ({ data, ports }: { data: EngineMessage; ports: MessagePortMain[] }) => {
  handle(data, ports).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function handle(message: EngineMessage, ports: readonly MessagePortMain[]): Promise<void> {
  if (message.type === 'open') {
    const { type: _, ...options } = message;
    engine = openEngine(options);
    await engine;
  } else if (message.type === 'serve') {
    const [port] = ports;
    if (!engine || !port) throw new Error('A port was announced before the engine was opened, or none came.');
    // There is one page; when it asks again, what it listened to on the earlier port ends.
    current?.close();
    current = port;
    serveMessagePort(await engine, port);
    port.start();
  } else {
    await (await engine)?.[Symbol.asyncDispose]();
    process.exit(0);
  }
}
