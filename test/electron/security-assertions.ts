// What must hold for the shell, one function each. security.test.ts runs them on the build as it is, faults.test.ts on builds with a
// planted fault, to see that they fail.
/* oxlint-disable vitest/no-standalone-expect -- the two tests that run these are elsewhere */
import { expect } from 'vitest';
import type { Launched } from './launch-app.ts';
import { soon } from './soon.ts';
import { preventable } from './stand-in-window.ts';

const own = 'app://podlab/index.html';
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export type SecurityAssertion = (launched: Launched) => Promise<void> | void;

export const securityAssertions = {
  /** enableSandbox and the scheme come before ready; the page comes after everything that guards it. */
  'starts in order': ({ electron }) => {
    expect(electron.journal.map(([call]) => call)).toEqual([
      'enableSandbox', 'registerSchemesAsPrivileged', 'requestSingleInstanceLock', 'ready',
      'fork', 'protocol.handle', 'setApplicationMenu', 'BrowserWindow', 'show',
    ]);
    expect(electron.calls('registerSchemesAsPrivileged')).toEqual([
      [[{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]],
    ]);
  },

  'gives the page no Node': ({ electron }) => {
    const [options] = electron.calls('BrowserWindow')[0] as [{ webPreferences: Record<string, unknown> }];
    expect(options.webPreferences).toEqual({
      preload: expect.stringMatching(/dist.preload.preload\.cjs$/),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: true,
    });
  },

  'exposes three names': async (launched) => {
    const page = await launched.page();
    expect(launched.contents().exposed).toEqual({ podlab: { shell: 'string', requestPort: 'function', pathOfFile: 'function' } });
    expect(await page.evaluate(() => Object.isFrozen((window as unknown as { podlab: object }).podlab))).toBe(true);
  },

  'sends the policy with every answer': async (launched) => {
    const page = await launched.page();
    const answers = await page.evaluate(async () => {
      const document = await fetch('/index.html').catch(() => undefined);
      return { connected: document !== undefined };
    });
    // connect-src is none: even the page's own files cannot be fetched by a script.
    expect(answers).toEqual({ connected: false });
    const respond = handlerOf(launched);
    for (const address of [own, 'app://podlab/page.js', 'app://podlab/missing.js', 'app://podlab/%zz', 'app://elsewhere/']) {
      const { headers } = await respond(new Request(address));
      expect({ address, csp: headers.get('Content-Security-Policy'), sniff: headers.get('X-Content-Type-Options') })
        .toEqual({ address, csp: policy, sniff: 'nosniff' });
    }
  },

  'runs no inline script': async (launched) => {
    const page = await launched.page();
    expect(await page.evaluate(() => {
      const { heard, inlineScriptRan, inlineHandlerRan } = window as unknown as Record<string, unknown>;
      return { ownScript: Array.isArray(heard), inlineScript: inlineScriptRan === true, inlineHandler: inlineHandlerRan === true };
    })).toEqual({ ownScript: true, inlineScript: false, inlineHandler: false });
  },

  "serves the page's files only": async (launched) => {
    const respond = handlerOf(launched);
    const table: [string, number][] = [
      ['app://podlab/', 200],
      ['app://podlab/index.html?x#y', 200],
      ['app://podlab/page.js', 200],
      ['app://podlab/no/such/file.js', 404],
      ['app://podlab/../../package.json', 404],
      ['app://podlab/..%2f..%2fpackage.json', 400],
      ['app://podlab/%2e%2e%2f%2e%2e%2fpackage.json', 400],
      ['app://podlab/x/..%2f..%2f..%2fpackage.json', 400],
      ['app://podlab/..%5c..%5cpackage.json', 400],
      ['app://podlab/%00index.html', 400],
      ['app://podlab/%2fetc%2fpasswd', 404],
      ['app://podlab/..%2frenderer-of-another%2fx.js', 400],
      ['app://podlab/%', 400],
      ['app://other/index.html', 404],
      ['app://podlab.example.org/index.html', 404],
    ];
    const seen = await Promise.all(table.map(async ([address]): Promise<[string, number]> => {
      const response = await respond(new Request(address));
      expect(await response.text()).not.toMatch(/outside the page|root:/);
      return [address, response.status];
    }));
    expect(seen).toEqual(table);
    expect((await respond(new Request(own, { method: 'POST' }))).status).toBe(405);
  },

  'goes nowhere else': async (launched) => {
    const page = await launched.page();
    const contents = launched.contents();
    await page.evaluate(() => void setTimeout(() => (window.location.href = 'https://example.org/'), 0));
    await expect.poll(() => contents.navigations, soon).toEqual([['https://example.org/', 'denied']]);
    await page.evaluate(() => document.querySelector<HTMLElement>('#away')?.click());
    await expect.poll(() => contents.navigations, soon).toEqual([['https://example.org/', 'denied'], ['https://example.org/away', 'denied']]);
    await expect.poll(() => page.title(), soon).toBe('A page to test the shell with');

    const decide = (name: string, url: string): boolean => {
      const event = preventable({ url, isMainFrame: true });
      contents.emit(name, event);
      return event.defaultPrevented;
    };
    const names = ['will-navigate', 'will-frame-navigate', 'will-redirect'];
    const decisions = (url: string): boolean[] => names.map((name) => decide(name, url));
    expect(decisions('https://example.org/')).toEqual([true, true, true]);
    expect(decisions('app://podlab.example.org/')).toEqual([true, true, true]);
    expect(decisions('file:///etc/passwd')).toEqual([true, true, true]);
    expect(decisions(own)).toEqual([false, false, false]);
  },

  'opens no window': async (launched) => {
    const page = await launched.page();
    const contents = launched.contents();
    await page.evaluate(() => void window.open('https://example.org/a'));
    await page.locator('#documentation').click();
    await expect.poll(() => contents.asked, soon).toEqual(['https://example.org/a', 'https://kubernetes.io/docs/']);
    await expect.poll(() => page.context().pages().length, soon).toBe(1);
    for (const url of [
      own, 'http://localhost:12345/', 'http://example.org/', 'http://localhost@example.org/', 'https://user:word@example.org/', 'file:///etc/passwd',
      'javascript:alert(1)', 'data:text/html,x', 'about:blank', 'smb://x/y', '',
    ]) contents.wantsWindow(url);
    expect({ opened: contents.popups, outside: launched.electron.calls('openExternal') }).toEqual({
      opened: [],
      // The last one is where a forward listens.
      outside: [['https://example.org/a'], ['https://kubernetes.io/docs/'], ['http://localhost:12345/']],
    });
  },

  'grants no permission but Copy and notifications': async (launched) => {
    await launched.page();
    for (const partition of ['', 'persist:another']) {
      const handlers = launched.electron.modules.session.fromPartition(partition);
      expect(Object.keys(handlers)).toEqual(['request', 'check', 'device']);
      const { request, check, device } = handlers as Handlers;
      const asked = (permission: string, requestingUrl: string, isMainFrame: boolean): boolean[] => {
        const decisions: boolean[] = [];
        request({}, permission, (granted) => decisions.push(granted), { requestingUrl, isMainFrame });
        return [...decisions, check({}, permission, new URL(requestingUrl).href, { isMainFrame })];
      };
      const granted = permissions.filter((permission) => asked(permission, own, true).join() !== 'false,false');
      expect([...granted].sort()).toEqual(['clipboard-sanitized-write', 'notifications']);
      for (const permission of granted) {
        expect(asked(permission, own, true)).toEqual([true, true]);
        expect(asked(permission, own, false)).toEqual([false, false]);
        expect(asked(permission, 'https://example.org/', true)).toEqual([false, false]);
      }
      expect(device({})).toBe(false);
    }
  },

  'hears its own page only': async (launched) => {
    await launched.page();
    const frame = { origin: 'app://podlab', parent: null };
    const table: [string, unknown, unknown[], number][] = [
      ['the page', frame, [], 1],
      ['the page, with an argument', frame, ['x'], 0],
      ['a frame in the page', { origin: 'app://podlab', parent: frame }, [], 0],
      ['another host of the scheme', { origin: 'app://podlab.example.org', parent: null }, [], 0],
      ['the web', { origin: 'https://example.org', parent: null }, [], 0],
      ['an opaque origin', { origin: 'null', parent: null }, [], 0],
      ['a page that has left', null, [], 0],
    ];
    const seen = table.map(([name, senderFrame, args]): typeof table[number] => {
      let ports = 0;
      const sender = { isDestroyed: () => false, postMessage: (_channel: string, _message: unknown, given: unknown[]) => (ports += given.length) };
      launched.electron.modules.ipcMain.emit('podlab:request-port', { sender, senderFrame }, ...args);
      return [name, senderFrame, args, ports];
    });
    expect(seen).toEqual(table);
    expect(launched.electron.modules.ipcMain.eventNames()).toEqual(['podlab:request-port']);
  },

  'has no webview': async (launched) => {
    await launched.page();
    const attach = preventable();
    launched.contents().emit('will-attach-webview', attach);
    let closed = 0;
    const webview = { on: () => undefined, setWindowOpenHandler: () => undefined, getType: () => 'webview', close: () => closed++ };
    launched.electron.modules.app.emit('web-contents-created', {}, webview);
    expect({ prevented: attach.defaultPrevented, closed }).toEqual({ prevented: true, closed: 1 });
  },
} satisfies Record<string, SecurityAssertion>;

export type SecurityAssertionName = keyof typeof securityAssertions;

interface Handlers {
  request: (contents: object, permission: string, decide: (granted: boolean) => void, details: object) => void;
  check: (contents: object, permission: string, origin: string, details: object) => boolean;
  device: (details: object) => boolean;
}

function handlerOf({ electron }: Launched): (request: Request) => Promise<Response> {
  const handler = electron.handlers.get('app');
  if (!handler) throw new Error('The shell does not answer app://.');
  return handler;
}

/** Every permission that Electron 45 can be asked for. */
const permissions = [
  'ar', 'automatic-fullscreen', 'background-fetch', 'background-sync', 'captured-surface-control', 'clipboard-read', 'clipboard-sanitized-write',
  'deprecated-sync-clipboard-read', 'display-capture', 'fileSystem', 'fullscreen', 'geolocation', 'geolocation-approximate', 'hand-tracking', 'hid',
  'idle-detection', 'keyboardLock', 'local-fonts', 'local-network', 'local-network-access', 'loopback-network', 'media', 'mediaKeySystem', 'midi',
  'midiSysex', 'nfc', 'notifications', 'openExternal', 'payment-handler', 'periodic-background-sync', 'persistent-storage', 'pointerLock',
  'screen-wake-lock', 'sensors', 'serial', 'smart-card', 'speaker-selection', 'storage-access', 'system-wake-lock', 'top-level-storage-access', 'usb',
  'vr', 'web-app-installation', 'web-printing', 'window-management', 'unknown',
];
