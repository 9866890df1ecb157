// A stand-in for the module `electron`, for machines where its binary cannot be had. The built main.js and preload.cjs run on it as
// they are; the page loads in a real Chromium, and the engine's process is a thread with real MessagePorts.
//
// It proves: what the shell registers, in which order, and with which options; sender checks, navigation, window-open and permission
// policy; the answers of app:// with their headers, and that a real browser obeys that CSP; the way of a port from shell to page.
// It cannot prove: that Electron honours the options (the preload runs in the page's own world here, so contextIsolation, the sandbox
// and the bridge's copying are only recorded), fuses at run time, menus and windows as a desktop shows them, Electron's own Chromium
// and Node, other operating systems. "The page has no Node" would be an empty claim here and is not tested.
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { BrowserContext } from '@playwright/test';
import { StandInProcess } from './stand-in-process.ts';
import { preventable, windowClass } from './stand-in-window.ts';
import type { AppHandler, Journal, PermissionHandlers } from './stand-in-window.ts';

export interface StandInOptions {
  context: BrowserContext;
  userData: string;
  locale: string;
  /** False: another Podlab is running already. */
  firstInstance: boolean;
}

/** A window's page on one side, the shell on the other. What Electron would do by itself is here; see stand-in-window.ts. */
export type StandIn = ReturnType<typeof standInElectron>;

/** Makes a fresh `electron`: `modules` is what the import gives, the rest is for the test. */
export function standInElectron({ context, userData, locale, firstInstance }: StandInOptions) {
  const journal: Journal = [];
  const handlers = new Map<string, AppHandler>();
  const processes: StandInProcess[] = [];
  const { promise: exited, resolve: exit } = Promise.withResolvers<number>();
  const { promise: becameReady, resolve: becomeReady } = Promise.withResolvers<void>();
  let ready = false;
  const beforeReady = (call: string): void => {
    if (ready) throw new Error(`${call} should be called before app is ready`);
  };

  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    enableSandbox: () => {
      beforeReady('app.enableSandbox()');
      journal.push(['enableSandbox']);
    },
    requestSingleInstanceLock: () => {
      journal.push(['requestSingleInstanceLock']);
      return firstInstance;
    },
    whenReady: () => becameReady,
    getLocale: () => (ready ? locale : ''),
    getPath: (name: string) => path.join(userData, name === 'userData' ? '' : name),
    quit: () => {
      journal.push(['quit']);
      app.emit('before-quit');
      for (const window of BrowserWindow.getAllWindows()) window.close();
      const event = preventable();
      app.emit('will-quit', event);
      if (!event.defaultPrevented) exit(0);
    },
    exit: (code: number) => {
      journal.push(['exit', code]);
      exit(code);
    },
  });

  const protocol = {
    registerSchemesAsPrivileged: (schemes: unknown) => {
      beforeReady('protocol.registerSchemesAsPrivileged()');
      journal.push(['registerSchemesAsPrivileged', schemes]);
    },
    handle: (scheme: string, handler: AppHandler) => {
      if (!ready) throw new Error('protocol.handle() can be used only once app is ready');
      journal.push(['protocol.handle', scheme]);
      handlers.set(scheme, handler);
    },
  };

  const sessions = new Map<string, PermissionHandlers>();
  const session = {
    fromPartition: (partition: string) => {
      const known = sessions.get(partition);
      if (known) return known;
      const permissions: PermissionHandlers = {};
      sessions.set(partition, permissions);
      app.emit('session-created', {
        setPermissionRequestHandler: (handler: () => unknown) => (permissions.request = handler),
        setPermissionCheckHandler: (handler: () => unknown) => (permissions.check = handler),
        setDevicePermissionHandler: (handler: () => unknown) => (permissions.device = handler),
      });
      return permissions;
    },
  };

  const BrowserWindow = windowClass({ app, context, handlers, journal, openSession: () => session.fromPartition('') });
  const modules = {
    app,
    protocol,
    session,
    BrowserWindow,
    ipcMain: new EventEmitter(),
    Menu: {
      buildFromTemplate: (template: unknown) => template,
      setApplicationMenu: (template: unknown) => journal.push(['setApplicationMenu', template]),
    },
    nativeTheme: { shouldUseDarkColors: false },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    shell: {
      openExternal: async (url: string) => {
        journal.push(['openExternal', url]);
      },
    },
    MessageChannelMain: MessageChannel,
    utilityProcess: {
      fork: (modulePath: string, args: readonly string[], options: unknown) => {
        if (!ready) throw new Error('utilityProcess.fork() can be called only once app is ready');
        journal.push(['fork', path.basename(modulePath), args, options]);
        const child = new StandInProcess(modulePath, args);
        processes.push(child);
        return child;
      },
    },
  };
  app.on('page-message', (contents: unknown, senderFrame: unknown, channel: string, args: unknown[]) => {
    modules.ipcMain.emit(channel, { sender: contents, senderFrame, ports: [] }, ...args);
  });

  return {
    modules,
    journal,
    handlers,
    processes,
    exited,
    calls: (name: string) => journal.filter(([call]) => call === name).map(([, ...details]) => details),
    /** The built main has been evaluated: Electron becomes ready, as it does only after that. */
    becomeReady: () => {
      ready = true;
      journal.push(['ready']);
      becomeReady();
      app.emit('ready');
    },
  };
}
