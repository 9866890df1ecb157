// The shell's ear for its page. Every message is checked for its sender and its arguments before anything is done.
import { ipcMain } from 'electron';
import type { IpcMainEvent, WebContents } from 'electron';
import { appOrigin } from './address.ts';
import { channels } from './channels.ts';

/** Lets pages ask for a port to the engine. `connect` is called for our own page only. */
export function listenToPages(connect: (page: WebContents) => void): void {
  ipcMain.on(channels.requestPort, (event, ...args: unknown[]) => {
    if (!isFromOwnPage(event) || args.length > 0) {
      console.error(`A message on ${channels.requestPort} was refused: it came from ${event.senderFrame?.origin ?? 'a page that is gone'}.`);
      return;
    }
    connect(event.sender);
  });
}

/** The page itself and no frame inside it, of exactly our origin. A frame that has left meanwhile is null and refused. */
function isFromOwnPage(event: IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.origin === appOrigin;
}
