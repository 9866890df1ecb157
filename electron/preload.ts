// The bridge, as small as it can be: the page may ask for a port to the engine, and gets it; and where a file lies that a person dropped onto it.
// No ipcRenderer, no Node, no data.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from './desktop/channels.ts';

declare const window: {
  postMessage(message: string, targetOrigin: string, ports?: readonly unknown[]): void;
  readonly location: { readonly origin: string };
};

contextBridge.exposeInMainWorld('podlab', Object.freeze({
  shell: 'electron',
  requestPort: (): void => ipcRenderer.send(channels.requestPort),
  // '' for a File that the page made itself: only what a person dropped or chose has a path.
  pathOfFile: (file: Parameters<typeof webUtils.getPathForFile>[0]): string => webUtils.getPathForFile(file),
}));

// A port cannot cross the context bridge; window.postMessage is the way that Electron names for it.
ipcRenderer.on(channels.port, (event) => window.postMessage(channels.port, window.location.origin, event.ports));
ipcRenderer.on(channels.engineLost, () => window.postMessage(channels.engineLost, window.location.origin));
