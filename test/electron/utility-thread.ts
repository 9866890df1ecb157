// Runs inside the thread that stands for Electron's utility process: gives it process.parentPort and MessagePortMain, then its module.
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

/** MessagePortMain: messages are events with `data`, and wait until start(). */
class PortMain extends EventEmitter {
  readonly #port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.on('close', () => this.emit('close'));
  }
  start(): void {
    this.#port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  postMessage(data: unknown): void {
    this.#port.postMessage(data);
  }
  close(): void {
    this.#port.close();
  }
}

interface Told {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}
const early: Told[] = [];
const toShell = Object.assign(new EventEmitter(), { postMessage: (message: unknown) => parentPort?.postMessage(message) });
const deliver = ({ data, ports }: Told): boolean => toShell.emit('message', { data, ports: ports.map((port) => new PortMain(port)) });

parentPort?.on('message', (told: Told) => {
  if (toShell.listenerCount('message') === 0) early.push(told);
  else deliver(told);
});
toShell.on('newListener', () => queueMicrotask(() => early.splice(0).forEach(deliver)));
Object.assign(process, { parentPort: toShell });

await import(pathToFileURL((workerData as { modulePath: string }).modulePath).href);
