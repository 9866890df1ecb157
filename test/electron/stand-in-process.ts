// utilityProcess of the stand-in: a thread that sees itself as Electron's utility process. Ports are transferred as real ones, and
// process.exit() or an uncaught error ends the thread alone. It does not have an address space, a sandbox or signals of its own.
import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

export class StandInProcess extends EventEmitter {
  readonly #worker: Worker;
  readonly ended: Promise<number>;
  /** What the shell told the process. */
  readonly told: unknown[] = [];

  constructor(modulePath: string, args: readonly string[]) {
    super();
    this.#worker = new Worker(new URL('./utility-thread.ts', import.meta.url), {
      argv: [...args],
      workerData: { modulePath },
      execArgv: [],
    });
    this.#worker.on('message', (message) => this.emit('message', message));
    this.#worker.on('error', (error) => console.error('The stand-in of the utility process failed:', error));
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        resolve(code);
        this.emit('exit', code);
      });
    });
  }

  postMessage(message: unknown, ports: MessagePort[] = []): void {
    this.told.push(message);
    this.#worker.postMessage({ data: message, ports }, ports);
  }

  /** SIGTERM in Electron; a process that crashes looks the same from outside, except for its code. */
  kill(): boolean {
    void this.#worker.terminate();
    return true;
  }
}
