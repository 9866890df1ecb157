// BrowserWindow and webContents of the stand-in: a page of a real Chromium. app://HOST/ is http://HOST.app.localhost/ there, answered by
// the shell's own protocol handler; navigations and new windows ask the shell first, as Electron would.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import type { BrowserContext, Page, Route } from '@playwright/test';
import { pageScript } from './page-script.ts';
import type { FromPage, ToPage } from './page-script.ts';

/** What the shell did, in order: `[name, ...arguments]`; `['ready']` marks the moment at which Electron became ready. */
export type Journal = [call: string, ...details: unknown[]][];

export type AppHandler = (request: Request) => Promise<Response>;
export type PermissionHandlers = Partial<Record<'request' | 'check' | 'device', (...args: never[]) => unknown>>;

export interface Surroundings {
  app: EventEmitter;
  context: BrowserContext;
  handlers: Map<string, AppHandler>;
  journal: Journal;
  openSession: () => PermissionHandlers;
}
interface WindowOptions {
  webPreferences?: { preload?: string };
}

const suffix = '.app.localhost';
export const toWeb = (url: string): string => url.replace(/^app:\/\/([^/?#]*)/, `http://$1${suffix}`);
export const toApp = (url: string): string => url.replace(new RegExp(`^http://([^/?#]*)${suffix.replaceAll('.', '\\.')}(?=[/?#]|$)`), 'app://$1');

/** The class BrowserWindow of one stand-in. */
export function windowClass(surroundings: Surroundings) {
  const { app, journal, openSession } = surroundings;
  const open: StandInWindow[] = [];

  return class BrowserWindow extends EventEmitter implements StandInWindow {
    readonly webContents: StandInContents;
    #destroyed = false;

    constructor(options: WindowOptions) {
      super();
      journal.push(['BrowserWindow', options]);
      const session = openSession();
      this.webContents = new StandInContents(surroundings, session, options.webPreferences?.preload, () => this.emit('ready-to-show'));
      app.emit('web-contents-created', {}, this.webContents);
      open.push(this);
    }
    static getAllWindows = (): StandInWindow[] => [...open];
    loadURL = (url: string): Promise<void> => this.webContents.load(url);
    show = (): void => void journal.push(['show']);
    focus = (): void => void journal.push(['focus']);
    maximize = (): void => void journal.push(['maximize']);
    isMaximized = (): boolean => false;
    isMinimized = (): boolean => false;
    isDestroyed = (): boolean => this.#destroyed;
    getNormalBounds = () => ({ x: 40, y: 30, width: 1100, height: 700 });
    close(): void {
      this.emit('close', preventable());
      this.#destroyed = true;
      open.splice(open.indexOf(this), 1);
      this.webContents.destroy();
      if (open.length === 0) app.emit('window-all-closed');
    }
  };
}

export interface StandInWindow {
  readonly webContents: StandInContents;
  close(): void;
}

export class StandInContents extends EventEmitter {
  /** Addresses for which the page wanted a new window. */
  readonly asked: string[] = [];
  /** Where the page went or wanted to go by itself, and what the shell decided. */
  readonly navigations: [url: string, decision: 'allowed' | 'denied'][] = [];
  /** Pages that the page opened and the shell did not deny. */
  readonly popups: string[] = [];
  /** What went wrong in the page: uncaught errors, and what Chromium itself reports (a refused script, a missing file). */
  readonly errors: string[] = [];
  /** What the preload exposed: name to shape. */
  readonly exposed: Record<string, unknown> = {};
  readonly session: PermissionHandlers;
  readonly loaded: Promise<Page>;
  readonly #surroundings: Surroundings;
  readonly #preload: string | undefined;
  readonly #shown: () => void;
  readonly #finishLoad = Promise.withResolvers<Page>();
  readonly #ports = new Map<number, MessagePort>();
  #page: Page | undefined;
  #expected: string | undefined;
  #opener: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  #outbox: ToPage[] = [];
  #isSending = false;
  #destroyed = false;

  constructor(surroundings: Surroundings, session: PermissionHandlers, preload: string | undefined, shown: () => void) {
    super();
    this.#surroundings = surroundings;
    this.session = session;
    this.#preload = preload;
    this.#shown = shown;
    this.loaded = this.#finishLoad.promise;
  }

  getType = (): string => 'window';
  isDestroyed = (): boolean => this.#destroyed;
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }): void => void (this.#opener = handler);
  send = (channel: string, ...args: unknown[]): void => this.#tell({ kind: 'event', channel, args, ports: [] });
  reload = (): void => {
    this.#expected = toApp(this.#page?.url() ?? '');
    void this.#page?.reload();
  };

  postMessage(channel: string, message: unknown, ports: MessagePort[] = []): void {
    const ids = ports.map((port) => {
      const id = nextPort++;
      this.#ports.set(id, port);
      port.on('message', (data: unknown) => this.#tell({ kind: 'port', id, data: plain(data) }));
      port.on('close', () => this.#ports.delete(id) && this.#tell({ kind: 'closed', id }));
      return id;
    });
    this.#tell({ kind: 'event', channel, args: [message], ports: ids });
  }

  /** The page wants a new window: the shell decides. Chromium itself keeps a page from some addresses, so tests also call this. */
  wantsWindow(url: string): boolean {
    const isAllowed = this.#opener({ url }).action !== 'deny';
    this.asked.push(url);
    if (isAllowed) this.popups.push(url);
    return isAllowed;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#closePorts();
    void this.#page?.close();
  }

  async load(url: string): Promise<void> {
    const { context } = this.#surroundings;
    const page = (this.#page = await context.newPage());
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
    await page.exposeBinding('podlabStandIn', ({ frame }, message: FromPage) => {
      if (frame === page.mainFrame()) this.#hear(message);
    });
    if (this.#preload) await page.addInitScript(pageScript(readFileSync(this.#preload, 'utf8')));
    await page.route('**/*', (route) => this.#answer(route));
    await context.route('**/*', foreignPage);
    await this.#watchNewWindows(page);
    this.#expected = url;
    await page.goto(toWeb(url));
    this.#shown();
    this.#finishLoad.resolve(page);
  }

  async #watchNewWindows(page: Page): Promise<void> {
    const denials: boolean[] = [];
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Page.enable');
    cdp.on('Page.windowOpen', ({ url }) => {
      denials.push(!this.wantsWindow(toApp(url)));
    });
    page.context().on('page', (popup) => {
      if (popup !== page && denials.shift() !== false) void popup.close();
    });
  }

  /** Electron asks the shell before a page navigates by itself; what was loaded by the shell is not asked about. */
  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = toApp(request.url());
    if (request.isNavigationRequest()) {
      const isMainFrame = request.frame() === this.#page?.mainFrame();
      if (isMainFrame && this.#expected === url) this.#expected = undefined;
      else {
        const events = ['will-frame-navigate', ...(isMainFrame ? ['will-navigate'] : [])].map((name) => {
          const event = preventable({ url, isMainFrame });
          this.emit(name, event);
          return event;
        });
        const isDenied = events.some((event) => event.defaultPrevented);
        this.navigations.push([url, isDenied ? 'denied' : 'allowed']);
        // "No content" leaves the page as it is, as a prevented navigation does.
        if (isDenied) return route.fulfill({ status: 204 });
      }
    }
    const handler = url.startsWith('app:') ? this.#surroundings.handlers.get('app') : undefined;
    if (!handler) return foreignPage(route);
    const response = await handler(new Request(url, { method: request.method() }));
    return route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  #hear(message: FromPage): void {
    if (message.kind === 'document') this.#closePorts();
    else if (message.kind === 'exposed') this.exposed[message.key] = message.shape;
    else if (message.kind === 'port') this.#ports.get(message.id)?.postMessage(message.data);
    else if (message.kind === 'closed') this.#ports.get(message.id)?.close();
    else {
      const frame = { origin: new URL(toApp(this.#page?.url() ?? 'about:blank')).href.match(/^[a-z]+:\/\/[^/]+/)?.[0] ?? 'null', parent: null };
      this.#surroundings.app.emit('page-message', this, frame, message.channel, message.args);
    }
  }

  /** A document that is gone takes its ends of the ports with it. */
  #closePorts(): void {
    for (const [id, port] of this.#ports) {
      this.#ports.delete(id);
      port.close();
    }
  }

  #tell(message: ToPage): void {
    this.#outbox.push(message);
    if (!this.#isSending) void this.#send();
  }

  /** One batch after the other, so that messages arrive in their order. */
  async #send(): Promise<void> {
    this.#isSending = true;
    const page = await this.loaded;
    while (this.#outbox.length > 0 && !this.#destroyed) {
      const batch = this.#outbox.splice(0);
      await page.evaluate((messages) => {
        const hear = (window as unknown as Record<symbol, (m: unknown) => void>)[Symbol.for('podlab stand-in')];
        for (const message of messages) hear?.(message);
      }, batch).catch((error: unknown) => {
        if (!this.#destroyed) throw error;
      });
    }
    this.#isSending = false;
  }
}

let nextPort = 1;

/** Whatever is not ours is answered here, so that no test reaches the network. */
const foreignPage = (route: Route): Promise<void> => route.fulfill({ status: 200, contentType: 'text/html', body: '<title>A foreign page</title>' });

/** Only text crosses here; the real port takes whatever structured clone takes. */
function plain(data: unknown): string {
  if (typeof data !== 'string') throw new Error(`The stand-in's port carries text only, not ${typeof data}.`);
  return data;
}

/** An event whose default can be prevented, as Electron's are. */
export function preventable<Details extends object>(details = {} as Details) {
  return {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}
