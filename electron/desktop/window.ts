// The one window. Its page is an ordinary web page: no Node, its own world, the sandbox, and the preload as its only door.
import path from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { startPage } from './address.ts';
import { readWindowPlace, smallest, usual, writeWindowPlace } from './window-bounds.ts';

/** Opens the window and loads the page. `dist` is the build's folder, `icon` a PNG for the task bar (Linux). */
export function openWindow(dist: string, icon: string): BrowserWindow {
  const placeFile = path.join(app.getPath('userData'), 'window.json');
  const place = readWindowPlace(placeFile, screen.getAllDisplays().map((display) => display.workArea));
  const window = new BrowserWindow({
    ...(place.bounds ?? usual),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'Podlab',
    ...(process.platform === 'linux' ? { icon } : {}),
    // The page paints over it; until then it keeps a dark desktop from flashing white.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1419' : '#ffffff',
    show: false,
    webPreferences: {
      preload: path.join(dist, 'preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: !app.isPackaged,
    },
  });
  if (place.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writeWindowPlace(placeFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }));
  reloadAfterCrash(window);
  window.loadURL(startPage).catch((error: unknown) => console.error('The page could not be loaded:', error));
  return window;
}

/** A page that crashed is loaded again, but not one that crashes at once. */
function reloadAfterCrash(window: BrowserWindow): void {
  let last = -Infinity;
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return;
    console.error(`The page's process ended (${details.reason}, exit code ${details.exitCode}).`);
    if (performance.now() - last < 10_000) return;
    last = performance.now();
    window.webContents.reload();
  });
}
