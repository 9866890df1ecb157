// Where the page lives in the desktop shell. A scheme of its own instead of file://: the page then has an origin to check against.

export const appScheme = 'app';
export const appHost = 'podlab';
/** The page's origin, as Electron's WebFrameMain.origin prints it for a standard scheme. */
export const appOrigin = `${appScheme}://${appHost}`;
export const startPage = `${appOrigin}/index.html`;

/** Whether a URL is one of the app's own pages. Compared by its parts: `app://podlab.example.org` begins like our origin, too. */
export function isOwnPage(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === `${appScheme}:` && url.host === appHost && url.username === '' && url.password === '';
}

/** WHATWG URL 3.5 writes every spelling of an address, such as 127.1 or [0:0::1], in its one normal form. */
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The URL in its normal form if a browser may be asked to open it, without credentials in it: https anywhere; http only on this computer, where the
 * forwards listen. Else undefined.
 */
export function externalAddress(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || url.username !== '' || url.password !== '') return undefined;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname)) ? url.href : undefined;
}
