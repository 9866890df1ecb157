// The page stays where it is: no other page in our windows, no window that we did not open, no webview. Links go to the browser.
import { app, shell } from 'electron';
import type { WebContents } from 'electron';
import { externalAddress, isOwnPage } from './address.ts';

/** Guards every page that Electron makes from now on, ours and any other. To be called before Electron is ready. */
export function guardNavigation(): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  // will-frame-navigate also covers the frames inside; a redirect is decided again, since its target was not known before.
  contents.on('will-navigate', keepOwnPage);
  contents.on('will-frame-navigate', keepOwnPage);
  contents.on('will-redirect', keepOwnPage);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternally(url);
    return { action: 'deny' };
  });
  if (contents.getType() === 'webview') contents.close();
}

function keepOwnPage(details: { readonly url: string; preventDefault(): void }): void {
  if (!isOwnPage(details.url)) details.preventDefault();
}

/** Opens an https address, or one of this computer, in the person's browser. Anything else is dropped: other schemes start programs. */
export function openExternally(url: string): void {
  const address = externalAddress(url);
  if (address === undefined) return;
  shell.openExternal(address).catch((error: unknown) => console.error(`The browser could not be asked to open ${address}:`, error));
}
