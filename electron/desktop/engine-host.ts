// The engine's process seen from the shell: started, given ports, started again when it dies, and closed in order.
import { MessageChannelMain, utilityProcess } from 'electron';
import type { UtilityProcess, WebContents } from 'electron';
import { channels } from './channels.ts';
import type { EngineMessage, ShellMessage } from './engine-message.ts';
import type { LaunchOptions } from './launch-options.ts';
import { hostPractice } from './practice-host.ts';

export interface EngineHost extends AsyncDisposable {
  /** Gives a page that asked its own connection to the engine: at once, or as soon as the engine runs again. */
  connect(page: WebContents): void;
}

/**
 * How long the engine may take to end. It lets go of forwards and watches at once; a pod that is just being made anew is gone for its grace
 * period (30 s by default), and is created only by an engine that still runs.
 */
const closingMilliseconds = 60_000;
const firstDelay = 250;
const longestDelay = 30_000;
/** An engine that lived this long did not die of its start: the next one is started without delay again. */
const provenMilliseconds = 60_000;

/** Starts the engine's process from its built file, and the practice cluster's from its own when the engine asks for it. */
export function startEngineHost(modules: { readonly engine: string; readonly practice: string }, options: LaunchOptions): EngineHost {
  let engine: UtilityProcess | undefined;
  /** The page that is told when the engine is lost, and whether it waits for a port. */
  let page: WebContents | undefined;
  let isWaiting = false;
  let failures = 0;
  let restart: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const start = (): void => {
    const started = performance.now();
    const child = utilityProcess.fork(modules.engine, [], { serviceName: 'Podlab engine', stdio: 'inherit' });
    engine = child;
    send(child, { type: 'open', ...options });
    const practice = hostPractice(modules.practice, (message) => engine === child && send(child, message));
    child.on('message', (message: ShellMessage) => practice.take(message));
    child.on('exit', (code) => {
      engine = undefined;
      practice.end();
      if (closing) return;
      if (performance.now() - started >= provenMilliseconds) failures = 0;
      const delay = Math.min(longestDelay, firstDelay * 2 ** failures++);
      console.error(`The engine's process ended with code ${code}; it is started again in ${delay} ms.`);
      if (page && !page.isDestroyed()) page.send(channels.engineLost);
      restart = setTimeout(start, delay);
    });
    if (page && isWaiting) connect(page);
  };

  const connect = (to: WebContents): void => {
    page = to;
    isWaiting = !engine;
    if (!engine || to.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    send(engine, { type: 'serve' }, [port1]);
    to.postMessage(channels.port, null, [port2]);
  };

  const close = async (): Promise<void> => {
    clearTimeout(restart);
    const child = engine;
    if (!child) return;
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    const impatience = setTimeout(() => {
      console.error(`The engine did not close within ${closingMilliseconds} ms and is ended.`);
      child.kill();
      resolve();
    }, closingMilliseconds);
    send(child, { type: 'close' });
    await ended;
    clearTimeout(impatience);
  };

  start();
  return { connect, [Symbol.asyncDispose]: () => (closing ??= close()) };
}

function send(engine: UtilityProcess, message: EngineMessage, ports?: Electron.MessagePortMain[]): void {
  engine.postMessage(message, ports);
}
