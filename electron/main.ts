// The desktop shell. It owns the window, the menu and the engine's process, and nothing else: what Podlab does is in the engine.
// No top-level await here: Electron is ready only after this module has run, so awaiting that would wait for ever.
import path from 'node:path';
import process from 'node:process';
import { app, BrowserWindow, Menu } from 'electron';
import { listenToPages } from './desktop/bridge.ts';
import { startEngineHost } from './desktop/engine-host.ts';
import { launchOptions } from './desktop/launch-options.ts';
import { menuTemplate } from './desktop/menu.ts';
import { guardNavigation, openExternally } from './desktop/navigation.ts';
import { denyPermissions } from './desktop/permissions.ts';
import { registerAppScheme, serveApp } from './desktop/protocol.ts';
import { openWindow } from './desktop/window.ts';

const dist = path.resolve(import.meta.dirname, '..');
const icon = app.isPackaged ? path.join(process.resourcesPath, 'icon.png') : path.resolve(dist, '../build/icons/icon.png');

// What Electron takes only before it is ready, and what must be there before the first page is.
app.enableSandbox();
registerAppScheme();
guardNavigation();
denyPermissions();

if (app.requestSingleInstanceLock()) {
  app.whenReady().then(start).catch(giveUp);
} else {
  app.quit();
}

function start(): void {
  const modules = { engine: path.join(dist, 'electron/engine-process.js'), practice: path.join(dist, 'electron/practice-process.js') };
  const engine = startEngineHost(modules, launchOptions(process.argv.slice(1), process.cwd()));
  serveApp(path.join(dist, 'renderer'));
  listenToPages((page) => engine.connect(page));
  Menu.setApplicationMenu(Menu.buildFromTemplate(
    menuTemplate({ locale: app.getLocale(), platform: process.platform, devTools: !app.isPackaged, open: openExternally }),
  ));
  openWindow(dist, icon);

  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });

  // Quitting waits, for a bounded time, until the engine has closed its forwards.
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    const quit = (): void => {
      closed = true;
      app.quit();
    };
    engine[Symbol.asyncDispose]().then(quit, quit);
  });
}

function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (!window) {
    openWindow(dist, icon);
    return;
  }
  if (window.isMinimized()) window.restore();
  window.focus();
}

function giveUp(error: unknown): void {
  console.error(`Podlab: ${error instanceof Error ? error.message : String(error)}`);
  app.exit(1);
}
