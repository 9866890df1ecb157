// What the stand-in puts into a page before its own scripts: the sandboxed preload's `require('electron')`, and then the preload.

export type ToPage =
  | { kind: 'event'; channel: string; args: unknown[]; ports: number[] }
  | { kind: 'port'; id: number; data: string }
  | { kind: 'closed'; id: number };
export type FromPage =
  | { kind: 'document' }
  | { kind: 'exposed'; key: string; shape: unknown }
  | { kind: 'ipc'; channel: string; args: unknown[] }
  | { kind: 'port'; id: number; data: unknown }
  | { kind: 'closed'; id: number };

/** The script as text. The preload stands in it literally: it has no eval, and the page's CSP forbids one. */
export function pageScript(preload: string): string {
  return `(${surroundings.toString()})(function (require, module, exports) {\n${preload}\n});`;
}

function surroundings(preload: (require: (name: string) => unknown, module: object, exports: object) => void): void {
  // A preload runs in the top frame only (nodeIntegrationInSubFrames is off).
  if (window.top !== window) return;
  const page = window as unknown as Record<string | symbol, unknown>;
  const tell = page['podlabStandIn'] as (message: FromPage) => void;
  Reflect.deleteProperty(page, 'podlabStandIn');
  tell({ kind: 'document' });

  type Listener = (event: { ports: MessagePort[] }, ...args: unknown[]) => void;
  const listeners = new Map<string, Listener[]>();
  const ports = new Map<number, MessagePort>();
  const portOf = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    ports.set(id, port1);
    port1.onmessage = ({ data }) => tell({ kind: 'port', id, data: data as unknown });
    underway.push(id);
    return port2;
  };
  // Electron tells a page by a `close` event that the other end of its port is gone; Chromium (156) alone does not. The port that the
  // page sees is another object than the one that was posted, so it is taken from the same message.
  const underway: number[] = [];
  const seen = new Map<number, MessagePort>();
  window.addEventListener('message', (event) => {
    for (const port of event.source === window ? event.ports : []) {
      const id = underway.shift();
      if (id === undefined) return;
      seen.set(id, port);
      port.close = () => {
        MessagePort.prototype.close.call(port);
        tell({ kind: 'closed', id });
      };
    }
  });
  const hear = (message: ToPage): void => {
    if (message.kind === 'event') {
      const event = { ports: message.ports.map(portOf) };
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.args);
    } else if (message.kind === 'port') ports.get(message.id)?.postMessage(message.data);
    else seen.get(message.id)?.dispatchEvent(new Event('close'));
  };
  Object.defineProperty(page, Symbol.for('podlab stand-in'), { value: hear });

  const shapeOf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)])) : typeof value;
  const electron = {
    contextBridge: {
      exposeInMainWorld(key: string, api: unknown) {
        tell({ kind: 'exposed', key, shape: shapeOf(api) });
        Object.defineProperty(page, key, { value: api });
      },
    },
    ipcRenderer: {
      send: (channel: string, ...args: unknown[]) => tell({ kind: 'ipc', channel, args }),
      on: (channel: string, listener: Listener) => void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    },
  };
  const module = { exports: {} };
  preload((name) => {
    if (name === 'electron') return electron;
    throw new Error(`module not found: ${name}`);
  }, module, module.exports);
}
